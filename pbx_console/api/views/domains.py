"""The question Caddy asks before it gets a certificate for a host."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from pbx_console.branding.services.domains import domain_is_proven


@require_safe
def ask(request: HttpRequest) -> HttpResponse:
    """Answer 200 for a proven brand domain, 404 for every other name."""
    proven = domain_is_proven(request.GET.get("domain", ""))
    return HttpResponse(status=200 if proven else 404)
