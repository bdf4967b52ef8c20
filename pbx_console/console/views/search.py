"""The palette: jump to a customer, an extension or a number (Ctrl+K)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pbx_console.console.access import needs
from pbx_console.console.search import customers_like, found

LONGEST = 80


@needs()
@require_safe
def search(request: Any) -> HttpResponse:
    """Answer a page, or for the palette and the level switcher only its list."""
    words = request.GET.get("q", "").strip()[:LONGEST]
    if request.GET.get("only") == "customers":
        context: dict[str, Any] = {"customers": customers_like(words, most=8)}
        return render(request, "console/parts/level_found.html", context)
    context = {"q": words, "groups": found(request, words)}
    if request.htmx:
        return render(request, "console/parts/palette_results.html", context)
    return render(request, "console/search.html", context)
