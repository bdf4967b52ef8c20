"""Taking a change back, from a toast or from the history at the side."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import is_valid_path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pbx_console.accounts.models import AuditEntry
from pbx_console.accounts.services import undo
from pbx_console.console import history
from pbx_console.console.access import needs
from pbx_console.console.toasts import toast
from pbx_console.console.views.extensions import show_once
from pbx_console.pbx.models import Extension


@needs()
@require_POST
def undo_entry(request: Any, entry_id: int) -> HttpResponse:
    """Take a change back; the right is the noun's own, asked by the service."""
    entry = get_object_or_404(AuditEntry, pk=entry_id)
    back = _from(request) or history.url_of(entry, request.membership.role) or "/"
    try:
        done = undo.undo(request.actor, entry, role=request.membership.role)
    except ValidationError as error:
        toast(request, " ".join(error.messages), state="failed")
        return redirect(back)
    except IntegrityError:
        words = _("Somebody else saved the same a moment ago. Look and try again.")
        toast(request, words, state="failed")
        return redirect(back)
    return redirect(_told(request, entry, done, back))


def _told(request: Any, entry: AuditEntry, done: Any, back: str) -> str:
    """Say what was taken back; return the page that shows it."""
    words = _("Taken back: %(what)s.") % {"what": history.sentence(entry)}
    again = history.undo_address(request, done) if done is not None else ""
    detail = _new_account(request, entry, done)
    toast(request, words, detail=detail, state=_state(done), undo=again)
    there = history.url_of(entry, request.membership.role)
    if done is None:
        return _list_of(entry, back, there)
    if detail or not back or (there and back.startswith(there)):
        return history.page_of(done, request.membership.role) or back
    return back


def _new_account(request: Any, entry: AuditEntry, done: Any) -> str:
    """Show the account of an extension once more where its phone must be set up."""
    if not isinstance(done, Extension):
        return ""
    if entry.verb == "extension.deleted":
        show_once(request, done)
        return _("Its SIP password is a new one: the phone must be set up again.")
    if done.endpoint_id == entry.object_key:
        return ""
    show_once(request, done)
    return _("Its phone needs the new account.")


def _state(done: Any) -> str:
    return str(getattr(done, "state", "live"))


def _list_of(entry: AuditEntry, back: str, there: str) -> str:
    """Return where to go when the page on which the button stood is gone with it."""
    if entry.object_type == "customer":
        return reverse("console:customers")
    if there and back.startswith(there) and entry.customer is not None:
        return history.list_of(entry.customer)
    whole, own, _rest = back.partition(f"/{entry.object_key}/")
    if not own or entry.customer is None:
        return back
    if is_valid_path(f"{whole}/"):
        return f"{whole}/"
    return reverse("console:rooms", args=[entry.customer.code])


def _from(request: Any) -> str:
    """Return the page that the button stood on, if it was one of ours."""
    address = request.META.get("HTTP_REFERER", "")
    hosts = {request.get_host()}
    if not url_has_allowed_host_and_scheme(
        address, hosts, require_https=request.is_secure()
    ):
        return ""
    parts = urlsplit(address)
    return parts.path + (f"?{parts.query}" if parts.query else "")
