"""Portings: steps and their dates, numbers that come alive or end, papers, reminders."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import Customer, Reseller
from pbx_console.accounts.scope import as_everyone, as_reseller
from pbx_console.branding.models import OutgoingMail
from pbx_console.pbx.models import Did, NumberRange, Porting, PortingDocument
from pbx_console.pbx.services import porting_reminders
from pbx_console.pbx.services.porting_documents import add_document, delete_document
from pbx_console.pbx.services.portings import STEPS, save_porting, take_step
from tests.conftest import World

pytestmark = pytest.mark.django_db
DAY = date(2026, 12, 1)
NEW = ["+493023125601", "+493023125602"]


def order(world: World, **values: Any) -> Porting:
    """An order of Nordbel's customer, by Nordbel."""
    values = {"numbers": NEW, "carrier": "Nordnetz", "wanted_on": DAY, **values}
    with as_reseller(world.nordbel.reseller):
        return save_porting(SYSTEM, customer=world.nordbel.customer, **values)


def step(world: World, porting: Porting, state: str, **values: Any) -> Porting:
    with as_reseller(world.nordbel.reseller):
        return take_step(SYSTEM, porting=porting, state=state, **values)


def test_numbers_that_come_are_live_when_it_is_done(world: World) -> None:
    with as_everyone("test"):
        to = world.nordbel.extension.destination
    porting = order(world, destination=to)
    step(world, porting, "sent")
    step(world, porting, "confirmed", agreed_on=DAY)
    assert not rows(NEW)
    done = step(world, porting, "done")
    assert done.done_at is not None
    assert done.confirmed_at is not None
    held = rows(NEW)
    assert [row.number for row in held] == NEW
    assert {row.destination_id for row in held} == {to.pk}
    assert {row.customer_id for row in held} == {world.nordbel.customer.pk}


BLOCK: dict[str, Any] = {"numbers": [], "stem": "+4930231256", "digits": 2}


def test_a_range_comes_and_leaves_as_a_block(world: World) -> None:
    north = world.nordbel
    with as_everyone("test"):
        Reseller.objects.update(max_numbers=10_000)
        Customer.objects.update(max_numbers=5_000)
        to = north.extension.destination
    coming = order(world, destination=to, **{**BLOCK, "stem": "+4930555000"})
    assert str(coming) == "+493055500000 – +493055500099"
    step(world, coming, "sent")
    step(world, coming, "confirmed", agreed_on=DAY)
    step(world, coming, "done")
    with as_everyone("test"):
        block = NumberRange.objects.get(stem="+4930555000")
        assert (block.digits, block.customer, block.fallback) == (2, north.customer, to)
    leaving = order(world, direction="out", **{**BLOCK, "stem": "+4930555000"})
    for state in ("sent", "confirmed", "done"):
        step(world, leaving, state, agreed_on=DAY)
    with as_everyone("test"):
        assert not NumberRange.objects.filter(stem="+4930555000").exists()


@pytest.mark.parametrize(
    ("direction", "stem", "digits"),
    [
        ("out", "+4930555000", 2),  # not theirs
        ("in", "+4930231254", None),  # how many digits
        ("in", "", 3),
        ("in", "+49302312", 4),  # numbers in it are held already
        ("in", "+491", 2),  # no such numbers
        ("in", "+4930555000", 5),
        ("in", "110", 2),
    ],
)
def test_a_range_that_cannot_move_is_refused(
    world: World, direction: str, stem: str, digits: int | None
) -> None:
    with pytest.raises(ValidationError):
        order(world, numbers=[], direction=direction, stem=stem, digits=digits)


def test_a_range_is_on_one_order_only(world: World) -> None:
    order(world, numbers=[], stem="+4930555", digits=4)
    with pytest.raises(ValidationError):
        order(world, numbers=[], stem="+4930555000", digits=2)


def rows(numbers: list[str]) -> list[Did]:
    with as_everyone("test"):
        return list(Did.objects.filter(number__in=numbers))


def test_numbers_that_leave_end_when_it_is_done(world: World) -> None:
    own = [world.nordbel.number]
    porting = order(world, direction="out", numbers=own)
    step(world, porting, "sent")
    step(world, porting, "confirmed", agreed_on=DAY)
    assert rows(own)
    step(world, porting, "done")
    assert rows(own) == []


