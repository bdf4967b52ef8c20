"""How far a phone is: let in, settings fetched, registered; where it hangs, and why.

Three steps in the words of the person in front of the phone, each with what was seen
and what to do. What strangers tried stands beside them: it is not the phone's fault.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pbx_console.accounts.models import AuditEntry
from pbx_console.console import following, phones
from pbx_console.pbx.models import Device
from pbx_console.provisioning import configs
from pbx_console.provisioning.models import Phone, PhoneEvent, Registration, SetupLink
from pbx_console.provisioning.render.config import Transport
from pbx_console.provisioning.states import PhoneState, accounts_of
from pbx_console.provisioning.timeline_words import HARMLESS, why_not, words_of

LOOKED_BACK = dt.timedelta(days=1)
KINDS = ("fetch_refused", "refused", "lost", "flapping")
FLAPS_FOR = dt.timedelta(minutes=30)
ASKED = {
    "no_secret": gettext_lazy(
        "It does not know its own address yet. Let it in again: then it is answered"
        " from where it called."
    ),
    "window_closed": gettext_lazy("Let it in again, then restart the phone."),
    "second_fetcher": gettext_lazy(
        "If the phone was moved to another network, let it in again. If not, give it a"
        " new secret address."
    ),
    "wrong_secret": gettext_lazy(
        "It knows an older address. Let it in again and reset the phone."
    ),
    "other_phone": gettext_lazy(
        "Compare model and MAC address with the label, and swap the phone if they differ."
    ),
    "not_encrypted": gettext_lazy(
        "The address that the phone was told has to begin with https."
    ),
}
REFUSED = {
    "password": gettext_lazy(
        "It still has an older password. Restart it, so that it fetches its settings."
    ),
    "account": gettext_lazy(
        "It still has an account that is gone. Restart it, so that it fetches its"
        " settings."
    ),
    "address": gettext_lazy("Its address is banned or not allowed. Look at the bans."),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `tone` is a state of the design's wire; `remedy` what a person does."""

    tone: str
    words: str
    at: dt.datetime | None = None
    address: str = ""
    detail: str = ""
    remedy: str = ""
    count: int = 1


def mark_of(phone: Phone, state: PhoneState) -> str:
    """Return a mark of what the page of a phone shows: cheap, as it is asked for often."""
    event = PhoneEvent.objects.filter(phone=phone).order_by("-last_at", "-pk")
    entry = AuditEntry.objects.filter(object_type="phone", object_key=str(phone.pk))
    return following.mark(
        state,
        (phone.fetched_at, phone.changed_at, phone.bound_address, phone.last_error),
        (phone.wanted_digest, phone.told_at),
        phones.is_open(phone),
        event.values_list("pk", "last_at", "count").first(),
        entry.order_by("-pk").values_list("pk", flat=True).first(),
    )


def steps_of(
    phone: Phone, state: PhoneState, where: str
) -> tuple[list[Step], list[Step]]:
    """Return the three steps of a phone, and what others tried with its accounts in the
    last day. `where` is what phones are told by hand."""
    accounts = accounts_of([phone])[phone.pk]
    if not accounts:
        words = _("It has no line")
        remedy = _("Its extension was deleted. Move the phone to another one.")
        return [Step("failed", words, remedy=remedy)], []
    seen = _seen(phone)
    others = [e for e in seen if _is_others(e, phone, state)]
    own = [e for e in seen if e not in others]
    steps = [
        _let_in(phone),
        _fetched(phone, state, own, where),
        _registered(phone, state, own, accounts),
    ]
    return steps, [_told(event) for event in others[:3]]


def _seen(phone: Phone) -> list[PhoneEvent]:
    since = timezone.now() - LOOKED_BACK
    rows = PhoneEvent.objects.filter(phone=phone, kind__in=KINDS, last_at__gte=since)
    return list(rows.order_by("-last_at")[:40])


