"""What a page says of where an extension rings: switches, forwards, phones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from pbx_console.console.forms.forwards import CONDITIONS
from pbx_console.pbx import presence
from pbx_console.pbx.models import Device, Extension
from pbx_console.provisioning.models import Phone as DeskPhone


@dataclass(frozen=True, slots=True)
class Line:
    """One condition: its word, where it goes, whether that counts now."""

    word: str
    target: str
    number: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class Phone:
    """One account of the extension; `device` is None for its own. `desk` is the phone
    that has it, if it was set up here."""

    name: str
    account: str
    presence: str
    device: Device | None
    desk: DeskPhone | None = None


def of(extension: Extension) -> dict[str, Any]:
    """Return what `extensions/ringing.html` shows."""
    return {"lines": _lines(extension), "phones": _phones(extension)}


def _lines(extension: Extension) -> list[Line]:
    rows = {r.condition: r for r in extension.forwards.select_related("destination")}
    found = []
    for condition, word in CONDITIONS.items():
        row = rows.get(condition)
        target = str(row.destination) if row and row.destination else ""
        number = row.outside_number if row else ""
        on = bool(row and row.is_active)
        found.append(Line(_word(extension, condition, str(word)), target, number, on))
    return found


def _word(extension: Extension, condition: str, word: str) -> str:
    if condition != "no_answer":
        return word
    return _("No answer after %(n)s s") % {"n": extension.ring_seconds}


def _phones(extension: Extension) -> list[Phone]:
    devices = list(extension.devices.all())
    words = presence.of_devices(extension, [1, *(d.slot for d in devices)])
    lines = extension.phone_lines.select_related("phone")
    desks = {line.device_id: line.phone for line in lines}
    for device in devices:
        device.extension = extension
    own = Phone(
        _("First phone"), extension.endpoint_id, words[1], None, desks.get(None)
    )
    return [
        own,
        *(
            Phone(d.name, d.endpoint_id, words[d.slot], d, desks.get(d.pk))
            for d in devices
        ),
    ]
