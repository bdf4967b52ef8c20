"""What phones ask for. Whoever gets nothing sees the page of an address that is not
there, whatever the reason."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from pbx_console.provisioning.callers import caller_of
from pbx_console.provisioning.fetching import answer


@csrf_exempt  # a refusal of forms would tell that something is here
def file(request: HttpRequest, path: str) -> HttpResponse:
    """Answer one file of a phone at its reseller's host, or 404."""
    reseller = getattr(request, "brand").reseller  # noqa: B009 - set by middleware
    if reseller is None or request.method not in ("GET", "HEAD"):
        raise Http404
    found = answer(reseller, path, caller_of(request))
    if found is None:
        raise Http404
    response = HttpResponse(found.content, content_type=found.type)
    response["Cache-Control"] = "no-store"
    return response


@csrf_exempt
def bare(request: Any, name: str) -> HttpResponse:
    """Answer a file at the top of the host: a phone that was told a host and no more."""
    return file(request, name)
