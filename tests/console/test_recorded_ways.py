"""Groups and queues that record, pauses of a recording, prompts by a code."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services.customers import save_customer
from pbx_console.pbx.models import HuntGroup, Prompt, Queue
from pbx_console.pbx.services.hunt_groups import save_group
from pbx_console.pbx.services.prompts import save_prompt
from pbx_console.pbx.services.queues import save_queue
from pbx_console.pbx.services.recordings import save_rules
from tests.conftest import World, owner_connection
from tests.console.test_recordings import (
    Recording,
    places,
    recording_spool,
    taped,
    url,
    visit,
)

__all__ = ["places", "visit"]


def words(world: World, noun: HuntGroup | Queue) -> str:
    """What a call is told at a group or queue."""
    with as_everyone("test"), connection.cursor() as cursor:
        asked = "SELECT x3 FROM asterisk.seen_step(%s, %s, '', now())"
        token = f"d{noun.destination.pk}"
        cursor.execute(asked, [world.nordbel.customer.code, token])
        return str(cursor.fetchone()[0] or "")


@pytest.fixture
def group(world: World) -> HuntGroup:
    with as_everyone("test"):
        held = world.nordbel.customer
        return save_group(SYSTEM, customer=held, number="600", name="Sales", members=[])


def test_the_setting_is_saved_on_the_page_and_told_to_calls(
    world: World, visit: Any, group: HuntGroup
) -> None:
    code, client = world.nordbel.customer.code, visit("technician")
    assert words(world, group) == ""
    page = reverse("console:group", args=[code, group.pk])
    assert 'name="is_recorded"' in client.get(page).content.decode()
    values = {"name": "Sales", "number": "600", "strategy": "all", "ring_seconds": "20"}
    assert client.post(page, {**values, "is_recorded": "on"}).status_code == 302
    assert words(world, group) == f"group:pbx/recorded:3:{group.pk}"
    rules = reverse("console:recording_rules", args=[code])
    assert page in client.get(rules).content.decode()
    with as_everyone("test"):
        held = world.nordbel.customer
        queue = save_queue(
            SYSTEM, customer=held, number="700", name="Service", is_recorded=True
        )
        save_rules(SYSTEM, customer=held, announce=False)
    assert words(world, queue) == f"queue::0:{queue.pk}"
    assert reverse("console:queue", args=[code, queue.pk]) in (
        client.get(rules).content.decode()
    )


def test_without_the_contract_nothing_is_recorded_nor_offered(
    world: World, visit: Any, group: HuntGroup
) -> None:
    held = world.nordbel.customer
    with as_everyone("test"):
        save_group(SYSTEM, group=group, is_recorded=True)
        left = [name for name in held.features if name != "recording"]
        save_customer(SYSTEM, reseller=held.reseller, customer=held, features=left)
    assert words(world, group) == ""
    page = reverse("console:group", args=[held.code, group.pk])
    assert "is_recorded" not in visit("technician").get(page).content.decode()


def test_a_recording_says_which_group_and_when_it_paused(
    world: World, visit: Any, group: HuntGroup
) -> None:
    tenant = world.nordbel
    now = int(timezone.now().timestamp())
    own = f"{tenant.customer.code}-{tenant.extension.number}"
    line = f"2|{own}|group|in|+491701234567|told|{now - 90}|pbx1-1.7|{group.pk}\n"
    path = taped(tenant, line=line)
    path.with_suffix(".gaps").write_text(f"p{now - 80}r{now - 60}p{now - 5}")
    path.with_suffix(".end").write_text(str(now))
    assert recording_spool.sweep() == 1
    assert not list(path.parent.iterdir())
    with as_everyone("test"):
        made = Recording.objects.select_related("customer").get()
    assert (made.reason, made.through) == ("group", "600 Sales")
    assert made.pauses == [[now - 80, 20], [now - 5, 5]]
    assert int(made.started_at.timestamp()) == now - 26  # a second of sound, two pauses
    shown = visit("admin").get(url("recording", made)).content.decode()
    assert "600 Sales" in shown
    assert "0:20" in shown


@pytest.mark.parametrize("gaps", ["", "r12p", "p1r2", "\x00\xff", "p" * 9000])
def test_odd_pauses_are_none(world: World, places: Any, gaps: str) -> None:
    path = taped(world.nordbel)
    path.with_suffix(".gaps").write_bytes(gaps.encode("latin-1"))
    assert recording_spool.sweep() == 1
    with as_everyone("test"):
        assert Recording.objects.get().pauses == []


def test_a_prompt_is_spoken_by_its_number_and_with_the_pin(
    committed_world: World,
) -> None:
    tenant, stranger = committed_world.nordbel, committed_world.zuidlijn
    with as_everyone("test"):
        prompt = Prompt.objects.create(
            customer=tenant.customer, name="Welcome", digest="", phone_code="12"
        )
        own = {"customer": tenant.customer, "name": "Other", "text": "Hello"}
        with pytest.raises(ValidationError):
            save_prompt(SYSTEM, **own, phone_code="12")  # type: ignore[arg-type]
        with pytest.raises(ValidationError):
            save_prompt(SYSTEM, **own, phone_code="1*2")  # type: ignore[arg-type]
    endpoint = tenant.extension.endpoint_id
    with owner_connection() as owner:

        def asked(dialled: str) -> Any:
            sql = "SELECT action, x2 FROM asterisk.route_from_extension(%s, %s)"
            return owner.execute(sql, [endpoint, dialled]).fetchone()

        def started(phone: str, number: str) -> Any:
            sql = "SELECT asterisk.prompt_start(%s, %s)"
            return owner.execute(sql, [phone, number]).fetchone()

        assert asked("*7712") == ("pin", "*7712")
        for wrong in ("*7713", "*77", "*771*2"):
            assert asked(wrong)[0] == "refuse"
        knows = "SELECT set_config('pbx.pin', %s, false)"
        owner.execute(knows, [str(tenant.extension.pk)])
        assert asked("*7712") == ("speak", "12")
        assert started(endpoint, "13") == started(endpoint, "") == ("",)
        assert started(stranger.extension.endpoint_id, "12") == ("",)
        key = started(endpoint, "12")[0]
    with as_everyone("test"):
        assert prompt.calls.get().key == key
