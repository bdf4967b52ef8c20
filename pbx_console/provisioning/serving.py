"""Making the file that a phone may have, and remembering that it has it."""

from __future__ import annotations

import logging
from typing import Final, NamedTuple

from django.utils import timezone

from pbx_console.branding.mail.dress import logo_png
from pbx_console.branding.models import Brand
from pbx_console.pbx.services import encryption
from pbx_console.provisioning import phonebooks, timeline
from pbx_console.provisioning.callers import Caller
from pbx_console.provisioning.configs import (
    LOGO,
    PHONEBOOK,
    config_of,
    layers_of,
    model_of,
)
from pbx_console.provisioning.models import Phone
from pbx_console.provisioning.models.phones import digest_of
from pbx_console.provisioning.render import fetch
from pbx_console.provisioning.render.config import PhoneConfig
from pbx_console.provisioning.render.families import Purpose
from pbx_console.provisioning.render.files import Unfit, render_file
from pbx_console.provisioning.render.layers import Refused
from pbx_console.provisioning.render.values import BadValue

logger = logging.getLogger(__name__)
XML: Final = "text/xml; charset=utf-8"
TEXT: Final = "text/plain; charset=utf-8"
BOOKS: Final = frozenset({PHONEBOOK, f"gs_{PHONEBOOK}"})  # Grandstream asks for both
BESIDE: Final = BOOKS | {LOGO}
_FETCHED: Final = (
    *("fetched_at", "last_error", "firmware"),
    *("file_digest", "wanted_digest"),
)


class File(NamedTuple):
    """What a phone gets."""

    content: bytes
    type: str


def file_of(phone: Phone, name: str, caller: Caller) -> File | None:
    """Return a file of a phone to the phone itself; None where it cannot be made."""
    try:
        if name in BOOKS:
            return File(phonebooks.phonebook(phone).encode(), XML)
        if name == LOGO:
            return _logo(phone)
        return _settings(phone, name, caller)
    except (BadValue, Unfit, Refused) as error:
        _failed(phone, caller, error)
        return None


def _logo(phone: Phone) -> File | None:
    brand = Brand.objects.filter(reseller=phone.customer.reseller_id).first()
    if brand is None or not brand.files.get("logo"):
        return None
    return File(logo_png(brand, "logo"), "image/png")


def _settings(phone: Phone, name: str, caller: Caller) -> File | None:
    model = model_of(phone)
    asked = fetch.meaning(model, name)
    if asked is None:
        return None
    config = config_of(phone)
    text = render_file(model, config, asked.purpose, layers_of(phone))
    if text is None:
        return None
    if asked.purpose is Purpose.CONFIG:
        phone.file_digest = phone.wanted_digest = digest_of(text)
        _fetched(phone, caller, config)
    return File(text.encode(), XML if text.startswith("<?xml") else TEXT)


def _fetched(phone: Phone, caller: Caller, config: PhoneConfig) -> None:
    """Remember that the phone has this now, and talk to its accounts as it was told."""
    seen = fetch.seen(caller.agent)
    firmware = seen.firmware[:60] if seen else ""
    phone.fetched_at, phone.last_error = timezone.now(), ""
    phone.firmware = firmware or phone.firmware
    phone.save(update_fields=[*_FETCHED])
    lines = phone.lines.select_related("extension__customer", "device")
    for line, account in zip(lines, config.accounts, strict=True):
        encryption.follow(line.account, account.srtp.value)
    timeline.note("fetched", phone=phone, address=caller.address, firmware=firmware)


def _failed(phone: Phone, caller: Caller, error: Exception) -> None:
    """Write down why: these errors name a setting and never a value."""
    what = getattr(error, "wish", "") or getattr(error, "field", "")
    what = str(what or getattr(error, "name", ""))[:80]
    kind = type(error).__name__.lower()
    phone.last_error = f"{kind}: {what}"
    phone.save(update_fields=["last_error"])
    timeline.note(
        "file_failed", phone=phone, address=caller.address, error=kind, what=what
    )
    logger.warning("no file for phone %s: %s", phone.pk, phone.last_error)
