"""Groups, menus, schedules, announcements and rooms on the real Asterisk."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.scope import as_everyone
from pbx_console.pbx.models import Destination, Extension, Prompt
from pbx_console.pbx.services.announcements import save_announcement
from pbx_console.pbx.services.conferences import save_conference
from pbx_console.pbx.services.dids import save_did
from pbx_console.pbx.services.hunt_groups import save_group
from pbx_console.pbx.services.menus import save_menu
from pbx_console.pbx.services.outside_numbers import save_outside_number
from pbx_console.pbx.services.schedules import save_schedule, switch_schedule
from pbx_console.pbx.services.trunks import save_route, save_trunk
from tests.asterisk.conftest import House, moved_in
from tests.asterisk.sipp import Agent, Process, Sent, wait_for

pytestmark = pytest.mark.asterisk
CALLER = "+491701234567"


@pytest.fixture
def house(street: House, tmp_path: Path) -> Iterator[House]:
    """A customer of its own for each test."""
    yield from moved_in(street, tmp_path)


def invited(process: Process) -> list[Sent]:
    """The INVITEs that arrived."""
    messages = process.messages()
    return [m for m in messages if m.way == "received" and m.line.startswith("INVITE")]


@pytest.fixture
def phones(house: House) -> dict[str, Agent]:
    """Three registered phones of the customer: 205, 206 and 207."""
    customer = house.world.nordbel.customer
    numbers = ("205", "206", "207")
    return {n: house.phone(house.extension(customer, n)) for n in numbers}


def place(number: str) -> Destination:
    """Where an internal number of the customer leads."""
    with as_everyone("test"):
        rows = Destination.objects.filter(customer__reseller__slug="nordbel")
        return rows.filter(number=number).latest("pk")  # of who moved in last


def make(save: Any, house: House, **values: Any) -> Any:
    """Save a noun of the customer as the console does."""
    with as_everyone("test"):
        return save(SYSTEM, customer=house.world.nordbel.customer, **values)


def to(noun: Any) -> Destination:
    """Where a noun is reached."""
    with as_everyone("test"):
        found: Destination = noun.destination
        return found


def lead(house: House, noun: Any) -> None:
    """Let the customer's main number lead to a noun."""
    with as_everyone("test"):
        did = house.world.nordbel.customer.dids.get(is_main=True)
        save_did(SYSTEM, did=did, destination=noun.destination)


def call_in(house: House, **more: Any) -> Process:
    """Call the customer's main number from outside and wait for the end."""
    call = house.carrier.call(house.world.nordbel.number, shown=CALLER, **more)
    call.wait()
    return call


@contextmanager
def answering(
    phones: dict[str, Agent], refusing: tuple[str, ...] = ()
) -> Iterator[dict[str, Process]]:
    """Let all phones answer, some of them refuse."""
    with ExitStack() as stack:
        yield {
            number: stack.enter_context(
                agent.answering("refuse", code="486", contact="x")
                if number in refusing
                else agent.answering(echo=False)
            )
            for number, agent in phones.items()
        }


def rung(running: dict[str, Process]) -> list[str]:
    """The phones that rang, in the order in which they did."""
    found = [(sent.at, number) for number, p in running.items() for sent in invited(p)]
    return [number for _at, number in sorted(found)]


