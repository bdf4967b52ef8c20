"""The AMI client against a server that misbehaves in every way that was measured."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager

import pytest

from pbx_console.asterisk.ami.client import (
    AmiClient,
    AmiDown,
    AmiError,
    AmiValueError,
    ask_all,
)
from pbx_console.asterisk.ami.fake import FakeAmi, listing, wire

EVENT = [("Event", "Newstate"), ("Privilege", "call,all"), ("Exten", "Grüße, 你好")]


@pytest.fixture
def fake() -> Iterator[FakeAmi]:
    with FakeAmi() as server:
        yield server


@asynccontextmanager
async def connected(fake: FakeAmi, **options: float) -> AsyncIterator[AmiClient]:
    username, secret = fake.account
    client = AmiClient(
        host="127.0.0.1",
        port=fake.port,
        username=username,
        secret=secret,
        events=True,
        **options,  # type: ignore[arg-type]
    )
    async with client:
        await client.wait_ready(5)
        await client.resume()
        yield client


async def until(question: Callable[[], object], seconds: float = 8) -> None:
    async with asyncio.timeout(seconds):
        while not question():
            await asyncio.sleep(0.01)


async def test_it_collects_a_list(fake: FakeAmi) -> None:
    fake.replies["CoreShowChannels"] = listing(
        "CoreShowChannel",
        [{"Channel": "a"}, {"Channel": "b"}],
        "CoreShowChannelsComplete",
    )
    async with connected(fake) as client:
        answer = await client.ask({"Action": "CoreShowChannels"})
    assert answer["Response"] == "Success"
    assert [item.get("Channel") for item in answer["events"]] == ["a", "b", None]


async def test_it_returns_an_error_answer_and_never_waits_for_a_list(
    fake: FakeAmi,
) -> None:
    fake.replies["PJSIPShowEndpoint"] = lambda action: [
        wire(
            [
                ("Response", "Error"),
                ("ActionID", action["ActionID"]),
                ("Message", "Unable to retrieve endpoint\n"),
            ]
        )
    ]
    async with connected(fake) as client:
        answer = await client.ask({"Action": "PJSIPShowEndpoint", "Endpoint": "x"})
    assert (answer["Response"], answer["events"]) == ("Error", [])


@pytest.mark.parametrize("cut", range(1, 96, 5))
async def test_it_reads_letters_cut_in_two_by_the_network(
    fake: FakeAmi, cut: int
) -> None:
    async with connected(fake) as client:
        data = wire(EVENT)
        fake.send(data[:cut])
        fake.send(data[cut:])
        event = await client.next_event(5)
    assert event == dict(EVENT)


@pytest.mark.parametrize("bad", ["a\r\nAction: Originate", "a\nb", "a\0b", "a\x1bb"])
async def test_it_refuses_control_characters_in_an_action(
    fake: FakeAmi, bad: str
) -> None:
    async with connected(fake) as client:
        for action in ({"Action": "Ping", "X": bad}, {"Action": "Ping", bad: "x"}):
            with pytest.raises(AmiValueError):
                await client.ask(action)
    assert not fake.named("Originate")


@pytest.mark.parametrize(
    "raw",
    [
        b"Event: Newstate\r\nExten: 1\r\nExten: 2\r\n\r\n",
        b"Event: Newstate\r\nno header\r\n\r\n",
        b"Event: Newstate\r\nExten: 1\nEvent: Cdr\r\n\r\n",
        b"Event: Newstate\r\nExten: 1\0\r\n\r\n",
    ],
)
async def test_it_distrusts_the_feed_around_a_malformed_event(
    fake: FakeAmi, raw: bytes
) -> None:
    async with connected(fake) as client:
        fake.send(
            wire(EVENT) + raw + wire([("Event", "Cdr"), ("AccountCode", "victim")])
        )
        await until(lambda: client.spoiled)
        assert await client.next_event(0) is None
        assert client.counts["malformed"] == 1
        await client.resume()
        fake.send(EVENT)
        assert await client.next_event(5) == dict(EVENT)


async def test_it_says_when_events_were_lost_because_nobody_read_them(
    fake: FakeAmi,
) -> None:
    async with connected(fake, capacity=10) as client:
        fake.send(wire(EVENT) * 11)
        await until(lambda: client.spoiled)
        assert client.spoiled == "overflow"


async def test_it_fails_unanswered_actions_and_never_sends_them_again(
    fake: FakeAmi,
) -> None:
    async with connected(fake) as client:
        fake.silent = True
        waiting = asyncio.ensure_future(client.ask({"Action": "Originate"}))
        await until(lambda: fake.named("Originate"))
        fake.stop()
        with pytest.raises(AmiDown):
            await waiting
        with pytest.raises(AmiDown):
            await client.ask({"Action": "Ping"})
        fake.silent = False
        fake.start()
        await client.wait_ready(8)
        assert client.spoiled == "connection"
        await client.resume()
    assert len(fake.named("Originate")) == 1


async def test_it_notices_a_silent_peer(fake: FakeAmi) -> None:
    async with connected(fake, silence=0.4) as client:
        fake.silent = True
        await until(lambda: fake.logins > 1)
        assert client.counts["connection"] >= 1


async def test_it_forgets_an_action_that_was_not_answered_in_time(
    fake: FakeAmi,
) -> None:
    async with connected(fake) as client:
        fake.silent = True
        for _n in range(5):
            with pytest.raises(AmiError, match="no answer to Status"):
                await client.ask({"Action": "Status"}, timeout=0.01)
        assert not client._manager.protocol.responses


async def test_it_says_that_the_login_was_refused_and_tries_less_and_less(
    fake: FakeAmi,
) -> None:
    client = AmiClient(host="127.0.0.1", port=fake.port, username="x", secret="y")
    async with client:
        with pytest.raises(AmiDown, match="login refused"):
            await client.wait_ready(1.5)
    assert 1 <= len(fake.named("Login")) <= 5


async def test_it_survives_an_asterisk_that_is_not_there_yet(fake: FakeAmi) -> None:
    fake.stop()
    username, secret = fake.account
    async with AmiClient(
        host="127.0.0.1", port=fake.port, username=username, secret=secret
    ) as client:
        with pytest.raises(AmiDown, match="no connection"):
            await client.wait_ready(0.3)
        fake.start()
        await client.wait_ready(8)


def test_it_asks_for_tasks(fake: FakeAmi, settings: object) -> None:
    settings.AMI_HOST, settings.AMI_PORT = "127.0.0.1", fake.port  # type: ignore[attr-defined]
    settings.AMI_WRITER = fake.account  # type: ignore[attr-defined]
    answers = ask_all([{"Action": "Ping"}, {"Action": "CoreStatus"}])
    assert [answer["Response"] for answer in answers] == ["Success", "Success"]
    fake.stop()
    with pytest.raises(AmiError):
        ask_all([{"Action": "Ping"}])
