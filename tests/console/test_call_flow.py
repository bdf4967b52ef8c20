"""Groups, menus, schedules and more destinations in the console."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import AuditEntry
from pbx_console.accounts.scope import as_everyone
from pbx_console.pbx.models import (
    Conference,
    HuntGroup,
    Menu,
    OutsideNumber,
    Prompt,
    Schedule,
)
from pbx_console.pbx.services.extensions import save_extension
from pbx_console.pbx.services.hunt_groups import save_group
from tests.conftest import World

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.fixture
def inside(world: World, as_person: Any) -> Any:
    """The customer's administrator, and a function from a name to an address."""
    north = world.nordbel
    client = as_person(north.people["admin"], north.host)

    def at(name: str, **more: Any) -> str:
        return reverse(f"console:{name}", kwargs={"code": north.customer.code, **more})

    client.at = at
    return client


@pytest.fixture
def colleague(world: World) -> Any:
    """Another extension of the customer: 202."""
    with as_everyone("test"):
        customer = world.nordbel.customer
        return save_extension(SYSTEM, customer=customer, number="202", name="Office")


def place(noun: Any) -> int:
    """The destination's key of a noun."""
    with as_everyone("test"):
        return int(noun.destination.pk)


GROUP = {
    "number": "600",
    "name": "Sales",
    "strategy": "order",
    "ring_seconds": "15",
    "name_prefix": "",
    "overflow": "",
}


def test_a_group_is_made_rearranged_and_taken_back(
    world: World, inside: Any, colleague: Any
) -> None:
    first, second = place(world.nordbel.extension), place(colleague)
    rows = {"members-0-who": first, "members-1-who": second, "members-2-who": ""}
    new = inside.at("group_new")
    shown = inside.post(new, GROUP | rows | {"row": "members-1-up"})
    assert shown.status_code == 200
    form = shown.context["form"]
    assert form["members-0-who"].value() == str(second)
    assert form["name"].value() == "Sales"
    with as_everyone("test"):
        assert not HuntGroup.objects.exists()
    longer = inside.post(new, GROUP | rows | {"row": "members-3-more"})
    assert len(longer.context["form"].members) == 4
    assert inside.post(new, GROUP | rows).status_code == 302
    listed = inside.get(inside.at("groups")).content.decode()
    assert "2 members, one after another" in listed
    with as_everyone("test"):
        group = HuntGroup.objects.get()
        assert group.member_ids == [first, second]
    page = inside.at("group", key=group.pk)
    turned = {"members-0-who": second, "members-1-who": first}
    assert inside.post(page, GROUP | turned).status_code == 302
    with as_everyone("test"):
        assert group.member_ids == [second, first]
        entry = AuditEntry.objects.filter(verb="huntgroup.saved").latest("pk")
    inside.post(reverse("console:undo", kwargs={"entry_id": entry.pk}))
    with as_everyone("test"):
        assert group.member_ids == [first, second]


def test_a_group_never_contains_itself(world: World, inside: Any) -> None:
    customer = world.nordbel.customer
    with as_everyone("test"):
        inner = save_group(SYSTEM, customer=customer, name="Inner", members=[])
        outer = save_group(
            SYSTEM, customer=customer, name="Outer", members=[inner.destination]
        )
    page = inside.at("group", key=inner.pk)
    for chosen in (outer, inner):
        values = GROUP | {"members-0-who": place(chosen)}
        answer = inside.post(page, values)
        assert answer.status_code == 422
        assert "it would ring in a circle" in answer.content.decode()
    answer = inside.post(page, GROUP | {"overflow": place(inner)})
    assert "It cannot lead to itself." in answer.content.decode()


def test_a_menu_needs_a_prompt_with_sound(world: World, inside: Any) -> None:
    values = {"name": "Main", "timeout_seconds": "5", "tries": "3"}
    values |= {"keys-0-to": str(place(world.nordbel.extension))}
    new = inside.at("menu_new")
    assert inside.post(new, values).status_code == 422
    with as_everyone("test"):
        silent = Prompt.objects.create(customer=world.nordbel.customer, name="Silent")
    answer = inside.post(new, values | {"prompt": silent.pk})
    assert "There is no sound in this prompt yet." in answer.content.decode()
    with as_everyone("test"):
        Prompt.objects.update(digest="a" * 64)
    assert inside.post(new, values | {"prompt": silent.pk}).status_code == 302
    assert "1: 201 Reception" in inside.get(inside.at("menus")).content.decode()
    with as_everyone("test"):
        menu = Menu.objects.get()
    refused = inside.post(
        inside.at("extension_delete", number="201"), {"confirm": "201"}
    )
    assert refused.status_code in (200, 422)
    assert "Menu Main, key 1" in refused.content.decode()
    page = inside.at("menu_delete", key=menu.pk)
    assert inside.post(page, {"confirm": "Main"}).status_code == 302


