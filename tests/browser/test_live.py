"""What is live changes on the page by itself, and comes back after a cut."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.conf import settings
from playwright.sync_api import Page, expect

from pbx_console.live import state
from pbx_console.pbx import presence
from tests.browser.conftest import Visitor


class Telephones:
    """Writes to Redis what the listener writes when phones change."""

    def __init__(self, client: Any, code: str) -> None:
        self.client, self.code, self.seq = client, code, 0

    def are(self, **words: str) -> None:
        """Say what each extension's phone does now."""
        self.seq += 1
        key = presence.customer_key(self.code)
        with self.client.pipeline(transaction=True) as asked:
            asked.delete(key)
            mapping = {f"{self.code}-{n.strip('_')}": w for n, w in words.items()}
            asked.hset(key, mapping=mapping)
            asked.set(state.EPOCH, f"test-{self.code}")
            asked.set(state.seq_key(self.code), self.seq)
            asked.set(presence.HEARTBEAT, time.time(), ex=60)
            asked.execute()


@pytest.fixture
def page(visitor: Visitor) -> Page:
    """Return the overview of a customer, seen by its administrator."""
    found = visitor.open("nordbel", "/", role="admin")
    found.context.add_init_script(SOCKETS)
    found.reload()
    expect(connection(found)).to_have_attribute("data-connection", "live")
    return found


@pytest.fixture
def phones(page: Page) -> Iterator[Telephones]:
    """Return the telephones of the customer on the page."""
    match = re.search(
        r"/ws/live/(\w+)/", page.locator("body").get_attribute("data-live") or ""
    )
    assert match
    client: Any = redis.Redis.from_url(settings.REDIS_URL)
    made = Telephones(client, match[1])
    yield made
    keys = [presence.customer_key(made.code), state.seq_key(made.code)]
    client.delete(*keys, presence.HEARTBEAT, state.EPOCH)


def lamp(page: Page, phones: Telephones, number: str) -> Any:
    return page.locator(f'[data-presence="{phones.code}-{number}"]').first


def test_lamps_follow_the_phones_without_a_reload(
    page: Page, phones: Telephones
) -> None:
    phones.are(_201="free", _202="ring")
    expect(lamp(page, phones, "201")).to_have_attribute("data-p", "free")
    expect(lamp(page, phones, "202")).to_have_attribute("data-p", "ring")

    phones.are(_202="talk")
    expect(lamp(page, phones, "202")).to_have_attribute("data-p", "talk")
    expect(lamp(page, phones, "201")).to_have_attribute("data-p", "off")


def test_a_cut_connection_says_so_and_comes_back_right(
    page: Page, phones: Telephones
) -> None:
    phones.are(_201="free")
    expect(lamp(page, phones, "201")).to_have_attribute("data-p", "free")
    page.evaluate("sockets.at(-1).close()")
    expect(connection(page)).to_have_attribute("data-connection", "pending")
    phones.are(_201="talk")

    expect(connection(page)).to_have_attribute("data-connection", "live")
    expect(lamp(page, phones, "201")).to_have_attribute("data-p", "talk")


def test_a_hole_in_the_numbers_asks_for_everything_again(
    page: Page, phones: Telephones
) -> None:
    phones.are(_201="free")
    expect(lamp(page, phones, "201")).to_have_attribute("data-p", "free")
    page.evaluate(FORGE, {"type": "diff", "seq": 99, "states": {}})

    expect(connection(page)).to_have_attribute("data-connection", "pending")
    expect(connection(page)).to_have_attribute("data-connection", "live")
    expect(lamp(page, phones, "201")).to_have_attribute("data-p", "free")


# Keeps the page's sockets where a test can reach them.
SOCKETS = """
window.sockets = [];
window.WebSocket = class extends WebSocket {
  constructor(...all) { super(...all); window.sockets.push(this); }
};
"""
FORGE = """message => sockets.at(-1).dispatchEvent(
  new MessageEvent("message", { data: JSON.stringify(message) }))"""


def connection(page: Page) -> Any:
    return page.locator("[data-connection]")
