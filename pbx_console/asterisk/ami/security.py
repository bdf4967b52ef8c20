"""AMI events about sign-ins, failed or not, and about how a call was heard. Pure.

What stands in `AccountID` was said by a stranger: an event counts only with exactly the
headers that Asterisk writes, in its order, as in `calls`; and of the account only what an
account can look like is taken over.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pbx_console.asterisk.ami.calls import HEADERS, Forged

_HEAD: Final = (
    *("EventTV", "Severity", "Service", "EventVersion", "AccountID"),
    *("SessionID", "LocalAddress", "RemoteAddress"),
)
_CHALLENGE: Final = ("Challenge", "Response", "ExpectedResponse")
_INVALID_PASSWORD: Final = ("Challenge", "ReceivedChallenge", "ReceivedHash")
TAILS: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "InvalidAccountID": ((),),
    "ChallengeResponseFailed": (_CHALLENGE,),
    "InvalidPassword": (_INVALID_PASSWORD, ()),
    "FailedACL": (("ACLName",), ()),
}
KINDS: Final = {
    "InvalidAccountID": "account",
    "ChallengeResponseFailed": "password",
    "InvalidPassword": "password",
    "FailedACL": "address",
}
# The two ends of a question to a phone: Asterisk asks for its password, it answers.
STEPS: Final[Mapping[str, tuple[str, ...]]] = {
    "ChallengeSent": ("Challenge",),
    "SuccessfulAuth": ("UsingPassword",),
}
_ACCOUNT: Final = re.compile(r"[A-Za-z0-9_.+-]{1,60}")
_REMOTE: Final = re.compile(r"IPV[46]/[A-Z]{2,4}/([0-9A-Fa-f:.]{2,45})/[0-9]{1,5}")
_CHANNEL: Final = re.compile(r"PJSIP/([A-Za-z0-9_-]{1,60})-[0-9a-f]{8}")
_HEARD: Final = re.compile(r"([a-z]{2,8})=(-?[0-9]{1,12}(?:\.[0-9]{1,6})?)")


@dataclass(frozen=True, slots=True)
class Failed:
    """One try that failed: `password`, `account` (there is none) or `address`.

    `account` is empty for what no account is called, `address` is the sender's.
    """

    kind: str
    account: str
    address: str


@dataclass(frozen=True, slots=True)
class Step:
    """A phone was asked for its password (`asked`), or has answered, in one dialog."""

    asked: bool
    account: str
    session: str
    at: float


@dataclass(frozen=True, slots=True)
class Heard:
    """What a phone's channel received, and what the phone said it received."""

    endpoint: str
    linkedid: str
    received: int
    lost: int
    jitter_ms: int
    sent: int
    lost_there: int
    jitter_there_ms: int
    round_trip_ms: int


def failed_of(event: Mapping[str, str]) -> Failed | None:
    """Return what an event says of a failed sign-in; None when it is about something
    else. Raises Forged when Asterisk would not write it so."""
    tails = TAILS.get(event.get("Event", ""))
    if tails is None or event.get("Service") not in (None, "PJSIP"):
        return None
    remote = _REMOTE.fullmatch(event.get("RemoteAddress", ""))
    if remote is None or _keys(event) not in [(*_HEAD, *tail) for tail in tails]:
        raise Forged(event["Event"])
    account = event["AccountID"]
    if account == "<unknown>":  # InvalidAccountID has told it already
        return None
    found = account if _ACCOUNT.fullmatch(account) else ""
    return Failed(KINDS[event["Event"]], found, _address(remote[1]))


def _keys(event: Mapping[str, str]) -> tuple[str, ...]:
    more = ("Event", "Privilege", "ActionID", "SystemName", "Module", "SessionTV")
    return tuple(key for key in event if key not in more)


def step_of(event: Mapping[str, str]) -> Step | None:
    """Return a step of a sign-in; None for another event, and for what is no account.
    Raises Forged."""
    tail = STEPS.get(event.get("Event", ""))
    if tail is None or event.get("Service") not in (None, "PJSIP"):
        return None
    if _keys(event) != (*_HEAD, *tail):
        raise Forged(event["Event"])
    if not _ACCOUNT.fullmatch(event["AccountID"]):
        return None
    try:
        at = dt.datetime.fromisoformat(event["EventTV"]).timestamp()
    except ValueError as error:
        raise Forged("EventTV") from error
    asked = event["Event"] == "ChallengeSent"
    return Step(asked, event["AccountID"], event["SessionID"][:128], at)


def _address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError as error:
        raise Forged("address") from error


def heard_of(event: Mapping[str, str]) -> Heard | None:
    """Return how a phone's channel was heard; None for another event, for a channel
    without speech and for a trunk. Raises Forged."""
    if event.get("Event") != "UserEvent" or event.get("UserEvent") != "Quality":
        return None
    keys = [key for key in event if key not in ("Event", "Privilege", "SystemName")]
    tail = [key for key in keys[len(HEADERS) :] if key != "Tenantid"]
    name = _CHANNEL.fullmatch(event.get("Channel", ""))
    if tuple(keys[: len(HEADERS)]) != HEADERS or tail != ["UserEvent", "Heard"]:
        raise Forged("UserEvent")
    figures = dict(_HEARD.findall(event["Heard"]))
    if name is None or name[1].startswith("trunk-") or not _number(figures, "rxcount"):
        return None
    return Heard(
        endpoint=name[1],
        linkedid=event["Linkedid"],
        received=_number(figures, "rxcount"),
        lost=_number(figures, "lp"),
        jitter_ms=_milliseconds(figures, "rxjitter"),
        sent=_number(figures, "txcount"),
        lost_there=_number(figures, "rlp"),
        jitter_there_ms=_milliseconds(figures, "txjitter"),
        round_trip_ms=_milliseconds(figures, "rtt"),
    )


def _number(figures: Mapping[str, str], name: str) -> int:
    return max(int(float(figures.get(name, "0"))), 0)


def _milliseconds(figures: Mapping[str, str], name: str) -> int:
    return min(max(round(float(figures.get(name, "0")) * 1000), 0), 60_000)
