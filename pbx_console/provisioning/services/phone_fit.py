"""Whether a phone can do what is wished of it; a clear sentence where it cannot."""

from __future__ import annotations

import re
from typing import Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pbx_console.provisioning import configs, freshness
from pbx_console.provisioning.models import Phone, PhoneKey
from pbx_console.provisioning.render.catalogue import MODELS
from pbx_console.provisioning.render.config import KeyKind, Srtp, Transport
from pbx_console.provisioning.render.families import PhoneModel
from pbx_console.provisioning.render.files import Unfit, render
from pbx_console.provisioning.render.layers import Refused, check
from pbx_console.provisioning.render.values import BadValue

DIALLED: Final = re.compile(r"[0-9*#+]{1,32}")
SAFEST: Final = (Transport.TLS, Transport.TCP, Transport.UDP)
NUMBERED: Final = frozenset(
    {
        KeyKind.BLF,
        KeyKind.SPEED_DIAL,
        KeyKind.PARK,
        KeyKind.QUEUE,
        KeyKind.VOICEMAIL,
    }
)


def ensure_fit(phone: Phone) -> None:
    """Write the phone's file once, unseen. Raises ValidationError when that fails.

    A phone whose extension was deleted has no line and is told nothing.
    """
    if not phone.lines.exists():
        return
    model = MODELS[phone.model]
    try:
        text = render(model, configs.config_of(phone), configs.layers_of(phone))
    except Unfit as error:
        raise ValidationError(_unfit(model, error.wish)) from error
    except BadValue as error:
        words = _("This cannot be written to a phone: %(field)s.")
        raise ValidationError(words % {"field": error.field}) from error
    freshness.look(phone, text)


def talk_as_it_can(phone: Phone, *, before: str = "") -> None:
    """Let a model that cannot talk as the house does talk as safely as it can.

    Its page warns of that. `before` is the model that a swapped phone was: what had to
    be set because of that one is forgotten.
    """
    if before in MODELS and _house() not in MODELS[before].family.transports:
        phone.transport = phone.srtp = ""
    family = MODELS[phone.model].family
    if configs.transport_of(phone) not in family.transports:
        phone.transport = next(one for one in SAFEST if one in family.transports).value
    if configs.srtp_of(phone) not in family.srtp:
        ways = (Srtp.REQUIRED, Srtp.OPTIONAL, Srtp.OFF)
        phone.srtp = next(one for one in ways if one in family.srtp).value


def _house() -> Transport:
    return Transport(settings.PHONE_TRANSPORT)


def _unfit(model: PhoneModel, wish: str) -> dict[str, str]:
    if wish == "accounts":
        words = ngettext(
            "%(model)s has %(n)s line at most.",
            "%(model)s has %(n)s lines at most.",
            model.accounts,
        )
        return {"extensions": words % {"model": model.name, "n": model.accounts}}
    if wish == "transport":
        words = _("%(model)s does not know this transport. Choose another one.")
        return {"transport": words % {"model": model.name}}
    if wish == "srtp":
        words = _("%(model)s cannot encrypt speech like this. Choose another way.")
        return {"srtp": words % {"model": model.name}}
    words = _("%(model)s registers all its lines at one server.")
    return {"extensions": words % {"model": model.name}}


def settings_that_stay(phone: Phone) -> dict[str, str]:
    """Return those of a phone's own settings that its model knows."""
    family = MODELS[phone.model].family
    kept: dict[str, str] = {}
    for name, value in phone.settings.items():
        try:
            check(family, name, value)
        except Refused:
            continue
        kept[name] = value
    return kept


def wrong_with_key(phone: Phone, key: PhoneKey) -> list[str]:
    """Return what is wrong with a wished key, as sentences."""
    try:
        key.full_clean(exclude=["phone"], validate_unique=False)
    except ValidationError as error:
        return list(error.messages)
    wrong = []
    if key.kind in NUMBERED and not key.value:
        wrong.append(_("It needs a number."))
    if key.value and not DIALLED.fullmatch(key.value):
        wrong.append(_("A number has digits, *, # and +."))
    if key.line > phone.lines.count():
        wrong.append(_("The phone has no line %(n)s.") % {"n": key.line})
    return wrong