def _is_others(event: PhoneEvent, phone: Phone, state: PhoneState) -> bool:
    """Say whether somebody else did it, as far as that is known: from another place
    than the phone's, or while the phone itself has all it needs."""
    if event.kind == "fetch_refused":
        if phone.fetched_at is None or event.detail.get("reason") in HARMLESS:
            return False
        return state.word == "registered" or _is_elsewhere(event, phone, state)
    return event.kind == "refused" and _is_elsewhere(event, phone, state)


def _is_elsewhere(event: PhoneEvent, phone: Phone, state: PhoneState) -> bool:
    places = {phone.bound_address, phone.awaited_address, state.address} - {None, ""}
    return bool(places) and event.address is not None and event.address not in places


def _told(event: PhoneEvent, remedy: Any = "") -> Step:
    said = words_of(event.kind, event.detail)
    return Step(
        said.tone or "pending",
        said.text,
        event.last_at,
        event.address or "",
        said.detail,
        str(remedy),
        event.count,
    )


def _let_in(phone: Phone) -> Step:
    if phones.is_open(phone):
        words = _("Let in: whoever comes first is this phone")
        until = timezone.localtime(phone.window_until).strftime("%H:%M")
        return Step("live", words, detail=_("until %(until)s") % {"until": until})
    if phone.bound_address:
        words = _("Let in: only itself, from where it came first")
        return Step("live", words, address=phone.bound_address)
    remedy = _("Let it in again before it is connected.")
    return Step("failed", _("Nobody is let in"), phone.window_until, remedy=remedy)


def _fetched(
    phone: Phone, state: PhoneState, seen: Sequence[PhoneEvent], where: str
) -> Step:
    if phone.last_error:
        words, why = _("Its settings could not be written"), why_not(phone.last_error)
        return Step("failed", words, remedy=why)
    asked = next((e for e in seen if e.kind == "fetch_refused"), None)
    at = phone.fetched_at
    if asked is not None and _is_news(asked, phone):
        return _told(asked, ASKED.get(str(asked.detail.get("reason", "")), ""))
    if at is not None:
        return _has_fetched(phone, state, at)
    if phones.is_open(phone):
        words = _("Waiting until it comes for its settings")
        return Step("now", words, remedy=_how(where))
    if state.word in ("registered", "unknown", "lost"):
        words = _("Never fetched its settings here: its account was typed by hand")
        return Step("none", words)
    return Step("none", _("It has not come for its settings"))


def _is_news(asked: PhoneEvent, phone: Phone) -> bool:
    """Say whether a refusal is what holds the phone up: nothing was fetched since, and
    nobody let it in since."""
    if asked.detail.get("reason") in HARMLESS and phone.fetched_at is not None:
        return False
    if phone.fetched_at is not None and phone.fetched_at > asked.last_at:
        return False
    return not phones.is_open(phone) or asked.last_at > phones.opened_at(phone)


def _has_fetched(phone: Phone, state: PhoneState, at: dt.datetime) -> Step:
    own = phone.bound_address or ""
    if not phones.is_behind(phone):
        return Step("live", _("Fetched its settings"), at, own, state.firmware)
    return Step(
        *("pending", _("Has older settings"), at, own, state.firmware),
        remedy=_how_it_catches_up(phone, state),
    )


def _how_it_catches_up(phone: Phone, state: PhoneState) -> str:
    if state.word != "registered":
        return _("Something was saved since. It fetches that when it starts.")
    if phone.told_digest and phone.told_digest == phone.wanted_digest:
        return _(
            "Something was saved since, and it was asked to fetch that. If it does not,"
            " restart it."
        )
    return _("Something was saved since. It is asked to fetch that within seconds.")


def _how(where: str) -> str:
    if not where:
        return _("Connect it to power and network; this page follows by itself.")
    return _(
        "Connect it to power and network; this page follows by itself. It looks at DHCP"
        " option 66 and at its maker's redirection; by hand its address is %(where)s"
    ) % {"where": where}


