"""What a phone changed reaches the open pages of its customer, and nobody else's."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.scope import as_everyone
from pbx_console.live import changes
from pbx_console.pbx.announce import customer_group
from pbx_console.pbx.services.queues import save_queue
from tests.conftest import World, owner_connection

pytestmark = pytest.mark.django_db(transaction=True)


def dial(endpoint: str, act: str, value: str) -> None:
    """What the telephone system does for a code, on a connection of its own."""
    with owner_connection() as phone:
        asked = "SELECT result FROM asterisk.phone_act(%s, %s, %s)"
        assert phone.execute(asked, [endpoint, act, value]).fetchone() == ("ok",)


async def heard(group: str, act: Any) -> list[dict[str, Any]]:
    """What a page of the group gets within a second of `act`; it may be nothing."""
    layer: Any = get_channel_layer()
    name = await layer.new_channel()
    await layer.group_add(group, name)
    ready = asyncio.Event()
    following = asyncio.create_task(changes.follow(ready))
    got = []
    try:
        async with asyncio.timeout(10):
            await ready.wait()
            await sync_to_async(act)()
            got.append(await asyncio.wait_for(layer.receive(name), 1))
    except TimeoutError:
        pass
    finally:
        following.cancel()
    return got


@pytest.mark.parametrize(
    ("act", "value"),
    [("do_not_disturb", "on"), ("call_waiting", "off"), ("always", "on03023125999")],
)
def test_an_open_page_hears_of_a_code_within_a_second(
    committed_world: World, act: str, value: str
) -> None:
    north, south = committed_world.nordbel, committed_world.zuidlijn
    with as_everyone("test"):
        key, code = north.extension.endpoint_id, north.customer.code
    got = asyncio.run(heard(customer_group(code), lambda: dial(key, act, value)))
    assert got == [{"type": "object.changed", "kind": "extension", "number": "201"}]
    other = customer_group(south.customer.code)
    assert asyncio.run(heard(other, lambda: dial(key, "call_waiting", "on"))) == []


def test_an_open_page_hears_of_an_agent_at_the_phone(committed_world: World) -> None:
    north = committed_world.nordbel
    with as_everyone("test"):
        save_queue(
            SYSTEM,
            customer=north.customer,
            number="700",
            name="Service",
            agents=[(north.extension, 0)],
        )
        key, code = north.extension.endpoint_id, north.customer.code

    def pauses() -> None:
        with owner_connection() as phone:
            asked = "SELECT asterisk.agent_act(%s, 'pause', '', '1')"
            assert phone.execute(asked, [key]).fetchone() == ("paused",)

    got = asyncio.run(heard(customer_group(code), pauses))
    assert got == [{"type": "object.changed", "kind": "queue", "number": "700"}]


@pytest.mark.parametrize("payload", ["", "c12345", "c12345 x\nEvent: y 1", "x y z w"])
def test_what_is_no_change_is_dropped(payload: str) -> None:
    asyncio.run(changes.tell(payload))
