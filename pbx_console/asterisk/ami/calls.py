"""AMI events -> channels and registrations. Pure: no Django, no network, no clock.

Callers choose what stands in caller number and extension (line breaks included, see
asterisk.md), so an event counts only when it has exactly the headers that Asterisk writes,
in its order. Whose channel it is follows from the channel's name, which begins with the
endpoint's id, never from a header that a caller can reach.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

HEADERS: Final = (
    "Channel",
    "ChannelState",
    "ChannelStateDesc",
    "CallerIDNum",
    "CallerIDName",
    "ConnectedLineNum",
    "ConnectedLineName",
    "Language",
    "AccountCode",
    "Context",
    "Exten",
    "Priority",
    "Uniqueid",
    "Linkedid",
)
TAIL: Final = frozenset(
    {
        "Tenantid",
        "Cause",
        "Cause-txt",
        "TechCause",
        "BridgeId",
        "Application",
        "ApplicationData",
        "Duration",
    }
)
FOLLOWED: Final = frozenset({"Newchannel", "Newstate", "Hangup"})
RINGING: Final = 5
UP: Final = 6
_CHANNEL: Final = re.compile(r"PJSIP/([A-Za-z0-9_-]{1,60})-[0-9a-f]{8}")
_UNIQUE: Final = re.compile(r"(?:[A-Za-z0-9_.-]+-)?([0-9]{9,12})\.[0-9]+")
_DIALLED: Final = re.compile(r"[0-9+*#]{1,32}")
_HOST: Final = re.compile(r"sips?:(?:[^@\s]*@)?(\[[0-9A-Fa-f:.]+\]|[0-9.]+)(?:[:;>]|$)")
_STREAM: Final = re.compile(r";transport=t(?:cp|ls)\b", re.I)
_CONTACT: Final = re.compile(r"/registrar/contact/([A-Za-z0-9_-]{1,60});@[0-9a-f]+")


class Forged(ValueError):
    """An event that Asterisk would not write by itself."""


@dataclass(frozen=True, slots=True)
class Channel:
    """One PJSIP channel. `number` is the other side as far as known, or empty."""

    uniqueid: str
    linkedid: str
    endpoint: str
    state: int
    number: str
    since: int

    @property
    def word(self) -> str:
        """`ring` while it rings here, else `talk` (dialling counts)."""
        return "ring" if self.state == RINGING else "talk"

    @property
    def incoming(self) -> bool:
        """Did the PBX call this phone, and not the phone the PBX?"""
        return self.uniqueid != self.linkedid


def channel_of(event: Mapping[str, str]) -> Channel | None:
    """The channel an event is about; None for one that is not a phone's or a trunk's.

    Raises Forged when a header is missing, out of place, unknown or malformed.
    """
    keys = [key for key in event if key not in ("Event", "Privilege", "ActionID")]
    if keys[:1] == ["SystemName"]:
        keys = keys[1:]
    if tuple(keys[: len(HEADERS)]) != HEADERS or set(keys[len(HEADERS) :]) - TAIL:
        raise Forged(event.get("Event", ""))
    if not event["Channel"].startswith("PJSIP/"):
        return None
    name, unique = (
        _CHANNEL.fullmatch(event["Channel"]),
        _UNIQUE.fullmatch(event["Uniqueid"]),
    )
    if not (name and unique and _UNIQUE.fullmatch(event["Linkedid"])):
        raise Forged(event["Event"])
    if not event["ChannelState"].isdigit():
        raise Forged(event["Event"])
    return Channel(
        event["Uniqueid"],
        event["Linkedid"],
        name[1],
        int(event["ChannelState"]),
        _other_side(event),
        int(unique[1]),
    )


def _other_side(event: Mapping[str, str]) -> str:
    for header in ("ConnectedLineNum", "Exten"):
        if _DIALLED.fullmatch(event[header]):
            return event[header]
    return ""


@dataclass(frozen=True, slots=True)
class Contact:
    """Where an endpoint is registered, and until when. `agent` is a stranger's text.

    `is_stream`: over a connection (TLS, TCP), with whose end Asterisk forgets it.
    """

    address: str
    agent: str
    until: float
    is_stream: bool = False


def contacts(items: Iterable[Mapping[str, str]], *, now: float) -> dict[str, Contact]:
    """Endpoints with a contact that has not expired, from DBGetTree of the registrar.

    What the phone sent is inside JSON: its program is a text that proves nothing, its
    address counts only as far as it is one.
    """
    found = {}
    for item in items:
        key = _CONTACT.fullmatch(item.get("Key", ""))
        contact = _contact(item.get("Val", "")) if key is not None else None
        if key is not None and contact is not None and contact.until > now:
            found[key[1]] = contact
    return found


def _contact(value: str) -> Contact | None:
    try:
        said = json.loads(value)
        until = float(said["expiration_time"])
        agent = str(said.get("user_agent") or "")
        uri = str(said.get("uri"))
        return Contact(_host(uri), agent, until, bool(_STREAM.search(uri)))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _host(uri: str) -> str:
    """Return the address in a contact's URI, which Asterisk made the sender's own."""
    found = _HOST.match(uri)
    try:
        return str(ipaddress.ip_address(found[1].strip("[]"))) if found else ""
    except ValueError:
        return ""


@dataclass(slots=True)
class Exchange:
    """What is going on: channels by unique id, and which endpoints are registered."""

    channels: dict[str, Channel] = field(default_factory=dict)
    registered: set[str] = field(default_factory=set)

    def restart(self, items: Iterable[Mapping[str, str]]) -> int:
        """Take the channels of a snapshot; return how many items were not believable."""
        self.channels, refused = {}, 0
        for item in items:
            if item.get("Event") != "CoreShowChannel":
                continue
            try:
                self._put(channel_of(item))
            except Forged:
                refused += 1
        return refused

    def apply(self, event: Mapping[str, str]) -> bool:
        """Follow one event; say whether it was about a channel. Raises Forged."""
        if event.get("Event") not in FOLLOWED:
            return False
        channel = channel_of(event)
        if channel is not None and event["Event"] == "Hangup":
            self.channels.pop(channel.uniqueid, None)
        else:
            self._put(channel)
        return channel is not None

    def _put(self, channel: Channel | None) -> None:
        if channel is None:
            return
        earlier = self.channels.get(channel.uniqueid)
        if earlier is not None and earlier.number:
            channel = replace(channel, number=earlier.number)
        self.channels[channel.uniqueid] = channel

    def words(self) -> dict[str, str]:
        """Endpoint -> `free`, `ring` or `talk`; absent means not registered, no call."""
        found = dict.fromkeys(self.registered, "free")
        for channel in self.channels.values():
            if found.get(channel.endpoint) != "talk":
                found[channel.endpoint] = channel.word
        return found
