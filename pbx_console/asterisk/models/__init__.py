"""Tables that Asterisk reads. Only `pbx.projection` writes them."""

from __future__ import annotations

from pbx_console.asterisk.models.queues import AstQueue, AstQueueMember
from pbx_console.asterisk.models.realtime import (
    PsAor,
    PsAuth,
    PsEndpoint,
    PsEndpointIdIp,
)
from pbx_console.asterisk.models.registrations import PsRegistration
from pbx_console.asterisk.models.sounds import MusicOnHold, VoicemailUser

__all__ = [
    "AstQueue",
    "AstQueueMember",
    "MusicOnHold",
    "PsAor",
    "PsAuth",
    "PsEndpoint",
    "PsEndpointIdIp",
    "PsRegistration",
    "VoicemailUser",
]
