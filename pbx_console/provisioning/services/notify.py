"""Telling a phone to fetch its file again, or to start again (NOTIFY, `check-sync`)."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.services import audit
from pbx_console.asterisk.ami.client import AmiError, ask_all
from pbx_console.provisioning.models import Phone, Registration
from pbx_console.provisioning.render.catalogue import MODELS
from pbx_console.provisioning.states import accounts_of, states_of

# What a maker's phones understand: fetch the file again, start again. Snom, Yealink,
# Fanvil and Gigaset document the parameter; Cisco MPP has events of its own; Grandstream
# and Poly know the plain event, which fetches, and starts again where it must.
USUAL = ("check-sync;reboot=false", "check-sync;reboot=true")
EVENTS = {
    "Cisco": ("resync", "reboot"),
    "Grandstream": ("check-sync", "check-sync;reboot=true"),
    "Poly": ("check-sync", "check-sync;reboot=true"),
}


@transaction.atomic
def resync(actor: Actor, phone: Phone) -> None:
    """Have a phone fetch its file again. Raises ValidationError with a sentence."""
    _tell(actor, phone, "resynced", 0)


@transaction.atomic
def reboot(actor: Actor, phone: Phone) -> None:
    """Have a phone start again. Raises ValidationError with a sentence."""
    _tell(actor, phone, "rebooted", 1)


def event_of(phone: Phone, place: int) -> str:
    """Return what its maker's phones are told: 0 fetch again, 1 start again."""
    model = MODELS.get(phone.model)
    return EVENTS.get(model.vendor if model else "", USUAL)[place]


def _tell(actor: Actor, phone: Phone, verb: str, place: int) -> None:
    accounts = accounts_of([phone])[phone.pk]
    if not accounts or states_of([phone])[phone.pk].word not in (
        "registered",
        "unknown",
    ):
        raise ValidationError(
            _(
                "The phone is not registered now, so nothing can be sent to it. It fetches"
                " its settings when it starts."
            )
        )
    here = Registration.objects.filter(endpoint__in=accounts, lost_at=None)
    found = here.values_list("endpoint", flat=True)
    account = next((key for key in accounts if key in set(found)), accounts[0])
    _send(account, event_of(phone, place))
    audit.record(actor, f"phone.{verb}", phone)


def _send(endpoint: str, event: str) -> None:
    action = {
        "Action": "PJSIPNotify",
        "Endpoint": endpoint,
        "Variable": f"Event={event}",
    }
    try:
        answer = ask_all([action])[0]
    except AmiError as error:
        raise ValidationError(
            _("The telephone system cannot be asked now. Try again in a minute.")
        ) from error
    if answer.get("Response") == "Error":
        raise ValidationError(_("The telephone system could not reach the phone."))
