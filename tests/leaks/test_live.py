"""What a page's live connection says: messages and reasons, as bytes."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator

from pbx_console.asterisk.ami.fake import FakeAmi
from pbx_console.live import state
from pbx_console.pbx.announce import announce_states
from tests.asterisk.test_ami_calls import A, B, event
from tests.conftest import World
from tests.leaks.conftest import name_platform
from tests.leaks.scanner import Scanner, scanner
from tests.live.test_listener import fake, listening, opened, phone, socket, tell, until

__all__ = ["fake"]
pytestmark = pytest.mark.django_db(transaction=True)


async def heard(page: ApplicationCommunicator, scan: Scanner) -> dict[str, Any]:
    """Return the next message, after looking at all of it."""
    output = await page.receive_output(10)
    assert scan.scan("socket", repr(output)) == []
    for part in ("text", "bytes", "reason"):
        if output.get(part):
            assert scan.scan(f"socket {part}", output[part]) == []
    return dict(output)


@pytest.mark.parametrize("language", [b"de", b"en", b"nl"])
async def test_no_message_of_a_socket_names_anybody_else(
    committed_world: World, fake: FakeAmi, language: bytes
) -> None:
    await sync_to_async(name_platform)(committed_world)
    north, scan = committed_world.nordbel, scanner(committed_world)
    mine, other = phone(north), phone(committed_world.zuidlijn)
    later = time.time() + 300
    tell(fake, channels=[], contacts={mine: later, other: later})
    async with listening(fake):
        await until(
            lambda: state.registrations([north.customer.code]) == {mine: "free"}
        )
        page = await opened(north, "admin", **{"accept-language": language.decode()})
        kinds = [json.loads((await heard(page, scan))["text"])["type"]]
        for endpoint in (other, mine):
            ring = event("Newstate", f"{endpoint}-00000001", 5, B, A)
            fake.send(ring.items())
        kinds.append(json.loads((await heard(page, scan))["text"])["type"])
        await sync_to_async(announce_states)([north.extension])
        kinds.append(json.loads((await heard(page, scan))["text"])["type"])
        assert kinds == ["snapshot", "diff", "object"]
        await page.send_input({"type": "websocket.disconnect", "code": 1000})
        await page.wait(10)


@pytest.mark.parametrize("door", ["/ws/live/", "/ws/door/"])
@pytest.mark.parametrize("cookie", ["session=stolen", ""])
async def test_no_refusal_of_a_socket_names_anybody(
    committed_world: World, door: str, cookie: str
) -> None:
    await sync_to_async(name_platform)(committed_world)
    scan = scanner(committed_world)
    page = await opened(committed_world.nordbel, "admin", door, cookie=cookie)
    output = await heard(page, scan)
    assert (output["type"], output["code"]) == ("websocket.close", 4401)
    assert not output.get("reason")


async def test_there_is_no_socket_at_other_addresses(committed_world: World) -> None:
    make = sync_to_async(socket)
    page = await make(committed_world.nordbel, "admin", "/ws/nothing/")
    await page.send_input({"type": "websocket.connect"})
    output = await heard(page, scanner(committed_world))
    assert output["type"] == "websocket.close"


async def test_a_foreign_customer_is_refused_without_a_name(
    committed_world: World,
) -> None:
    await sync_to_async(name_platform)(committed_world)
    scan = scanner(committed_world)
    foreign = committed_world.zuidlijn.customer.code
    page = await opened(committed_world.nordbel, "admin", f"/ws/live/{foreign}/")
    output = await heard(page, scan)
    assert (output["type"], output["code"]) == ("websocket.close", 4403)
