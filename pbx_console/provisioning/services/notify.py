"""Telling a phone to fetch its file again, or to start again (NOTIFY).

What a maker's phones understand, and where that was read:

* Snom, Yealink, Gigaset: `check-sync` with `reboot`. Yealink's Administrator's Guide (T5
  series, "Rebooting issues"): without `sip.notify_reboot_enable = 0`, which our file
  sets, every check-sync starts the phone again. Gigaset's wiki, "SIP check-sync": N bases
  need no start to take settings over, and start again only with a setting of 2.52, which
  our file sets. Snom: Asterisk's `sip_notify.conf.sample` (snom-check-cfg, snom-reboot).
* Grandstream, Fanvil: `resync` fetches, `check-sync;reboot=true` starts again (FusionPBX,
  `event_notify/index.lua`). FreePBX sends both a plain `check-sync`; upon that Fanvil's
  phones were seen to start again before they fetch.
* Poly: `check-sync` (Asterisk's sample, FreePBX, FusionPBX); it starts again where a
  changed setting needs it, as our file says (`…checkSync.alwaysReboot`). There is no word
  that always starts it again.
* Cisco multiplatform: `resync`, `reboot` (its administration guide, "Auth Resync-Reboot";
  by default it asks the sender for a password, which our file turns off).
"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.services import audit
from pbx_console.asterisk.ami.client import AmiError, ask_all
from pbx_console.provisioning.models import Phone, Registration
from pbx_console.provisioning.render import fetch
from pbx_console.provisioning.render.catalogue import MODELS
from pbx_console.provisioning.states import accounts_of, states_of

# Fetch the file again, start again.
USUAL = ("check-sync;reboot=false", "check-sync;reboot=true")
EVENTS = {
    "Cisco": ("resync", "reboot"),
    "Fanvil": ("resync", "check-sync;reboot=true"),
    "Grandstream": ("resync", "check-sync;reboot=true"),
    "Poly": ("check-sync", "check-sync"),
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


def action_for(endpoint: str, event: str) -> dict[str, str]:
    """Return what Asterisk is told: a NOTIFY to wherever the account is registered."""
    return {
        "Action": "PJSIPNotify",
        "Endpoint": endpoint,
        "Variable": f"Event={event}",
    }


def farewell(endpoint: str) -> list[dict[str, str]]:
    """Return what an account that is about to go is still told: its phone shall fetch,
    because its file may name another one by now (another number of the extension)."""
    row = Registration.objects.filter(endpoint=endpoint, lost_at=None).first()
    if row is None:
        return []
    seen = fetch.seen(row.agent)
    return [action_for(endpoint, EVENTS.get(seen.vendor if seen else "", USUAL)[0])]


def _send(endpoint: str, event: str) -> None:
    try:
        answer = ask_all([action_for(endpoint, event)])[0]
    except AmiError as error:
        raise ValidationError(
            _("The telephone system cannot be asked now. Try again in a minute.")
        ) from error
    if answer.get("Response") == "Error":
        raise ValidationError(_("The telephone system could not reach the phone."))
