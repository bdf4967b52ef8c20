"""Where a person is signed in, which devices are remembered, and ending both."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pbx_console.accounts.services import sessions as service
from pbx_console.console.access import needs
from pbx_console.console.toasts import toast
from pbx_console.lib.browsers import browser_and_system


def _words(user_agent: str) -> str:
    browser, system = browser_and_system(user_agent)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unknown browser")


@needs()
@require_safe
def sessions(request: Any) -> HttpResponse:
    """List the open sessions and the devices that need no code."""
    own = request.session.session_key
    rows = [
        {
            "handle": service.handle_of(row),
            "browser": _words(row.user_agent),
            "address": row.address,
            "seen": row.seen_at or row.created_at,
            "begun": row.created_at,
            "here": row.session_key == own,
        }
        for row in service.sessions_of(request.user)[:50]
    ]
    devices = [
        (row, _words(row.user_agent)) for row in service.devices_of(request.user)
    ]
    context = {"sessions": rows, "devices": devices}
    return render(request, "console/door/sessions.html", context)


@needs()
@require_POST
def end(request: Any, handle: str) -> HttpResponse:
    """End one session of one's own."""
    if not service.end_session(request.actor, user=request.user, handle=handle):
        raise Http404
    toast(request, _("That session is ended."))
    return redirect("console:sessions")


@needs()
@require_POST
def end_all(request: Any) -> HttpResponse:
    """Sign out everywhere else; remembered devices are asked for the code again."""
    service.sign_out_everywhere(
        request.actor, user=request.user, but=request.session.session_key
    )
    toast(request, _("You are signed out everywhere but here."))
    return redirect("console:sessions")


@needs()
@require_POST
def forget_device(request: Any, device_id: int) -> HttpResponse:
    """Ask for the code again on one device."""
    if not service.forget_devices(request.user, pk=device_id):
        raise Http404
    toast(request, _("That device is asked for the code again."))
    return redirect("console:sessions")