@pytest.fixture
def prompt(house: House) -> Prompt:
    """A prompt of a fifth of a second of silence, where Asterisk looks for it."""
    folder = Path(settings.SOUNDS_DIR) / "prompts"
    folder.mkdir(parents=True, exist_ok=True)
    digest = "0" * 60 + "flow"
    with wave.open(str(folder / f"{digest}.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\0\0" * 1600)
    with as_everyone("test"):
        customer = house.world.nordbel.customer
        return Prompt.objects.create(customer=customer, name="Hello", digest=digest)


def test_a_group_rings_one_after_another_and_never_a_member_in_a_call(
    house: House, phones: dict[str, Agent]
) -> None:
    inner = make(save_group, house, name="Inner", members=[place("207"), place("206")])
    members = [place("205"), to(inner)]
    group = make(save_group, house, number="600", name="Sales", members=members)
    with as_everyone("test"):
        save_group(SYSTEM, group=group, strategy="order", name_prefix="Sales")
    lead(house, group)
    with answering(phones, refusing=("205", "207")) as running:
        call = call_in(house)
        assert call.statuses()[0] == 200
        assert rung(running) == ["205", "207", "206"]
        assert (
            invited(running["206"])[0].header("From").startswith('"Sales" <sip:+49170')
        )
    with answering(phones) as running:
        caller = house.phone(house.world.nordbel.extension)
        first = caller.call("205", talk=4)
        wait_for(lambda: invited(running["205"]))
        wait_for(lambda: 200 in first.statuses())
        call_in(house)
        assert rung(running) == ["205", "207"]


def test_a_group_rings_all_at_once_but_not_who_calls_it(
    house: House, phones: dict[str, Agent]
) -> None:
    members = [place(number) for number in ("205", "206", "207")]
    make(save_group, house, number="600", name="Sales", members=members)
    with as_everyone("test"):
        Extension.objects.filter(number="206").update(do_not_disturb=True)
    with answering(phones) as running:
        caller = house.phone(house.world.nordbel.extension)
        assert caller.call("600").wait() == 0
        assert sorted(rung(running)) == ["205", "207"]
    with answering({number: phones[number] for number in ("206", "207")}) as running:
        assert phones["205"].call("600").wait() == 0
        assert rung(running) == ["207"]


def test_a_group_begins_with_the_next_or_with_who_was_idle_longest(
    house: House, phones: dict[str, Agent]
) -> None:
    members = [place(number) for number in ("205", "206", "207")]
    values = {"number": "600", "name": "Sales", "members": members}
    group = make(save_group, house, strategy="rotating", **values)
    lead(house, group)
    with answering(phones) as running:
        for _n in range(4):
            call_in(house, talk=0.1)
        assert rung(running) == ["205", "206", "207", "205"]
    with as_everyone("test"):
        save_group(SYSTEM, group=group, strategy="idle")
    # Of the calls before, 206's is now the longest ago; 207 then speaks once more.
    with answering(phones) as running:
        caller = house.phone(house.world.nordbel.extension)
        assert caller.call("600", talk=0.1).wait() == 0
        assert caller.call("600", talk=0.1).wait() == 0
        assert caller.call("600", talk=0.1).wait() == 0
        assert rung(running) == ["206", "207", "205"]


def test_a_group_that_nobody_answers_leads_to_its_overflow(
    house: House, phones: dict[str, Agent]
) -> None:
    outside = make(save_outside_number, house, name="Mobile", e164="+4915112345678")
    members = [place("205"), place("206")]
    group = make(save_group, house, name="Sales", members=members, overflow=to(outside))
    lead(house, group)
    mobile = house.agent(host="127.0.0.3")
    with as_everyone("test"):
        trunk = save_trunk(
            SYSTEM, slug="mobile", name="Mobile", host="127.0.0.3", port=mobile.port
        )
        save_route(SYSTEM, prefix="+49151", trunk=trunk)
    with answering(phones, refusing=("205", "206")), mobile.answering() as carrier:
        assert call_in(house).statuses()[0] == 200
        assert invited(carrier)[0].line.startswith("INVITE sip:+4915112345678@")
    legs = {leg.userfield: leg for leg in house.carrier_legs()}
    code = house.world.nordbel.customer.code
    paid = legs["v1|out|mobile|+4915112345678"]
    assert (paid.tenantid, paid.accountcode) == (code, "")


def test_a_menu_leads_where_the_key_leads(
    house: House, phones: dict[str, Agent], prompt: Prompt
) -> None:
    said = make(
        save_announcement, house, name="Wrong", prompt=prompt, then=place("207")
    )
    menu = make(
        save_menu,
        house,
        name="Main",
        prompt=prompt,
        timeout_seconds=1,
        tries=2,
        direct_dialling=True,
        keys={"1": place("205"), "#": place("206"), "2": place("206")},
        on_timeout=place("205"),
        on_invalid=to(said),
    )
    lead(house, menu)
    expected = {
        "1": (1.5, "205"),  # a key
        "#": (1.5, "206"),
        "2": (3.5, "206"),  # a key that an extension begins with
        "207": (2, "207"),  # an extension
        "9,9": (3.5, "207"),  # only wrong keys, over the announcement
        "299,1": (4.5, "205"),  # no such extension, then a key
        "": (4.5, "205"),  # no key at all
    }
    for typed, (seconds, number) in expected.items():
        with answering(phones) as running:
            call_in(house, typed=typed, talk=seconds)
            assert (typed, rung(running)) == (typed, [number])


def test_a_schedule_leads_by_the_clock_and_by_hand_even_from_a_phone(
    house: House, phones: dict[str, Agent]
) -> None:
    hours = [{"weekday": day, "opens": 0, "closes": 1440} for day in range(7)]
    plan = make(
        save_schedule,
        house,
        number="700",
        name="Office",
        hours=hours,
        open_to=place("205"),
        closed_to=place("206"),
    )
    lead(house, plan)
    caller = house.phone(house.world.nordbel.extension)
    with answering(phones) as running:
        call_in(house)
        assert caller.call("*82700").wait() == 0
        call_in(house)
        assert caller.call("*80700").wait() == 0
        call_in(house)
        with as_everyone("test"):
            switch_schedule(SYSTEM, plan, "closed")
        call_in(house)
        assert rung(running) == ["205", "206", "205", "206"]
    refused = caller.call("*81999")
    refused.wait()
    assert refused.statuses() == [403]


def test_a_conference_room_lets_in_who_knows_the_pin(house: House) -> None:
    room = make(save_conference, house, number="800", name="Room", pin="0123")
    phone = house.phone(house.world.nordbel.extension)
    lead(house, room)
    outside = house.carrier.call(
        house.world.nordbel.number, shown=CALLER, typed=",0123#", talk=3
    )
    inside = phone.call("800", typed=",123#,,0123#", talk=2)
    assert (outside.wait(), inside.wait()) == (0, 0)
    house.carrier_legs()
    entered = [r for r in house.journal() if r.eventtype == "BRIDGE_ENTER"]
    assert len(entered) == 2
    stranger = phone.call("800", typed=",123#,,99#,,1#", talk=9)
    stranger.wait()
    wait_for(house.quiet)
    entered = [r for r in house.journal() if r.eventtype == "BRIDGE_ENTER"]
    assert len(entered) == 2
