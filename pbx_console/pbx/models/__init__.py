"""Desired state, one file per noun."""

from __future__ import annotations

from pbx_console.pbx.models.destinations import Destination, Kind, Reachable
from pbx_console.pbx.models.dids import Did
from pbx_console.pbx.models.extensions import Extension
from pbx_console.pbx.models.nodes import PbxNode
from pbx_console.pbx.models.prompts import MusicClass, Prompt
from pbx_console.pbx.models.refreshes import Refresh
from pbx_console.pbx.models.routes import OutboundRoute
from pbx_console.pbx.models.trunks import Trunk

__all__ = [
    "Destination",
    "Did",
    "Extension",
    "Kind",
    "MusicClass",
    "OutboundRoute",
    "PbxNode",
    "Prompt",
    "Reachable",
    "Refresh",
    "Trunk",
]
