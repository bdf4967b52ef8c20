"""Desired state, one file per noun."""

from __future__ import annotations

from pbx_console.pbx.models.announcements import Announcement
from pbx_console.pbx.models.bans import Ban, BanTarget
from pbx_console.pbx.models.blocked_numbers import BlockedNumber
from pbx_console.pbx.models.conferences import Conference
from pbx_console.pbx.models.destinations import Destination, Kind, Reachable
from pbx_console.pbx.models.devices import Device
from pbx_console.pbx.models.dids import Did
from pbx_console.pbx.models.extensions import Extension
from pbx_console.pbx.models.forwards import Forward
from pbx_console.pbx.models.holidays import Holiday, Region
from pbx_console.pbx.models.hunt_groups import HuntGroup, HuntGroupMember
from pbx_console.pbx.models.lamps import LampWord
from pbx_console.pbx.models.limits import (
    Limit,
    LimitCountry,
    LimitCrossing,
    LimitUse,
)
from pbx_console.pbx.models.menus import Menu, MenuKey
from pbx_console.pbx.models.nodes import PbxNode
from pbx_console.pbx.models.number_ranges import NumberRange
from pbx_console.pbx.models.outside_numbers import OutsideNumber
from pbx_console.pbx.models.paging_groups import PagingGroup
from pbx_console.pbx.models.parking import ParkingLot, ParkingSlot
from pbx_console.pbx.models.phonebook import PhonebookEntry
from pbx_console.pbx.models.portings import Porting, PortingDocument
from pbx_console.pbx.models.prompts import (
    MusicClass,
    MusicTrack,
    Prompt,
    PromptCall,
)
from pbx_console.pbx.models.queues import Queue, QueueCallback, QueueMember
from pbx_console.pbx.models.recordings import Recording, RecordingRules
from pbx_console.pbx.models.refreshes import Refresh
from pbx_console.pbx.models.routes import OutboundRoute
from pbx_console.pbx.models.schedules import Schedule, ScheduleDay, ScheduleHours
from pbx_console.pbx.models.shown_rights import CallerPolicy, ShownRight
from pbx_console.pbx.models.sites import EmergencyCall, EmergencyTest, Site
from pbx_console.pbx.models.trunks import Trunk, TrunkHealth
from pbx_console.pbx.models.voicemail_boxes import VoicemailBox, VoicemailMessage

__all__ = [
    "Announcement",
    "Ban",
    "BanTarget",
    "BlockedNumber",
    "CallerPolicy",
    "Conference",
    "Destination",
    "Device",
    "Did",
    "EmergencyCall",
    "EmergencyTest",
    "Extension",
    "Forward",
    "Holiday",
    "HuntGroup",
    "HuntGroupMember",
    "Kind",
    "LampWord",
    "Limit",
    "LimitCountry",
    "LimitCrossing",
    "LimitUse",
    "Menu",
    "MenuKey",
    "MusicClass",
    "MusicTrack",
    "NumberRange",
    "OutboundRoute",
    "OutsideNumber",
    "PagingGroup",
    "ParkingLot",
    "ParkingSlot",
    "PbxNode",
    "PhonebookEntry",
    "Porting",
    "PortingDocument",
    "Prompt",
    "PromptCall",
    "Queue",
    "QueueCallback",
    "QueueMember",
    "Reachable",
    "Recording",
    "RecordingRules",
    "Refresh",
    "Region",
    "Schedule",
    "ScheduleDay",
    "ScheduleHours",
    "ShownRight",
    "Site",
    "Trunk",
    "TrunkHealth",
    "VoicemailBox",
    "VoicemailMessage",
]
