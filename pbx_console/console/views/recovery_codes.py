"""New recovery codes, shown once."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from pbx_console.accounts.services import sign_in as door
from pbx_console.console.access import fresh, needs


@needs()
@fresh
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def recovery_codes(request: Any) -> HttpResponse:
    """Say how many are left; a POST makes ten new ones and voids the old."""
    if not door.has_second_factor(request.user):
        raise PermissionDenied
    if request.method == "POST":
        codes = door.replace_recovery_codes(request, request.user)
        context: dict[str, Any] = {"codes": codes, "next": reverse("console:account")}
        return render(request, "console/door/recovery_codes.html", context)
    context = {"left": door.recovery_codes_left(request.user)}
    return render(request, "console/door/recovery_codes_new.html", context)