@pytest.mark.parametrize(
    ("direction", "numbers"),
    [
        ("in", []),
        ("in", ["+4990012345"]),
        ("in", ["+4930231256"]),
        ("in", ["+31207990100"]),
        ("out", ["+31207990100"]),
        ("out", NEW),
    ],
)
def test_it_refuses_numbers_that_cannot_move(
    world: World, direction: str, numbers: list[str]
) -> None:
    with pytest.raises(ValidationError) as error:
        order(world, direction=direction, numbers=numbers)
    assert "numbers" in error.value.message_dict


def test_a_number_stands_on_one_open_order(world: World) -> None:
    first = order(world)
    with pytest.raises(ValidationError):
        order(world)
    step(world, first, "cancelled")
    order(world)


@pytest.mark.parametrize("state", list(STEPS))
@pytest.mark.parametrize("wanted", list(STEPS))
def test_only_the_steps_of_the_table_can_be_taken(
    world: World, state: str, wanted: str
) -> None:
    porting = order(world)
    with as_everyone("test"):
        Porting.objects.update(state=state)
    known = {"agreed_on": DAY, "reason": "The holder's name differs."}
    if wanted in STEPS[state]:
        assert step(world, porting, wanted, **known).state == wanted
    else:
        with pytest.raises(ValidationError):
            step(world, porting, wanted, **known)


def test_a_step_needs_its_day_or_its_reason(world: World) -> None:
    porting = order(world, wanted_on=None)
    with pytest.raises(ValidationError):
        step(world, porting, "sent")
    with as_everyone("test"):
        save_porting(SYSTEM, porting=porting, wanted_on=DAY)
    step(world, porting, "sent")
    with pytest.raises(ValidationError):
        step(world, porting, "confirmed")
    with pytest.raises(ValidationError):
        step(world, porting, "rejected", reason=" ")
    rejected = step(world, porting, "rejected", reason="The holder's name differs.")
    assert rejected.reason
    with as_everyone("test"):
        save_porting(SYSTEM, porting=rejected, numbers=NEW[:1])


def test_what_was_sent_keeps_its_numbers(world: World) -> None:
    porting = step(world, order(world), "sent")
    with as_everyone("test"), pytest.raises(ValidationError):
        save_porting(SYSTEM, porting=porting, numbers=NEW[:1])


def picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (20, 10), "white").save(out, kind)
    return out.getvalue()


def test_it_keeps_papers_by_their_content(world: World) -> None:
    porting = order(world)
    papers = {
        "order.exe": b"%PDF-1.7\n1 0 obj\n%%EOF\n",
        "../../scan.pdf": picture("PNG"),
        "": picture("JPEG"),
    }
    with as_reseller(world.nordbel.reseller):
        kept = [
            add_document(SYSTEM, porting=porting, name=name, data=data)
            for name, data in papers.items()
        ]
    assert [row.name for row in kept] == ["order.pdf", "scan.png", "document.jpg"]
    with as_reseller(world.zuidlijn.reseller):
        assert not PortingDocument.objects.exists()
    with as_everyone("test"):
        delete_document(SYSTEM, kept[0])
        assert porting.documents.count() == 2


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"MZ\x90",
        b"%PDF-1.7 cut off",
        b"<script>",
        picture("PNG")[:40],
        picture("GIF"),
        b"%PDF-1.7" + b"x" * 5 * 1024 * 1024 + b"%%EOF",
    ],
)
def test_it_refuses_what_is_no_paper(world: World, data: bytes) -> None:
    porting = order(world)
    with as_everyone("test"), pytest.raises(ValidationError) as error:
        add_document(SYSTEM, porting=porting, name="scan.pdf", data=data)
    assert "file" in error.value.message_dict


def mails() -> list[str]:
    with as_everyone("test"):
        return sorted(OutgoingMail.objects.values_list("kind", flat=True))


def test_it_reminds_two_days_before_and_when_it_is_late_once(world: World) -> None:
    porting = step(world, order(world), "sent")
    assert porting_reminders.remind(date(2026, 11, 28)) == 0
    assert porting_reminders.remind(date(2026, 11, 29)) == 1
    assert porting_reminders.remind(date(2026, 11, 30)) == 0
    assert mails() == ["porting_soon"] * 2
    assert porting_reminders.remind(date(2026, 12, 2)) == 1
    assert porting_reminders.remind(date(2026, 12, 3)) == 0
    assert mails() == ["porting_overdue"] * 2 + ["porting_soon"] * 2
    step(world, porting, "confirmed", agreed_on=date(2026, 12, 10))
    assert porting_reminders.remind(date(2026, 12, 9)) == 1
    step(world, porting, "done")
    assert porting_reminders.remind(date(2026, 12, 20)) == 0
