"""The end user's page on a phone: where it rings, do not disturb, messages, calls."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pbx_console.accounts.models.resellers import Feature
from pbx_console.console import contract, own_calls, pocket
from pbx_console.console.access import needs
from pbx_console.console.forms.phone_page import SECONDS, RingForm, WhereForm
from pbx_console.console.pocket import ALWAYS
from pbx_console.console.saving import attempted
from pbx_console.console.toasts import toast
from pbx_console.pbx.models import Extension
from pbx_console.pbx.services.extensions import save_extension
from pbx_console.pbx.services.forwards import save_forward

MESSAGES = 5


def own_extension(request: Any) -> Extension | None:
    """Return the extension of the person's role; nobody else's is ever asked for."""
    held, number = request.membership.customer, request.membership.extension_number
    if held is None or not number:
        return None
    rows = held.extensions.select_related("caller_id")
    found: Extension | None = rows.filter(number=number).first()
    if found is not None:
        found.customer = held
    return found


def own_or_404(request: Any) -> Extension:
    """Return the person's own extension, 404 for somebody without one."""
    found = own_extension(request)
    if found is None:
        raise Http404
    return found


def show(request: Any, form: WhereForm | None = None) -> HttpResponse:
    """Show the page; `form` with what was wrong in it."""
    extension = own_extension(request)
    if extension is None:
        return render(request, "console/phone/none.html")
    found = pocket.of(extension)
    sees_calls = contract.has(request, Feature.CALL_LIST)
    context = {
        "extension": extension,
        "pocket": found,
        "form": _form(found, ALWAYS, form),
        "otherwise": [_form(found, name, form) for name in pocket.CONDITIONS],
        "rings": sorted({*SECONDS, extension.ring_seconds}),
        "numbers": extension.dids.all(),
        "queues": extension.queue_memberships.select_related("queue"),
        "sees_calls": sees_calls,
        "page": own_calls.of(extension, request.GET) if sees_calls else None,
        "messages_new": _messages(found).filter(is_new=True).count()
        if found.box
        else 0,
        "voicemail": _messages(found)[:MESSAGES] if found.box else [],
    }
    status = 422 if form is not None else 200
    return render(request, "console/phone/page.html", context, status=status)


def _form(found: pocket.Pocket, condition: str, sent: WhereForm | None) -> WhereForm:
    """Return the form of a condition: the one that was sent, or a new one."""
    if sent is not None and sent.way.condition == condition:
        return sent
    return WhereForm(found=found, condition=condition)


def _messages(found: pocket.Pocket) -> Any:
    assert found.box is not None
    return found.box.messages.all()


@needs("own.view")
@require_POST
def phone_where(request: Any) -> HttpResponse:
    """Set where every call rings; the next call follows it."""
    return _where(request, ALWAYS)


@needs("own.view")
@require_POST
def phone_otherwise(request: Any, condition: str) -> HttpResponse:
    """Set where calls go that are not answered, find it busy or no phone."""
    if condition not in pocket.CONDITIONS:
        raise Http404
    return _where(request, condition)


def _where(request: Any, condition: str) -> HttpResponse:
    extension = own_or_404(request)
    form = WhereForm(request.POST, found=pocket.of(extension), condition=condition)
    if form.is_valid():
        attempted(form, lambda: _send(request, form))
    if form.errors:
        return show(request, form)
    toast(request, pocket.said(pocket.of(extension), condition))
    return redirect(reverse("console:home"))


def _send(request: Any, form: WhereForm) -> None:
    data, kept = form.cleaned_data, form.way.forward
    if data["where"] != pocket.HERE:
        values = pocket.values_of(data["where"], form.found, data)
        values |= {"is_active": True}
    elif kept is not None:
        values = {"is_active": False}  # the number stays for the next time
    else:
        return
    extension, condition = form.found.extension, str(form.way.condition)
    save_forward(request.actor, extension=extension, condition=condition, **values)


@needs("own.view")
@require_POST
def phone_ring(request: Any) -> HttpResponse:
    """Set how long the phones ring, or switch call waiting."""
    extension = own_or_404(request)
    form = RingForm(request.POST)
    if not form.is_valid():
        return show(request, WhereForm(found=pocket.of(extension)))
    if form.values:
        save_extension(
            request.actor,
            customer=extension.customer,
            extension=extension,
            **form.values,
        )
    toast(request, _rings(extension, form.values), state=extension.state)
    return redirect(reverse("console:home"))


def _rings(extension: Extension, values: dict[str, Any]) -> str:
    if "call_waiting" not in values:
        seconds = extension.ring_seconds
        return _("Calls ring for %(seconds)s seconds.") % {"seconds": seconds}
    if extension.call_waiting:
        return _("Call waiting is on.")
    return _("Call waiting is off.")


@needs("own.view")
@require_POST
def phone_dnd(request: Any) -> HttpResponse:
    """Switch do not disturb."""
    extension = own_or_404(request)
    wanted = request.POST.get("on") == "1"
    if extension.do_not_disturb != wanted:
        save_extension(
            request.actor,
            customer=extension.customer,
            extension=extension,
            do_not_disturb=wanted,
        )
    words = _("Do not disturb is on.") if wanted else _("Do not disturb is off.")
    toast(request, words, state=extension.state)
    return redirect(reverse("console:home"))
