"""The bytes of a brand's pictures, for what is made on the server: mails and documents."""

from __future__ import annotations

from typing import Any

from pbx_console.accounts.scope import as_everyone
from pbx_console.branding.models import Brand

_FORMS = {
    "image/svg+xml": "svg",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
}


def picture_of(brand: Brand, kind: str) -> tuple[bytes, str]:
    """Return content and form (`svg`, `png`) of `logo`, `logo_dark` or `mark`.

    The logo for dark ground falls back to the other one.
    """
    files: dict[str, dict[str, Any]] = getattr(brand, "files", {})
    facts = files.get(kind) or files.get("logo")
    if facts is None:
        return str(getattr(brand, kind)).encode(), "svg"
    with as_everyone("picture of a brand"):
        rows: Any = brand.pictures  # type: ignore[attr-defined]  # models.files
        row = rows.get(digest=facts["digest"])
    return bytes(row.content), _FORMS[facts["type"]]
