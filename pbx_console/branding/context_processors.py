"""`brand` in every template."""

from __future__ import annotations

from typing import Any

from pbx_console.branding.pages import on_page


def brand(request: Any) -> dict[str, Any]:
    """Add the brand of the host, as templates see it."""
    found = getattr(request, "dress", None) or getattr(request, "brand", None)
    return {"brand": on_page(found)} if found is not None else {}