def _registered(
    phone: Phone,
    state: PhoneState,
    seen: Sequence[PhoneEvent],
    accounts: Sequence[str],
) -> Step:
    if state.word == "registered":
        return _flaps(seen) or _is_here(state, accounts)
    if state.word == "unknown":
        words = _("The telephone system cannot be asked now")
        return Step("pending", words, state.since, state.address)
    refused = next((e for e in seen if e.kind == "refused"), None)
    since = (phone.fetched_at, state.since if state.word == "lost" else None)
    if refused is not None and all(at is None or refused.last_at > at for at in since):
        return _told(refused, REFUSED.get(str(refused.detail.get("reason", "")), ""))
    if _is_awaited(phone, state):
        return Step("none", _("Registers when it has its settings"))
    if state.word == "lost":
        return _is_gone(state, next((e for e in seen if e.kind == "lost"), None))
    return Step("now", _("Has not registered yet"), remedy=_reach(phone))


def _is_awaited(phone: Phone, state: PhoneState) -> bool:
    """Say whether it cannot register yet: it has nothing, or another device had its
    place and it comes now."""
    if state.word == "never":
        return True
    fresh = phone.fetched_at is None and phones.is_open(phone)
    return fresh and (state.since is None or phones.opened_at(phone) > state.since)


def _flaps(seen: Sequence[PhoneEvent]) -> Step | None:
    """Return what to say of a phone that is here now, but will not stay."""
    flaps = next((e for e in seen if e.kind == "flapping"), None)
    if flaps is None or flaps.last_at < timezone.now() - FLAPS_FOR:
        return None
    remedy = _(
        "Often a bad cable or wireless, or a router that forgets the connection. Compare"
        " with other phones there."
    )
    return replace(
        _told(flaps, remedy), words=_("Registered, but it comes and goes"), detail=""
    )


def _is_here(state: PhoneState, accounts: Sequence[str]) -> Step:
    here = Registration.objects.filter(endpoint__in=accounts, lost_at=None).count()
    if here >= len(accounts):
        return Step("live", _("Registered"), state.since, state.address)
    words = ngettext(
        "Only %(here)s of %(n)s lines is registered",
        "Only %(here)s of %(n)s lines are registered",
        here,
    )
    told = words % {"here": here, "n": len(accounts)}
    remedy = _("Restart it, so that it fetches its settings.")
    return Step("pending", told, state.since, state.address, remedy=remedy)


def _is_gone(state: PhoneState, lost: PhoneEvent | None) -> Step:
    words = words_of("lost", lost.detail if lost else {}).text
    remedy = _("Look at its power and network. It registers again by itself.")
    return Step("failed", words, state.since, state.address, remedy=remedy)


def _reach(phone: Phone) -> str:
    """Say what must be open between the phone and the telephone system."""
    transport = configs.transport_of(phone)
    secure = transport is Transport.TLS
    words = _(
        "It has to reach %(server)s, port %(port)s, by %(transport)s. Often a firewall"
        " or the router's own SIP helper stands in the way."
    )
    return words % {
        "server": configs.server_of(phone.customer),
        "port": settings.SIP_TLS_PORT if secure else settings.SIP_PORT,
        "transport": transport.value.upper(),
    }


def of_program(device: Device) -> list[Step]:
    """Return how far a program is that was given a code: fetched, registered."""
    link = SetupLink.objects.filter(device=device).first()
    row = Registration.objects.filter(endpoint=device.endpoint_id).first()
    is_here = row is not None and row.lost_at is None
    steps = [] if link is None else [_scanned(link)]
    if row is not None and is_here:
        return [*steps, Step("live", _("Registered"), row.since, row.address or "")]
    if link is None or link.used_at is not None:
        return [*steps, Step("now", _("Waiting until it registers"))]
    return [*steps, Step("none", _("Registers when it has its account"))]


def _scanned(link: SetupLink) -> Step:
    if link.used_at is not None:
        return Step("live", _("The program fetched its account"), link.used_at)
    if link.ends_at < timezone.now():
        words = _("Nobody used the link in time. Make a new code.")
        return Step("failed", words, link.ends_at)
    words = _("Waiting until the code is scanned; this page follows by itself")
    return Step("now", words)
