"""Undo of what calls are sent to: exactly what was there, on the page and for calls."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import AuditEntry, Customer
from pbx_console.accounts.services.customers import save_customer
from pbx_console.accounts.services.undo import offered, undo
from pbx_console.asterisk.models import AstQueue, AstQueueMember
from pbx_console.console.call_paths import ask
from pbx_console.pbx.models import (
    Conference,
    Menu,
    PagingGroup,
    ParkingLot,
    Prompt,
    Queue,
    Schedule,
)
from pbx_console.pbx.services.conferences import delete_conference, save_conference
from pbx_console.pbx.services.extensions import delete_extension, save_extension
from pbx_console.pbx.services.menus import delete_menu, save_menu
from pbx_console.pbx.services.paging_groups import (
    delete_paging_group,
    save_paging_group,
)
from pbx_console.pbx.services.parking import delete_parking_lot, save_parking_lot
from pbx_console.pbx.services.queues import change_agent, delete_queue, save_queue
from pbx_console.pbx.services.schedules import (
    delete_schedule,
    save_schedule,
    switch_schedule,
)
from tests.conftest import World
from tests.console.conftest import Opens, text_of

pytestmark = pytest.mark.usefixtures("in_english", "everyone")
MONDAY = datetime(2026, 6, 8, 8, 0, tzinfo=UTC)  # 10 o'clock in Berlin
MOMENTS = [MONDAY, MONDAY.replace(hour=20), MONDAY.replace(month=12, day=24)]


def last(verb: str = "") -> AuditEntry:
    rows = AuditEntry.objects.order_by("-pk")
    return rows.filter(verb=verb)[0] if verb else rows[0]


def taken_back(entry: AuditEntry, role: str = "technician") -> Any:
    return undo(SYSTEM, entry, role=role)


def answers(noun: Any) -> list[dict[str, Any]]:
    """What calls to the noun are told at different moments, its own place left out."""
    token = f"d{noun.destination.pk}"
    told = [ask(noun.customer, token, at).row for at in MOMENTS]
    return [
        {k: str(v).replace(token, "itself") for k, v in row.items()} for row in told
    ]


def queue_rows() -> list[Any]:
    """What app_queue reads of all queues and agents."""
    members = AstQueueMember.objects.order_by("queue_name", "interface")
    rows = [{**row, "uniqueid": 0} for row in members.values()]
    return [*AstQueue.objects.order_by("name").values(), *rows]


def make_menu(world: World) -> Menu:
    held = world.nordbel.customer
    two = save_extension(SYSTEM, customer=held, number="202", name="Two").destination
    one = world.nordbel.extension.destination
    prompt = Prompt.objects.create(customer=held, name="Hello", digest="0" * 64)
    values: dict[str, Any] = {"prompt": prompt, "on_timeout": one, "tries": 2}
    values |= {"direct_dialling": True, "keys": {"1": one, "2": two, "#": two}}
    return save_menu(SYSTEM, customer=held, number="700", name="Reception", **values)


def make_schedule(world: World) -> Schedule:
    held, to = world.nordbel.customer, world.nordbel.extension.destination
    hours = [{"weekday": day, "opens": 480, "closes": 1020} for day in (0, 1, 2, 3, 4)]
    eve = {"first_day": date(2026, 12, 24), "last_day": date(2026, 12, 26)}
    open_day = {"first_day": date(2026, 6, 6), "last_day": date(2026, 6, 6)}
    days = [
        {**eve, "name": "Christmas, all closed", "opens": None, "closes": None},
        {**open_day, "name": "Open Saturday", "opens": 600, "closes": 840},
    ]
    made = save_schedule(
        SYSTEM,
        customer=held,
        number="710",
        name="Hours",
        region="DE-BE",
        hours=hours,
        days=days,
        open_to=to,
    )
    return switch_schedule(SYSTEM, made, "closed")


def make_queue(world: World) -> Queue:
    held, first = world.nordbel.customer, world.nordbel.extension
    two = save_extension(SYSTEM, customer=held, number="202", name="Two")
    three = save_extension(SYSTEM, customer=held, number="203", name="Three")
    queue = save_queue(
        SYSTEM,
        customer=held,
        number="720",
        name="Service",
        agents=[(three, 1), (first, 0), (two, 0)],
        max_waiting=7,
        on_full=first.destination,
    )
    change_agent(SYSTEM, queue.members.get(extension=two), logged_in=False)
    pausing = queue.members.get(extension=three)
    change_agent(SYSTEM, pausing, paused=True, reason="lunch")
    return queue


def make_room(world: World) -> Conference:
    values: dict[str, Any] = {"pin": "4711", "admin_pin": "8150", "max_members": 9}
    held = world.nordbel.customer
    return save_conference(SYSTEM, customer=held, number="730", name="Round", **values)


def make_paging(world: World) -> PagingGroup:
    held = world.nordbel.customer
    two = save_extension(SYSTEM, customer=held, number="202", name="Two")
    values: dict[str, Any] = {"name": "Hall", "talks_back": True}
    values["members"] = [two, world.nordbel.extension]
    return save_paging_group(SYSTEM, customer=held, number="740", **values)


def make_parking(world: World) -> ParkingLot:
    held = world.nordbel.customer
    values: dict[str, Any] = {"name": "Yard", "places": 3, "seconds": 45}
    return save_parking_lot(SYSTEM, customer=held, number="750", **values)


NOUNS: dict[str, tuple[Callable[[World], Any], Any]] = {
    "menu": (make_menu, delete_menu),
    "schedule": (make_schedule, delete_schedule),
    "queue": (make_queue, delete_queue),
    "conference": (make_room, delete_conference),
    "paging_group": (make_paging, delete_paging_group),
    "parking_lot": (make_parking, delete_parking_lot),
}


def verb(stem: str) -> str:
    """How the log calls what an address calls so."""
    return stem.replace("_", "")


@pytest.mark.parametrize("stem", list(NOUNS))
def test_a_deleted_one_comes_back_exactly(
    stem: str, sign_in: Opens, world: World
) -> None:
    make, _delete = NOUNS[stem]
    noun, client = make(world), sign_in("technician")
    code, key = noun.customer.code, noun.pk
    own = reverse(f"console:{stem}", args=[code, key])
    form, told, queues = fields_of(client.get(own)), answers(noun), queue_rows()

    gone = reverse(f"console:{stem}_delete", args=[code, key])
    page = text_of(client.post(gone, {"confirm": noun.name}, follow=True))
    assert client.get(own).status_code == 404
    back = reverse("console:undo", args=[last(f"{verb(stem)}.deleted").pk])
    assert back in page

    shown = text_of(client.post(back, follow=True))
    assert "Taken back" in shown
    again = type(noun).objects.get(pk=key)
    assert fields_of(client.get(own)) == form
    assert answers(again) == told
    assert queue_rows() == queues


def fields_of(response: Any) -> list[str]:
    """What stands in the form of a page: every input and chosen option."""
    text = text_of(response)
    start = text.index("<form", text.index("<main"))
    form = text[start : text.index("</form>", start)]
    parts = form.replace("<", "\n<").splitlines()
    own = re.compile(r'value="\d+"')  # a place's key is a new one
    parts = [own.sub('value=""', p) if p.startswith("<option") else p for p in parts]
    return [p for p in parts if p.startswith(("<input", "<option")) and "csrf" not in p]


@pytest.mark.parametrize("stem", list(NOUNS))
def test_a_new_one_goes_away_while_nothing_leads_there(
    stem: str, sign_in: Opens, world: World
) -> None:
    noun = NOUNS[stem][0](world)
    created, client = last(f"{verb(stem)}.created"), sign_in("technician")
    if stem == "schedule":  # switched since, which is another matter
        assert created.pk in offered([created], "technician")
    own = reverse(f"console:{stem}", args=[noun.customer.code, noun.pk])
    back = reverse("console:undo", args=[created.pk])
    there = {"referer": f"http://{world.nordbel.host}{own}"}
    answer = client.post(back, headers=there)
    assert not type(noun).objects.filter(pk=noun.pk).exists()
    assert client.get(answer["Location"]).status_code == 200  # its list


def test_what_a_new_menu_is_needed_for_keeps_it(world: World) -> None:
    menu = make_menu(world)
    created = last("menu.created")
    save_schedule(
        SYSTEM, customer=menu.customer, name="Hours", open_to=menu.destination
    )
    with pytest.raises(ValidationError, match="Schedule Hours"):
        taken_back(created)


def test_the_rows_of_a_schedule_are_put_back(world: World) -> None:
    schedule = make_schedule(world)
    switch_schedule(SYSTEM, schedule, "")
    told = answers(schedule)
    hours = [{"weekday": 6, "opens": 0, "closes": 1440}]
    save_schedule(SYSTEM, schedule=schedule, name="Sundays", hours=hours, days=[])
    assert answers(schedule) != told
    saved = last("schedule.saved")
    taken_back(saved)
    again = Schedule.objects.get(pk=schedule.pk)
    assert (again.name, again.hours.count(), again.days.count()) == ("Hours", 5, 2)
    assert answers(again) == told
    again.hours.all().delete()
    with pytest.raises(ValidationError, match="no longer as"):
        taken_back(last("schedule.saved"))


def test_agents_are_put_back_in_order_and_as_they_sat(world: World) -> None:
    queue = make_queue(world)
    rows = queue_rows()
    first = world.nordbel.extension
    save_queue(SYSTEM, queue=queue, name="Other", agents=[(first, 3)])
    assert queue_rows() != rows
    taken_back(last("queue.saved"))
    assert queue_rows() == rows
    words = {m.extension.number: m.word for m in queue.members.all()}
    assert words == {"203": "paused", "201": "in", "202": "out"}


def test_an_agent_who_is_gone_is_left_out(world: World) -> None:
    queue = make_queue(world)
    key, gone = queue.pk, queue.members.get(extension__number="203").extension
    delete_queue(SYSTEM, queue)
    entry = last("queue.deleted")
    delete_extension(SYSTEM, gone)
    taken_back(entry)
    numbers = Queue.objects.get(pk=key).members.values_list("extension__number")
    assert [number for (number,) in numbers] == ["201", "202"]


def test_a_key_of_a_menu_that_leads_nowhere_any_more_is_not_made_up(
    world: World,
) -> None:
    menu = make_menu(world)
    delete_menu(SYSTEM, menu)
    entry = last("menu.deleted")
    delete_extension(SYSTEM, menu.customer.extensions.get(number="202"))
    with pytest.raises(ValidationError, match="no longer exists"):
        taken_back(entry)
    assert not Menu.objects.filter(name="Reception").exists()


def test_a_room_never_comes_back_open(world: World, settings: Any) -> None:
    """Its PINs are in no log; when they are not kept any more, neither is the room."""
    room = make_room(world)
    delete_conference(SYSTEM, room)
    entry = last("conference.deleted")
    assert "4711" not in str(entry.before) + str(entry.after)
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
    }
    with pytest.raises(ValidationError, match="PIN is not kept"):
        taken_back(entry)
    assert not Conference.objects.filter(number="730").exists()


def test_a_room_whose_pin_was_replaced_says_so(world: World) -> None:
    room = make_room(world)
    save_conference(SYSTEM, conference=room, name="New", pin="2468")
    assert not offered([last()], "technician")
    assert "2468" not in str(last().after)
    save_conference(SYSTEM, conference=room, name="Newer")
    taken_back(last())
    back = Conference.objects.get(pk=room.pk)
    assert (back.name, back.pin) == ("New", "2468")


# ── customers ────────────────────────────────────────────────────────────────────────


def test_a_new_customer_goes_away_while_it_is_empty(
    sign_in: Opens, world: World
) -> None:
    client, host = sign_in("owner"), world.nordbel.host
    typed = {"name": "New firm", "country": "DE", "language": "de"}
    typed |= {"timezone": "Europe/Berlin", "max_extensions": "5", "max_numbers": "5"}
    typed |= {"max_calls": "2", "max_storage_mb": "10", "max_call_minutes": "60"}
    page = client.post("/customers/new/", typed, follow=True)
    made = Customer.objects.get(name="New firm")
    back = reverse("console:undo", args=[last("customer.created").pk])
    assert back in text_of(page)
    there = {"referer": f"http://{host}/customers/{made.code}/"}
    shown = text_of(client.post(back, follow=True, headers=there))
    assert not Customer.objects.filter(name="New firm").exists()
    assert "Taken back: Customer New firm added." in shown
    for url in ("/audit/", "/customers/", "/"):
        assert client.get(url).status_code == 200


def test_a_customer_with_something_in_it_stays(world: World) -> None:
    reseller = world.nordbel.reseller
    made = save_customer(SYSTEM, reseller=reseller, name="New firm")
    created = last("customer.created")
    save_extension(SYSTEM, customer=made, number="201", name="One")
    with pytest.raises(ValidationError, match="something in it"):
        taken_back(created, role="owner")
    assert Customer.objects.filter(name="New firm").exists()
