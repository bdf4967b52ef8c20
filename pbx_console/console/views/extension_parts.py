"""What belongs to an extension: forwards, phones, PIN, and the codes people dial."""

from __future__ import annotations

import contextlib
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from pbx_console.console import history, ringing
from pbx_console.console.access import fresh, needs
from pbx_console.console.forms.extensions import ConfirmForm
from pbx_console.console.forms.forwards import (
    CONDITIONS,
    DeviceForm,
    ForwardsForm,
    PinForm,
)
from pbx_console.console.owners import customer_for
from pbx_console.console.saving import attempted, saved
from pbx_console.console.toasts import toast
from pbx_console.console.views.extensions import SHOWN_ONCE, one
from pbx_console.pbx.feature_codes import GROUPS
from pbx_console.pbx.models import Device, Extension
from pbx_console.pbx.services.devices import (
    add_device,
    delete_device,
    reset_device_secret,
)
from pbx_console.pbx.services.forwards import save_forward, set_pin


@needs("extensions.view")
@require_safe
@never_cache
def extension_ringing(request: Any, code: str, number: str) -> HttpResponse:
    """Answer the piece that a phone can change; asked when it did."""
    shown = one(request, code, number)
    context = {"extension": shown, "customer": shown.customer, **ringing.of(shown)}
    return render(request, "console/extensions/ringing.html", context)


@needs("extensions.manage")
def extension_forwards(request: Any, code: str, number: str) -> HttpResponse:
    """Change where the calls of an extension go."""
    shown = one(request, code, number)
    form = ForwardsForm(request.POST or None, extension=shown)
    if request.method == "POST" and form.is_valid():
        _save_all(request, shown, form)
        if not form.errors:
            words = _("Forwards of extension %(number)s are saved.")
            undo = history.undo_address(request, shown)
            toast(request, words % {"number": number}, undo=undo)
            return _back(shown)
    return _form(request, "forwards", form, shown)


class _RefusedError(Exception):
    """One of the four was refused, so none is saved."""


def _save_all(request: Any, extension: Extension, form: ForwardsForm) -> None:
    """Save all four or none of them."""
    with contextlib.suppress(_RefusedError), transaction.atomic():
        for condition in CONDITIONS:
            _save_one(request, extension, form, condition)


def _save_one(
    request: Any, extension: Extension, form: ForwardsForm, condition: str
) -> None:
    values = form.values(condition)
    try:
        save_forward(request.actor, extension=extension, condition=condition, **values)
    except ValidationError as error:
        known = getattr(error, "error_dict", {})
        place = "number" if "outside_number" in known else "to"
        form.add_error(f"{condition}_{place}", error.messages)
        raise _RefusedError from error


def _form(
    request: Any, page: str, form: Any, extension: Extension, **more: Any
) -> HttpResponse:
    context = {
        "form": form,
        "extension": extension,
        "customer": extension.customer,
        **more,
    }
    template = f"console/extensions/{page}.html"
    status = 422 if form.errors else 200
    return render(request, template, context, status=status)


def _back(extension: Extension) -> HttpResponse:
    return redirect(
        "console:extension", code=extension.customer.code, number=extension.number
    )


@needs("extensions.manage")
@fresh
def extension_pin(request: Any, code: str, number: str) -> HttpResponse:
    """Set or remove the PIN that lifts the rights for one call."""
    shown = one(request, code, number)
    form = PinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        pin = form.cleaned_data["pin"]
        attempted(form, lambda: set_pin(request.actor, shown, pin))
        if not form.errors:
            words = _("The PIN is set.") if pin else _("There is no PIN any more.")
            toast(request, words)
            return _back(shown)
    return _form(request, "pin", form, shown)


@needs("extensions.manage")
def extension_device_new(request: Any, code: str, number: str) -> HttpResponse:
    """Add a phone; its account is shown on the next page, once."""
    shown = one(request, code, number)
    form = DeviceForm(request.POST or None)
    if request.method == "POST":
        done = saved(form, add_device, actor=request.actor, extension=shown)
        if done is not None:
            _show_once(request, done)
            toast(request, _("%(name)s is added.") % {"name": done.name})
            return _back(shown)
    return _form(request, "device", form, shown)


def _show_once(request: Any, device: Device) -> None:
    request.session[SHOWN_ONCE] = device.endpoint_id


def _device(request: Any, code: str, number: str, slot: int) -> Device:
    extension = one(request, code, number)
    device = get_object_or_404(extension.devices, slot=slot)
    device.extension = extension
    return device


@needs("extensions.manage")
@fresh
@require_POST
def extension_device_secret(
    request: Any, code: str, number: str, slot: int
) -> HttpResponse:
    """Give a phone's account a new password, shown on the next page, once."""
    device = _device(request, code, number, slot)
    reset_device_secret(request.actor, device)
    _show_once(request, device)
    words = _("%(name)s has a new SIP password.") % {"name": device.name}
    toast(request, words, detail=_("The old one is refused now."))
    return _back(device.extension)


@needs("extensions.manage")
def extension_device_delete(
    request: Any, code: str, number: str, slot: int
) -> HttpResponse:
    """Remove a phone after its name was typed."""
    device = _device(request, code, number, slot)
    form = ConfirmForm(request.POST or None, wanted=device.name)
    if request.method == "POST" and form.is_valid():
        delete_device(request.actor, device)
        words = _("%(name)s is removed.") % {"name": device.name}
        toast(request, words, detail=_("It cannot register any more."))
        return _back(device.extension)
    wrong = " ".join(str(e) for e in form.errors.get("confirm", []))
    more = {"device": device, "error": wrong}
    return _form(request, "device_delete", form, device.extension, **more)


@needs("extensions.view")
@require_safe
def feature_codes(request: Any, code: str) -> HttpResponse:
    """List the codes that people dial on their phones."""
    context = {"customer": customer_for(request, code), "groups": GROUPS}
    return render(request, "console/extensions/codes.html", context)