def hours(*rows: tuple[str, str, str]) -> dict[str, str]:
    """Rows of weekly hours as the form sends them."""
    sent = {}
    for n, (weekday, opens, closes) in enumerate(rows):
        sent |= {f"hours-{n}-weekday": weekday, f"hours-{n}-opens": opens}
        sent |= {f"hours-{n}-closes": closes}
    return sent


def test_a_schedule_says_what_is_wrong_with_its_rows(world: World, inside: Any) -> None:
    values = {"number": "700", "name": "Office", "region": "DE-BE"}
    wrong = {
        "Monday 08:00–12:00 and Monday 11:30–17:00 overlap": hours(
            ("0", "8", "12"), ("0", "11:30", "17")
        ),
        "17:00 to 08:00 ends before it begins": hours(("0", "17", "8")),
        "Write a time like 08:30.": hours(("0", "8", "25:00")),
        "Fill in the whole row.": hours(("0", "8", "")),
    }
    for words, rows in wrong.items():
        answer = inside.post(inside.at("schedule_new"), values | rows)
        assert answer.status_code == 422
        assert words in answer.content.decode()
    good = hours(("0", "8", "12"), ("0", "12:00", "17.30"), ("5", "22", "24:00"))
    day = {"days-0-name": "Party", "days-0-first_day": "2027-03-05"}
    answer = inside.post(inside.at("schedule_new"), values | good | day)
    assert answer.status_code == 302
    with as_everyone("test"):
        plan = Schedule.objects.get()
        assert plan.hours.count() == 3
        assert plan.days.get().last_day.isoformat() == "2027-03-05"
    page = inside.get(inside.at("schedule", key=plan.pk)).content.decode()
    assert "08:00–12:00, 12:00–17:30" in page
    inside.post(inside.at("schedule_switch", key=plan.pk), {"state": "holiday"})
    listed = inside.get(inside.at("schedules")).content.decode()
    assert "holiday now (switched by hand)" in listed
    assert (
        inside.post(
            inside.at("schedule_switch", key=plan.pk), {"state": "x"}
        ).status_code
        == 404
    )


def test_rooms_and_outside_numbers_are_on_one_page(world: World, inside: Any) -> None:
    room = {"number": "800", "name": "Room", "max_members": "5", "admin_pin": "4711"}
    answer = inside.post(inside.at("conference_new"), room)
    assert "A moderator&#x27;s PIN needs one for others." in answer.content.decode()
    assert inside.post(inside.at("conference_new"), room | {"pin": "0815"}).status_code
    mobile = {"name": "Mobile", "e164": "0151 12345678"}
    assert inside.post(inside.at("outside_number_new"), mobile).status_code == 302
    wrong = inside.post(inside.at("outside_number_new"), mobile | {"e164": "12&34"})
    assert wrong.status_code == 422
    page = inside.get(inside.at("rooms")).content.decode()
    assert "with PIN, at most 5 people" in page
    with as_everyone("test"):
        assert OutsideNumber.objects.get().e164 == "+4915112345678"
        assert Conference.objects.get().pin == "0815"
        entry = AuditEntry.objects.get(verb="conference.created")
        assert "0815" not in str(entry.after)


def test_a_reader_sees_and_saves_nothing(world: World, as_person: Any) -> None:
    north = world.nordbel
    with as_everyone("test"):
        group = save_group(SYSTEM, customer=north.customer, name="Sales", members=[])
    reader = as_person(north.people["reader"], north.host)
    own = {"code": north.customer.code, "key": group.pk}
    page = reverse("console:group", kwargs=own)
    assert reader.get(page).status_code == 200
    assert reader.post(page, GROUP).status_code == 403
    other = as_person(world.zuidlijn.people["owner"], world.zuidlijn.host)
    assert other.get(page).status_code == 404
