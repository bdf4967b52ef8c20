"""The connection to Asterisk is cut, again and again: what a timeline tells stays right."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from pbx_console.accounts.scope import as_everyone
from pbx_console.asterisk.ami.fake import FakeAmi
from pbx_console.provisioning.models import PhoneEvent
from tests.asterisk.test_ami_calls import A, event
from tests.conftest import World
from tests.live.test_listener import fake, later, listening, phone, tell, until

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["fake"]
STRANGER = "203.0.113.77"


def wrong_password(account: str, session: int) -> list[tuple[str, str]]:
    """A refused sign-in as Asterisk 22.10.1 tells it."""
    return [
        ("Event", "InvalidPassword"),
        ("Privilege", "security,all"),
        ("EventTV", "2026-11-22T15:00:00.000+0000"),
        ("Severity", "Error"),
        ("Service", "PJSIP"),
        ("EventVersion", "2"),
        ("AccountID", account),
        ("SessionID", str(session)),
        ("LocalAddress", "IPV4/UDP/127.0.0.1/5060"),
        ("RemoteAddress", f"IPV4/UDP/{STRANGER}/5060"),
        ("Challenge", ""),
        ("ReceivedChallenge", "a"),
        ("ReceivedHash", "b"),
    ]


def told(kind: str) -> list[tuple[str, int]]:
    with as_everyone("test"):
        rows = PhoneEvent.objects.filter(kind=kind).order_by("pk")
        return list(rows.values_list("endpoint", "count"))


async def test_cuts_neither_lose_nor_double_what_phones_did(
    committed_world: World, fake: FakeAmi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pbx_console.live.listener.SNAPSHOT_PAUSE", 0.05)
    monkeypatch.setattr("pbx_console.live.phones.EVERY", 0.05)
    mine, other = phone(committed_world.nordbel), phone(committed_world.zuidlijn)
    tell(fake, channels=[], contacts={mine: later()})
    async with listening(fake) as listener:
        await until(lambda: told("registered") == [(mine, 1)])
        arrived = counted(listener, monkeypatch)
        for time in range(6):
            fake.send(wrong_password(mine, time))
            await until(lambda: arrived == [*range(time + 1)])  # noqa: B023
            before = fake.logins
            fake.stop()
            there = [mine, other] if time >= 3 else [other]
            tell(fake, channels=[], contacts=dict.fromkeys(there, later()))
            fake.start()
            await until(lambda: fake.logins > before)  # noqa: B023
            await until(lambda: not listener.client.spoiled)
            if time == 2:
                await until(lambda: told("lost") == [(mine, 1)])
        await until(lambda: told("refused") == [(mine, 6)])
        await until(lambda: len(told("registered")) == 3)
    came = [(mine, 1), (other, 1), (mine, 1)]
    assert await asyncio.to_thread(told, "registered") == came
    assert await asyncio.to_thread(told, "lost") == [(mine, 1)]


def counted(listener: Any, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The refused sign-ins that came over the wire."""
    arrived: list[int] = []
    put = listener.client.put

    def take(event: dict[str, str]) -> None:
        put(event)
        if event["Event"] == "InvalidPassword":
            arrived.append(int(event["SessionID"]))
            if len(arrived) % 2:  # the cut comes before anybody has read it
                listener.client.spoil("connection")

    monkeypatch.setattr(listener.client, "put", take)
    return arrived


async def test_what_stands_beside_a_forged_event_is_not_believed(
    committed_world: World, fake: FakeAmi
) -> None:
    mine = phone(committed_world.nordbel)
    async with listening(fake) as listener:
        spoiled = event("Newchannel", "trunk-carrier-00000001", 4, A, A)
        spoiled |= {"CallerIDNum": "1\r\n\r\nX"}
        listener.client.put(dict(wrong_password(mine, 1)))
        listener.client.spoil("malformed")
        assert listener.client.leftovers() == []
        listener.client.spoiled = ""
        listener.client.put(dict(wrong_password(mine, 2)))
        listener.client.spoil("connection")
        assert [one["SessionID"] for one in listener.client.leftovers()] == ["2"]
