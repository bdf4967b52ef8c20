"""Phones: the thing on the desk, its lines and keys, and what was seen of it."""

from __future__ import annotations

from pbx_console.provisioning.models.events import PhoneEvent
from pbx_console.provisioning.models.phones import Phone, PhoneKey, PhoneLine
from pbx_console.provisioning.models.registrations import Registration
from pbx_console.provisioning.models.settings import PhoneSettings
from pbx_console.provisioning.models.setup_links import SetupLink
from pbx_console.provisioning.models.unknown_phones import UnknownPhone

__all__ = [
    "Phone",
    "PhoneEvent",
    "PhoneKey",
    "PhoneLine",
    "PhoneSettings",
    "Registration",
    "SetupLink",
    "UnknownPhone",
]
