"""Pages that follow by themselves: asked every few seconds, answered only when something
is different.

The open page sends the mark of what it shows (`seen`); while that is still right the
answer is 204 and nothing is swapped, so no focus, selection or scroll position is lost.
"""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render


def mark(*parts: Any) -> str:
    """Return a mark of what a page shows: plain values and frozen data classes."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def answer(
    request: Any, page: str, part: str, context: dict[str, Any], seen: str
) -> HttpResponse:
    """Draw a page, or to the open one its part that follows, if that is different.

    `follows` is where the page asks again, with all its filters.
    """
    asked = request.GET.get("seen")
    if asked == seen:
        return HttpResponse(status=204)
    kept = request.GET.copy()
    kept["seen"] = seen
    told = {**context, "follows": f"?{kept.urlencode()}", "apart": asked is not None}
    drawn = part if asked is not None and request.headers.get("HX-Request") else page
    return render(request, drawn, told)
