"""The account of a program on a computer or mobile, as its file or code tells it."""

from __future__ import annotations

from typing import Final

from django.conf import settings

from pbx_console.pbx.models import Device
from pbx_console.provisioning.configs import CODECS, MESSAGES, server_of
from pbx_console.provisioning.render.config import (
    Account,
    PhoneConfig,
    Srtp,
    Transport,
)
from pbx_console.provisioning.render.values import LONGEST_TEXT

_NO_MAC: Final = "020000000001"  # a program has none; nothing of it is written


def account_of(device: Device) -> Account:
    """Return what a program registers with: as all phones of the house do."""
    transport = Transport(settings.PHONE_TRANSPORT)
    secure = transport is Transport.TLS
    extension = device.extension
    return Account(
        user=device.endpoint_id,
        secret=str(device.secret),
        server=server_of(extension.customer),
        number=extension.number,
        display_name=extension.name.strip()[:LONGEST_TEXT].strip(),
        port=settings.SIP_TLS_PORT if secure else settings.SIP_PORT,
        transport=transport,
        srtp=Srtp.REQUIRED if secure else Srtp.OFF,
        codecs=CODECS,
        voicemail=MESSAGES,
    )


def config_of(device: Device) -> PhoneConfig:
    """Return the same as a program's whole configuration."""
    return PhoneConfig(mac=_NO_MAC, accounts=(account_of(device),))
