"""The end user's page on a phone: where it rings, do not disturb, messages, calls."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pbx_console.accounts.models.resellers import Feature
from pbx_console.console import contract, pocket
from pbx_console.console.access import needs
from pbx_console.console.forms.phone_page import WORDS, WhereForm
from pbx_console.console.paging import page
from pbx_console.console.saving import attempted
from pbx_console.console.toasts import toast
from pbx_console.console.views.calls import NEWEST
from pbx_console.metering.models import Leg
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


def _own_or_404(request: Any) -> Extension:
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
    form = form or WhereForm(found=found)
    context = {
        "extension": extension,
        "pocket": found,
        "form": form,
        "choices": _choices(form),
        "numbers": extension.dids.all(),
        "queues": extension.queue_memberships.select_related("queue"),
        "sees_calls": contract.has(request, Feature.CALL_LIST),
        "page": page(_calls(extension), NEWEST, request.GET, size=20),
        "messages_new": _messages(found).filter(is_new=True).count()
        if found.box
        else 0,
        "voicemail": _messages(found)[:MESSAGES] if found.box else [],
    }
    status = 422 if form.errors else 200
    return render(request, "console/phone/page.html", context, status=status)


def _choices(form: WhereForm) -> list[tuple[str, Any, str]]:
    offered = form.fields["where"].choices  # type: ignore[attr-defined]
    return [(value, WORDS[value], pocket.ICONS[value]) for value, _word in offered]


def _calls(extension: Extension) -> Any:
    rows = Leg.objects.filter(customer=extension.customer)
    return rows.filter(extension_number=extension.number)


def _messages(found: pocket.Pocket) -> Any:
    assert found.box is not None
    return found.box.messages.all()


@needs("own.view")
@require_POST
def phone_where(request: Any) -> HttpResponse:
    """Set where every call rings; the next call follows it."""
    extension = _own_or_404(request)
    found = pocket.of(extension)
    form = WhereForm(request.POST, found=found)
    if form.is_valid():
        attempted(form, lambda: _send(request, found, form.cleaned_data))
    if form.errors:
        return show(request, form)
    toast(request, pocket.said(pocket.of(extension)))
    return redirect(reverse("console:home"))


def _send(request: Any, found: pocket.Pocket, data: dict[str, Any]) -> None:
    extension, kept = found.extension, found.forwards.get(pocket.ALWAYS)
    if data["where"] != pocket.HERE:
        values = pocket.values_of(data["where"], found, data) | {"is_active": True}
    elif kept is not None:
        values = {"is_active": False}  # the number stays for the next time
    else:
        return
    always = str(pocket.ALWAYS)
    save_forward(request.actor, extension=extension, condition=always, **values)


@needs("own.view")
@require_POST
def phone_dnd(request: Any) -> HttpResponse:
    """Switch do not disturb."""
    extension = _own_or_404(request)
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
