"""What is done with a phone: change, keys, settings, swap, move, let in, remove."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pbx_console.accounts.actor import Actor
from pbx_console.console import history, phones
from pbx_console.console.access import fresh, needs
from pbx_console.console.forms.extensions import ConfirmForm
from pbx_console.console.forms.phones import (
    KeysForm,
    MoveForm,
    PhoneForm,
    SwapForm,
)
from pbx_console.console.forms.rows import rearranged
from pbx_console.console.saving import attempted, saved
from pbx_console.console.toasts import toast
from pbx_console.console.views.phones import draw, one
from pbx_console.provisioning.models import Phone
from pbx_console.provisioning.services.notify import reboot, resync
from pbx_console.provisioning.services.phones import (
    move_phone,
    remove_phone,
    save_keys,
    save_phone,
    swap_phone,
)
from pbx_console.provisioning.services.windows import open_window, rotate_secret
from pbx_console.provisioning.states import states_of


def _form(
    request: Any, page: str, form: Any, phone: Phone, **more: Any
) -> HttpResponse:
    context = {"form": form, "phone": phone, "customer": phone.customer, **more}
    status = 422 if form.errors else 200
    return render(request, f"console/phones/{page}.html", context, status=status)


def _back(request: Any, phone: Phone, words: str, detail: str = "") -> HttpResponse:
    undo = history.undo_address(request, phone)
    toast(request, words % {"name": phone}, detail=detail, undo=undo)
    return redirect("console:phone", code=phone.customer.code, mac=phone.mac)


def _behind(phone: Phone) -> str:
    """Say when a change reaches the phone."""
    if phone.fetched_at is None:
        return ""
    if states_of([phone])[phone.pk].word == "registered":
        return _("The phone is asked to fetch it, within seconds.")
    return _("The phone has it when it fetches its settings again.")


@needs("phones.manage")
def phone_edit(request: Any, code: str, mac: str) -> HttpResponse:
    """Change a phone's name, and how it talks."""
    phone = one(request, code, mac)
    form = PhoneForm(request.POST or None, obj=phone)
    if request.method == "POST":
        own = {"actor": request.actor, "phone": phone}
        if saved(form, save_phone, **own) is not None:
            return _back(request, phone, _("%(name)s is saved."), _behind(phone))
    return _form(request, "edit", form, one(request, code, mac))


@needs("phones.manage")
def phone_move(request: Any, code: str, mac: str) -> HttpResponse:
    """Give a phone to other extensions."""
    phone = one(request, code, mac)
    form = MoveForm(request.POST or None, obj=phone)
    if request.method == "POST":
        own = {"actor": request.actor, "phone": phone}
        if saved(form, move_phone, **own) is not None:
            return _back(request, phone, _("%(name)s is moved."), _behind(phone))
    shown = one(request, code, mac)
    more = {"extensions": shown.customer.extensions.all()}
    return _form(request, "move", form, shown, **more)


@needs("phones.manage")
def phone_swap(request: Any, code: str, mac: str) -> HttpResponse:
    """Put another device in a phone's place and keep everything."""
    phone = one(request, code, mac)
    start = {"model": phone.model}
    form = SwapForm(request.POST or None, initial=start)
    if request.method == "POST":
        own = {"actor": request.actor, "phone": phone}
        if saved(form, swap_phone, **own) is not None:
            detail = _("Connect the new device now. The old one is refused.")
            return _back(request, phone, _("%(name)s is swapped."), detail)
    shown = one(request, code, mac)
    return _form(request, "swap", form, shown, models=phones.model_options())


@needs("phones.manage")
def phone_keys(request: Any, code: str, mac: str) -> HttpResponse:
    """Say what a phone's keys do; works without a script."""
    phone = one(request, code, mac)
    typed = rearranged(request.POST) if request.method == "POST" else None
    sent = request.POST if request.method == "POST" and typed is None else None
    form = KeysForm(sent, obj=phone, typed=typed)
    if sent is not None and form.is_valid():
        attempted(form, lambda: save_keys(request.actor, phone, form.keys))
        if not form.errors:
            words = _("Keys of %(name)s are saved.")
            return _back(request, phone, words, _behind(phone))
    room = phones.room_of(phone)
    more = {"room": room, "people": phones.people_of(phone.customer)}
    lines = phone.lines.select_related("extension")[: room["lines"]]
    return _form(request, "keys", form, phone, lines=lines, **more)


@needs("phones.manage")
@require_POST
def phone_window(request: Any, code: str, mac: str) -> HttpResponse:
    """Let the phone in: its next fetch is answered, whoever it was before."""
    return _act(
        request,
        one(request, code, mac),
        open_window,
        _("%(name)s is let in: its next fetch within an hour is answered."),
    )


@needs("phones.manage")
@fresh
@require_POST
def phone_secret(request: Any, code: str, mac: str) -> HttpResponse:
    """Give the phone another secret address."""
    return _act(
        request,
        one(request, code, mac),
        rotate_secret,
        _("%(name)s has a new address. The old one is refused now."),
    )


@needs("phones.manage")
@require_POST
def phone_resync(request: Any, code: str, mac: str) -> HttpResponse:
    """Have the phone fetch its settings again."""
    words = _("%(name)s was told to fetch its settings.")
    return _act(request, one(request, code, mac), resync, words)


@needs("phones.manage")
@require_POST
def phone_reboot(request: Any, code: str, mac: str) -> HttpResponse:
    """Have the phone start again."""
    words = _("%(name)s was told to start again.")
    return _act(request, one(request, code, mac), reboot, words)


def _act(
    request: Any, phone: Phone, act: Callable[[Actor, Phone], Any], words: str
) -> HttpResponse:
    try:
        act(request.actor, phone)
    except ValidationError as error:
        return draw(request, phone, error)
    toast(request, words % {"name": phone})
    return redirect("console:phone", code=phone.customer.code, mac=phone.mac)


@needs("phones.manage")
def phone_remove(request: Any, code: str, mac: str) -> HttpResponse:
    """Remove a phone after its name was typed."""
    phone = one(request, code, mac)
    form = ConfirmForm(request.POST or None, wanted=str(phone))
    if request.method == "POST" and form.is_valid():
        words = _("%(name)s is removed.") % {"name": phone}
        remove_phone(request.actor, phone)
        toast(request, words, detail=_("It cannot register or fetch any more."))
        return redirect("console:customer_phones", code=code)
    wrong = " ".join(str(e) for e in form.errors.get("confirm", []))
    return _form(request, "remove", form, phone, error=wrong)
