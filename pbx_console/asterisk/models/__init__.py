"""Tables that Asterisk reads. Only `pbx.projection` writes them."""

from __future__ import annotations

from pbx_console.asterisk.models.realtime import (
    PsAor,
    PsAuth,
    PsEndpoint,
    PsEndpointIdIp,
)

__all__ = ["PsAor", "PsAuth", "PsEndpoint", "PsEndpointIdIp"]
