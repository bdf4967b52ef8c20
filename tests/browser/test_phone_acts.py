"""A person dials a code at a real phone, and the open page of a colleague changes."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.scope import as_everyone
from pbx_console.pbx.models import Queue
from pbx_console.pbx.services.queues import save_queue
from tests.asterisk.conftest import House, build
from tests.asterisk.sipp import Agent
from tests.browser.conftest import ARGUMENTS
from tests.browser.house import ROOT, environment, free_port, run, serving
from tests.conftest import sign_in_as

pytestmark = pytest.mark.asterisk


@pytest.fixture
def cast(transactional_db: None, tmp_path: Path) -> Iterator[House]:
    """The cast on the real Asterisk, whose database the console shows here."""
    made = build(tmp_path)
    yield made
    made.end()


@contextmanager
def served(folder: Path) -> Iterator[int]:
    """The console and its listener on the database of these tests; yields the port."""
    port = free_port()
    folder.mkdir()
    env = environment(settings.DATABASES["default"]["NAME"], folder, port)
    run(env, "manage.py", "collectstatic", "-v0", "--noinput")
    command = [sys.executable, "manage.py", "listen_ami"]
    with (folder / "listener.log").open("w") as out:
        listener = subprocess.Popen(command, cwd=ROOT, env=env, stdout=out, stderr=out)
        try:
            with serving(env, port, folder / "web.log"):
                yield port
        finally:
            listener.terminate()
            listener.wait(20)


@contextmanager
def chromium(cookie: dict[str, Any]) -> Iterator[BrowserContext]:
    """A browser that somebody is signed in with. The ORM must not be asked meanwhile."""
    path = shutil.which("chromium") or "/usr/bin/chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        context = browser.new_context(
            locale="en", viewport={"width": 1440, "height": 900}
        )
        context.add_cookies([cookie])  # type: ignore[list-item]
        yield context
        browser.close()


def at(context: BrowserContext, address: str) -> Page:
    """An open page with its live connection, which is never loaded again."""
    page = context.new_page()
    page.goto(address)
    expect(page.locator("[data-connection]")).to_have_attribute(
        "data-connection", "live"
    )
    page.evaluate("window.sameLoad = true")
    return page


def dial(phone: Agent, code: str) -> None:
    """Dial a code; the phone hears that it was taken."""
    assert phone.call(code).wait() == 0


def queue_of(house: House) -> Queue:
    """A queue whose agent is 201."""
    north = house.world.nordbel
    seats = [(north.extension, 0)]
    values = {"number": "700", "name": "Service", "agents": seats}
    with as_everyone("test"):
        return save_queue(SYSTEM, customer=north.customer, **values)


def key_of(house: House) -> str:
    """The session of the customer's administrator."""
    north = house.world.nordbel
    client = sign_in_as(Client(headers={"host": north.host}), north.people["admin"])
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def test_codes_at_a_phone_change_open_pages_without_a_reload(
    cast: House, tmp_path: Path
) -> None:
    north, queue, key = cast.world.nordbel, queue_of(cast), key_of(cast)
    code, phone = north.customer.code, cast.phone(north.extension)
    with served(tmp_path / "console") as port:
        home = f"http://{north.host}:{port}"
        customer = f"{home}/customers/{code}"
        with chromium({"name": "session", "value": key, "url": home}) as context:
            extension = at(context, f"{customer}/extensions/201/")
            agents = at(context, f"{customer}/queues/{queue.pk}/")
            rings_at(extension, phone)
            works_at(agents, phone)
            assert [page.evaluate("sameLoad") for page in (extension, agents)]


def rings_at(page: Page, phone: Agent) -> None:
    """Where an extension rings, while its phone dials codes."""
    ringing = page.locator("#ringing")
    undisturbed = ringing.locator(".fwd > div").first.locator("[data-on]")
    expect(undisturbed).to_have_count(0)
    dial(phone, "*25")
    expect(undisturbed).to_have_count(1)
    dial(phone, "*21*03023125999")
    expect(ringing).to_contain_text("23125999")


def works_at(page: Page, phone: Agent) -> None:
    """What an agent does, while the phone dials codes."""
    seat = page.locator(".agents li").first
    expect(seat).to_have_attribute("data-word", "in")
    dial(phone, "*462")
    expect(seat).to_have_attribute("data-word", "paused")
    expect(seat).to_contain_text("Mittag")
    dial(phone, "*45")
    expect(seat).to_have_attribute("data-word", "out")
