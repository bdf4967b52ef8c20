"""Queues in the console: form, agents, the board, an agent's own page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.scope import as_everyone
from pbx_console.asterisk.models import AstQueue, AstQueueMember
from pbx_console.pbx import presence, queue_state
from pbx_console.pbx.models import Prompt, Queue, QueueMember
from pbx_console.pbx.services.extensions import save_extension
from pbx_console.pbx.services.queues import save_queue
from tests.conftest import World

pytestmark = pytest.mark.usefixtures("in_english")
FIELDS = {
    **{"name": "Service", "number": "700", "strategy": "linear", "ring_seconds": 20},
    **{"wrapup_seconds": 5, "announce_seconds": 45, "periodic_seconds": 60},
    **{"max_wait_seconds": 300, "max_waiting": 9, "empty": "nobody"},
    **{"target_seconds": 20, "target_percent": 80},
}


@pytest.fixture
def queue(world: World) -> Queue:
    north = world.nordbel
    with as_everyone("test"):
        agents = [(north.extension, 0)]
        return save_queue(
            SYSTEM, customer=north.customer, name="Service", number="700", agents=agents
        )


@pytest.fixture
def redis() -> Iterator[Any]:
    found = presence.connection()
    found.flushdb()
    yield found
    found.flushdb()


def page(name: str, world: World, **kwargs: Any) -> str:
    return reverse(
        f"console:{name}", kwargs={"code": world.nordbel.customer.code, **kwargs}
    )


def test_it_saves_a_queue_with_its_agents_in_order(
    world: World, as_person: Any
) -> None:
    north = world.nordbel
    with as_everyone("test"):
        other = save_extension(
            SYSTEM, customer=north.customer, number="202", name="Second"
        )
    client = as_person(north.people["admin"], north.host)
    rows = {
        **{"agent_0": north.extension.pk, "place_0": 2, "level_0": 0},
        **{"agent_1": other.pk, "place_1": 1, "level_1": 3},
    }
    answer = client.post(page("queue_new", world), {**FIELDS, **rows})
    assert answer.status_code == 302, answer.context["form"].errors
    with as_everyone("test"):
        saved = Queue.objects.get(name="Service")
        known = AstQueue.objects.get(name=saved.asterisk_name)
        seats = AstQueueMember.objects.filter(queue_name=known.name).order_by(
            "interface"
        )
        found = [(row.membername, row.penalty, row.paused) for row in seats]
    assert (known.strategy, known.maxlen, known.joinempty) == ("linear", 9, "penalty")
    assert found == [("202", 3, 0), ("201", 0, 0)]
    assert client.get(page("queue", world, key=saved.pk)).status_code == 200


def test_it_refuses_foreign_and_repeated_agents_and_a_circle(
    world: World, as_person: Any, queue: Queue
) -> None:
    north = world.nordbel
    client = as_person(north.people["admin"], north.host)
    foreign = {"agent_0": world.zuidlijn.extension.pk, "place_0": 1, "level_0": 0}
    answer = client.post(page("queue_new", world), {**FIELDS, "number": "", **foreign})
    assert answer.status_code == 422
    twice = {f"agent_{n}": north.extension.pk for n in range(2)}
    where = page("queue", world, key=queue.pk)
    answer = client.post(where, {**FIELDS, **twice})
    assert answer.status_code == 422
    assert "Name each agent once" in answer.content.decode()
    with as_everyone("test"):
        own = queue.destination.pk
    answer = client.post(where, {**FIELDS, "on_full": own})
    assert "It cannot lead to itself" in answer.content.decode()


def test_an_administrator_logs_an_agent_out_and_pauses(
    world: World, as_person: Any, queue: Queue
) -> None:
    client = as_person(world.nordbel.people["admin"], world.nordbel.host)
    with as_everyone("test"):
        member = queue.members.get()
    act = page("queue_agent", world, key=queue.pk, agent=member.pk)
    assert client.post(act, {"act": "pause", "reason": "lunch"}).status_code == 302
    with as_everyone("test"):
        known = AstQueueMember.objects.get(queue_name=queue.asterisk_name)
        assert (known.paused, known.reason_paused) == (1, "lunch")
    assert (
        "paused, lunch"
        in client.get(page("queue_agents", world, key=queue.pk)).content.decode()
    )
    client.post(act, {"act": "out"})
    with as_everyone("test"):
        assert not AstQueueMember.objects.exists()


def test_an_agent_sees_and_changes_the_own_queues_only(
    world: World, as_person: Any, queue: Queue
) -> None:
    north = world.nordbel
    with as_everyone("test"):
        other = save_extension(
            SYSTEM, customer=north.customer, number="202", name="Second"
        )
        save_queue(SYSTEM, queue=queue, agents=[(north.extension, 0), (other, 0)])
        own, theirs = queue.members.all()
    client = as_person(north.people["end_user"], north.host)
    text = client.get(reverse("console:own_queues")).content.decode()
    assert "Service" in text
    assert f"/own/queues/{theirs.pk}/" not in text
    client.post(reverse("console:own_queue", kwargs={"agent": own.pk}), {"act": "out"})
    refused = client.post(
        reverse("console:own_queue", kwargs={"agent": theirs.pk}), {"act": "out"}
    )
    assert refused.status_code == 404
    with as_everyone("test"):
        assert not QueueMember.objects.get(pk=own.pk).is_logged_in
        assert QueueMember.objects.get(pk=theirs.pk).is_logged_in


def test_the_board_shows_who_waits_and_says_when_it_does_not_know(
    world: World, as_person: Any, queue: Queue, redis: Any
) -> None:
    client = as_person(world.nordbel.people["admin"], world.nordbel.host)
    text = client.get(page("live", world)).content.decode()
    assert "not known now" in text
    told = {
        "waiting": [{"id": "1.1", "number": "+493023125902", "since": 1790000000}],
        **{"answered": 7, "in_time": 3, "known": 4, "waited": 40, "lost": 2},
    }
    code = world.nordbel.customer.code
    redis.set(queue_state.queues_key(code), json.dumps({"queues": {queue.pk: told}}))
    redis.set(presence.HEARTBEAT, "1")
    redis.hset(presence.customer_key(code), f"{code}-201", "free")
    text = client.get(page("live_part", world)).content.decode()
    assert "75 %" in text
    assert "+49 30 23125902" in text
    assert 'data-since="1790000000"' in text
    assert "<dd>7</dd>" in text


def test_do_not_disturb_pauses_and_a_new_number_follows(
    world: World, queue: Queue
) -> None:
    north = world.nordbel
    with as_everyone("test"):
        save_extension(
            SYSTEM,
            customer=north.customer,
            extension=north.extension,
            number="209",
            do_not_disturb=True,
        )
        known = AstQueueMember.objects.get(queue_name=queue.asterisk_name)
    code = north.customer.code
    assert known.interface == f"Local/001-{code}-209@queue-agent"
    assert known.paused == 1


def test_callers_hear_what_key_one_does_and_a_new_recording(
    world: World, queue: Queue
) -> None:
    with as_everyone("test"):
        prompt = Prompt.objects.create(
            customer=world.nordbel.customer, name="Wait", digest="a" * 64
        )
        save_queue(SYSTEM, queue=queue, offers_callback=True)
        assert AstQueue.objects.get().periodic_announce == "pbx/callback-offer"
        save_queue(SYSTEM, queue=queue, periodic=prompt)
        Prompt.objects.filter(pk=prompt.pk).update(digest="b" * 64)
        known = AstQueue.objects.get()
    assert known.periodic_announce == f"prompts/{'b' * 64},pbx/callback-offer"
    assert known.context == "queue-keys-callback"
