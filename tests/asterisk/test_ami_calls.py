"""From AMI events to what is going on: recordings of Asterisk 22.10.1, and forgeries."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pbx_console.asterisk.ami.calls import HEADERS, Exchange, Forged, contacts

Event = dict[str, str]


def event(
    name: str, channel: str, state: int, unique: str, linked: str, **more: str
) -> Event:
    """An event as 22.10.1 writes it, header by header."""
    values = dict.fromkeys(HEADERS, "") | {
        "Channel": f"PJSIP/{channel}",
        "ChannelState": str(state),
        "CallerIDNum": "201",
        "ConnectedLineNum": "<unknown>",
        "Exten": "s",
        "Uniqueid": f"pbx1-{unique}",
        "Linkedid": f"pbx1-{linked}",
    }
    changed = {key: more.pop(key) for key in list(more) if key in values}
    head = {"Event": name, "Privilege": "call,all", "SystemName": "pbx1"}
    return {**head, **values, **changed, **more}


A, B = "1795298221.37", "1795298221.38"
CALL = [
    event("Newchannel", "cgd8dg-201-00000025", 4, A, A, Exten="03023125999"),
    event("Newchannel", "trunk-carrier-00000026", 0, B, A),
    event("Newstate", "trunk-carrier-00000026", 5, B, A, Tenantid="cgd8dg"),
    event("Newstate", "trunk-carrier-00000026", 6, B, A, Tenantid="cgd8dg"),
    event("Newstate", "cgd8dg-201-00000025", 6, A, A, Tenantid="cgd8dg"),
    event("Hangup", "cgd8dg-201-00000025", 6, A, A, Tenantid="cgd8dg", Cause="16"),
    event("Hangup", "trunk-carrier-00000026", 6, B, A, Tenantid="cgd8dg", Cause="16"),
]


def test_it_follows_an_outside_call() -> None:
    exchange = Exchange(registered={"cgd8dg-201", "cgd8dg-202"})
    seen = []
    for item in CALL:
        assert exchange.apply(item)
        seen.append(exchange.words().get("cgd8dg-201"))
    assert seen == ["talk", "talk", "talk", "talk", "talk", "free", "free"]
    assert exchange.channels == {}


def test_it_knows_the_other_side_and_the_beginning() -> None:
    exchange = Exchange()
    exchange.apply(CALL[0])
    exchange.apply(CALL[4])
    (channel,) = exchange.channels.values()
    assert (channel.number, channel.since, channel.incoming) == (
        "03023125999",
        1795298221,
        False,
    )


def test_it_rings_at_the_called_phone() -> None:
    exchange = Exchange(registered={"cs8knn-201"})
    item = event(
        "Newstate", "cs8knn-201-00000028", 5, B, A, ConnectedLineNum="+4917012"
    )
    exchange.apply(item)
    assert exchange.words() == {"cs8knn-201": "ring"}
    assert next(iter(exchange.channels.values())).number == "+4917012"


@pytest.mark.parametrize(
    "broken",
    [
        {k: v for k, v in CALL[0].items() if k != "Linkedid"},
        dict(list(CALL[0].items())[:9]),
        CALL[0] | {"Extra": "1"},
        CALL[0] | {"Channel": "PJSIP/cgd8dg-201"},
        CALL[0] | {"Channel": "PJSIP/c gd8dg-201-00000025"},
        CALL[0] | {"Uniqueid": "x"},
        CALL[0] | {"ChannelState": "Up"},
        dict(reversed(CALL[0].items())),
    ],
)
def test_it_refuses_an_event_that_asterisk_would_not_write(broken: Event) -> None:
    exchange = Exchange()
    with pytest.raises(Forged):
        exchange.apply(broken)
    assert exchange.channels == {}


def test_it_ignores_what_it_does_not_follow() -> None:
    assert not Exchange().apply({"Event": "Cdr", "AccountCode": "victim"})
    local = event("Newchannel", "x", 4, A, A) | {"Channel": "Local/1@x-00000001;1"}
    assert not Exchange().apply(local)


def test_it_takes_a_snapshot_and_leaves_out_what_it_cannot_believe() -> None:
    good = {
        **{k: v for k, v in CALL[4].items() if k not in ("Privilege", "SystemName")},
        "Event": "CoreShowChannel",
        "BridgeId": "",
        "Application": "Dial",
        "ApplicationData": "x",
        "Duration": "00:00:10",
    }
    exchange = Exchange()
    assert (
        exchange.restart([good, good | {"Injected": "1"}, {"Event": "Complete"}]) == 1
    )
    assert exchange.words() == {"cgd8dg-201": "talk"}


@settings(deadline=None)
@given(st.lists(st.sampled_from(CALL), max_size=20))
def test_it_ends_with_nothing_after_the_hangups_in_whatever_order(
    items: list[Event],
) -> None:
    exchange = Exchange()
    for item in [*items, CALL[5], CALL[6]]:
        exchange.apply(item)
    assert exchange.channels == {}


def contact(aor: str, expires: object, **more: object) -> Event:
    value = json.dumps({"expiration_time": expires, **more})
    return {"Key": f"/registrar/contact/{aor};@0f", "Val": value}


def test_it_counts_a_phone_as_registered_until_its_contact_expires() -> None:
    items = [
        contact("c-1", "100"),
        contact("c-2", "99"),
        contact("c-3", 101, user_agent="\r\nEvent: x"),
        contact("c 4", "101"),
        contact("c-5", None),
        {"Key": "/registrar/contact/c-6;@0f", "Val": "no json"},
        {"Event": "DBGetTreeComplete"},
    ]
    assert set(contacts(items, now=99)) == {"c-1", "c-3"}
