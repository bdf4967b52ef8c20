"""The question Caddy asks before it gets a certificate for a host."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from limits import parse

from pbx_console.branding import limiter
from pbx_console.branding.services.domains import domain_is_proven

# A proxy that starts again asks for every name it serves, once.
PER_NAME = parse("30 per minute")
UNKNOWN = parse("120 per minute")


@require_safe
def ask(request: HttpRequest) -> HttpResponse:
    """Answer 200 for a proven brand domain, 404 for every other name, 429 for too many.

    Strangers' names are counted apart: however many there are, a proven name gets its
    answer. The proxy asks in lower case and without a dot, so nothing else is a name.
    """
    name = request.GET.get("domain", "")
    plain = len(request.GET.getlist("domain")) == 1 and name == name.lower()
    if not plain or name.endswith(".") or not domain_is_proven(name):
        return HttpResponse(status=404 if limiter.allowed(UNKNOWN, "ask") else 429)
    fine = limiter.allowed(PER_NAME, "ask", name)
    return HttpResponse(status=200 if fine else 429)
