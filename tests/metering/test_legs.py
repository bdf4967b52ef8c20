"""From the journal to legs: who pays, for how long, and what is never guessed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db.models import QuerySet

from pbx_console.metering.derive import differences, rebuild
from pbx_console.metering.models import Call, ChannelEvent, JournalFile, Leg
from tests.metering.conftest import NODE, Owners
from tests.metering.journal import NOON, Carrier, append, record

Follow = Callable[[], object]
Legs = QuerySet[Leg]


def leg_of(owners: Owners, **changes: object) -> Carrier:
    return Carrier("pbx1-1763464000.7", owners.first.customer.code).but(**changes)


def test_it_meters_from_answer_to_hangup(
    owners: Owners, legs: Legs, journal: Path, follow: Follow
) -> None:
    append(journal, leg_of(owners, seconds=61.2345).write())
    follow()
    leg = legs.get()
    assert leg.duration_ms == 61_234
    assert (leg.direction, leg.number, leg.trunk_slug, leg.extension_number) == (
        "out",
        "+4930123456",
        "carrier",
        "201",
    )
    assert leg.customer == owners.first.customer
    assert leg.reseller == owners.first.reseller
    assert leg.state == Leg.State.RATED


@pytest.mark.parametrize(
    ("tenantid", "reason"), [("", "no_customer"), ("c99999", "unknown_customer")]
)
def test_it_books_an_ownerless_leg_on_nobody(
    owners: Owners,
    legs: Legs,
    journal: Path,
    follow: Follow,
    tenantid: str,
    reason: str,
) -> None:
    append(journal, leg_of(owners, tenantid=tenantid).write())
    follow()
    leg = legs.get()
    assert (leg.state, leg.reason) == ("unattributed", reason)
    assert leg.customer is None
    assert leg.reseller is None
    assert not leg.charges.exists()


@pytest.mark.parametrize(
    "userfield",
    ["v1|out|carrier", "v1|sideways|carrier|+49301", "v1|out|carrier|=1+1", "v1|"],
)
def test_it_flags_what_it_cannot_read(
    owners: Owners, legs: Legs, journal: Path, follow: Follow, userfield: str
) -> None:
    fields = leg_of(owners).fields() | {"userfield": userfield}
    append(journal, record("ANSWER", NOON, "x.1", **fields))
    append(journal, record("HANGUP", NOON + timedelta(seconds=5), "x.1", **fields))
    follow()
    leg = legs.get()
    assert (leg.state, leg.reason) == ("flagged", "unreadable")


def test_it_ignores_channels_that_are_no_carrier_legs(
    owners: Owners, legs: Legs, journal: Path, follow: Follow
) -> None:
    inside = {"userfield": "", "tenantid": owners.first.customer.code}
    append(journal, record("ANSWER", NOON, "x.1", **inside))
    append(journal, record("HANGUP", NOON, "x.1", **inside))
    append(
        journal, leg_of(owners).write(without="ANSWER").replace(b"BRIDGE_ENTER", b"X_Y")
    )
    follow()
    assert not legs.exists()
    assert ChannelEvent.objects.filter(node=NODE).count() == 7


def test_it_flags_a_connected_leg_without_an_answer(
    owners: Owners, legs: Legs, journal: Path, follow: Follow
) -> None:
    append(journal, leg_of(owners).write(without="ANSWER"))
    follow()
    assert legs.get().reason == Leg.Reason.NO_ANSWER


def test_it_fixes_the_payer_at_the_answer(
    owners: Owners, legs: Legs, journal: Path, follow: Follow
) -> None:
    leg = leg_of(owners)
    other = leg.but(tenantid=owners.second.customer.code, number="+311")
    lines = [line for _at, line in leg.events()[:3]] + [
        line for _at, line in other.events()[3:]
    ]
    append(journal, b"".join(lines))
    follow()
    assert legs.get().customer == owners.first.customer


def test_it_shows_two_legs_of_one_call_together(
    owners: Owners, legs: Legs, journal: Path, follow: Follow
) -> None:
    """A caller from outside, forwarded outside: two charges, one call."""
    inbound = leg_of(owners, uniqueid="u.1", direction="in", num="+49 1712;=x")
    onward = leg_of(owners, uniqueid="u.2", linkedid="u.1", seconds=50)
    append(journal, inbound.write() + onward.write())
    follow()
    call = Call.objects.get(node=NODE)
    assert (call.legs, call.duration_ms) == (2, 110_000)
    assert legs.get(direction="in").caller_number == "+491712"


def test_it_keeps_a_call_in_progress_open(
    owners: Owners, legs: Legs, journal: Path, follow: Follow
) -> None:
    leg = leg_of(owners)
    append(journal, leg.write(without="HANGUP"))
    follow()
    assert legs.get().state == Leg.State.OPEN
    append(journal, leg.events()[4][1])
    follow()
    assert legs.get().state == Leg.State.RATED


def test_it_flags_what_was_open_when_asterisk_was_killed(
    owners: Owners, legs: Legs, journal: Path, follow: Follow
) -> None:
    open_leg = leg_of(owners, uniqueid="pbx1-1763464000.7")
    later = leg_of(
        owners, uniqueid="pbx1-1763464010.9", answered_at=NOON + timedelta(seconds=20)
    )
    append(journal, open_leg.write(without="HANGUP").replace(b"CHAN_END", b"CHAN_X"))
    append(journal, later.write())
    follow()
    assert legs.get(uniqueid=open_leg.uniqueid).state == Leg.State.OPEN
    reborn = leg_of(
        owners, uniqueid="pbx1-1763470000.0", answered_at=NOON + timedelta(hours=1)
    )
    append(journal, reborn.write())
    follow()
    leg = legs.get(uniqueid=open_leg.uniqueid)
    assert (leg.state, leg.reason) == ("flagged", "restarted")
    assert leg.hung_up_at == NOON + timedelta(seconds=80)
    assert not leg.charges.exists()
    assert legs.filter(state="rated").count() == 2


def test_it_flags_a_leg_whose_end_never_came(
    owners: Owners, legs: Legs, journal: Path, follow: Follow
) -> None:
    append(journal, leg_of(owners).write(without="HANGUP"))
    follow()
    long = timedelta(minutes=owners.first.customer.max_call_minutes + 61)
    append(
        journal, leg_of(owners, uniqueid="pbx1-9.9", answered_at=NOON + long).write()
    )
    follow()
    leg = legs.get(uniqueid=leg_of(owners).uniqueid)
    assert (leg.state, leg.reason) == ("flagged", "no_hangup")
    assert not leg.charges.exists()


def test_it_believes_a_late_hangup_more_than_its_own_rule(
    owners: Owners, legs: Legs, journal: Path, follow: Follow
) -> None:
    leg = leg_of(owners)
    append(journal, leg.write(without="HANGUP"))
    append(
        journal, record("CHAN_START", NOON + timedelta(hours=1), "pbx1-1763470000.0")
    )
    follow()
    assert legs.get().state == Leg.State.FLAGGED
    append(journal, leg.events()[4][1])
    follow()
    found = legs.get()
    assert (found.state, found.duration_ms) == ("rated", 60_000)


def test_it_can_make_every_leg_again_from_the_raw_rows(
    owners: Owners, legs: Legs, journal: Path, follow: Follow
) -> None:
    append(journal, leg_of(owners).write() + leg_of(owners, uniqueid="o.8").write())
    follow()
    assert differences() == []
    legs.filter(uniqueid="o.8").update(duration_ms=1, number="+4930999")
    assert [d.what for d in differences()] == ["different"]
    assert rebuild() == 1
    assert differences() == []


def test_it_keeps_records_that_are_none_with_their_bytes(
    owners: Owners, legs: Legs, journal: Path, follow: Follow
) -> None:
    good = leg_of(owners).write()
    append(journal, b'"ANSWER","17' + good[:40] + b"garbage \xff\n" + good)
    follow()
    file = JournalFile.objects.get(node=NODE)
    bad = ChannelEvent.objects.filter(node=NODE).exclude(bad="")
    assert file.bad_rows == bad.count() >= 1
    assert file.rows == ChannelEvent.objects.filter(node=NODE).count()
    raw = b"".join(bytes(row.raw or b"") for row in bad.order_by("offset"))
    assert b"garbage \xff" in raw
    assert legs.get().state == Leg.State.RATED


def test_it_survives_names_that_are_no_utf8(
    owners: Owners, legs: Legs, journal: Path, follow: Follow
) -> None:
    lines = leg_of(owners, num="PLACE").write().replace(b"PLACE", b'\xff\x00""\r\nx')
    append(journal, lines)
    follow()
    assert legs.get().state == Leg.State.RATED
    assert ChannelEvent.objects.filter(node=NODE).filter(damaged=True).count() == 5


@pytest.mark.parametrize(
    ("source", "left", "seconds"),
    [
        ("PJSIP/trunk-carrier-00000001", 9.6, 9.6),  # the BYE was at 9.6 s
        ("dialplan/builtin", 9.6, 10),  # thrown out: our BYE is the HANGUP
        ("PJSIP/trunk-carrier-00000001", 5, 10),  # it went on after the room
    ],
)
def test_the_last_one_out_of_a_room_does_not_pay_for_the_tone_of_leaving(
    owners: Owners,
    legs: Legs,
    journal: Path,
    follow: Follow,
    source: str,
    left: float,
    seconds: float,
) -> None:
    fields = leg_of(owners).fields()
    room = fields | {"appname": "ConfBridge"}
    over = fields | {"eventextra": f'{{"hangupcause":16,"hangupsource":"{source}"}}'}
    plan = [
        ("ANSWER", 0, fields),
        ("BRIDGE_ENTER", 0.5, room),
        ("BRIDGE_EXIT", left, room),
        ("HANGUP", 10, over),
    ]
    for name, at, told in plan:
        append(journal, record(name, NOON + timedelta(seconds=at), "x.1", **told))
    follow()
    assert legs.get().duration_ms == seconds * 1000
