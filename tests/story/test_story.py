"""The main job on real input, clicked and dialled through every process of `make up`.

A reseller's customer gets an extension; a real phone registers with it; it calls a
colleague and an outside number; the outside leg is metered and rated, and stands in the
sealed nightly export; the console shows all of it under the reseller's name.
"""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.asterisk.sipp import Agent, Sent, wait_for
from tests.browser.conftest import pass_the_door, shoot
from tests.story.conftest import ROOT, Stack

OUTSIDE = "+493023125900"
SEAL_TONIGHT = """
import sys
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo
import django, time_machine
django.setup()
from django.core.management import call_command
today = datetime.now(ZoneInfo("Europe/Berlin"))
with time_machine.travel(today + timedelta(days=1, hours=3)):
    call_command("export_usage", day=today.date(), reseller="nordbel")
"""


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.asterisk
def test_the_story_can_be_clicked_and_dialled(
    stack: Stack, chromium: Browser, tmp_path: Path
) -> None:
    page = chromium.new_page(locale="en", viewport={"width": 1440, "height": 900})
    page.goto(stack.url("nordbel"))
    pass_the_door(page, stack.person("owner@nordbel.example"))
    code = _add_customer(page, stack)
    secrets = {n: _add_extension(page, stack, code, n) for n in ("31", "32")}
    _assign_number(page, stack, code)

    phones = {n: _phone(stack, tmp_path, code, n, s) for n, s in secrets.items()}
    with phones["32"].answering():
        assert phones["31"].call("32", talk=0.5).wait() == 0
    facts = stack.facts["trunk"]
    carrier = Agent(stack.server, tmp_path, host=facts["host"], port=facts["port"])
    with carrier.answering() as taken:
        assert phones["31"].call("030 23125900".replace(" ", ""), talk=2.2).wait() == 0
        wait_for(lambda: [m for m in taken.messages() if m.line.startswith("BYE")])
    assert OUTSIDE in taken.messages()[0].line
    seconds = _connected(taken.messages())

    _see_the_call(page, stack, code, seconds)
    rows = _seal_and_download(page, stack)
    own = [row for row in rows if row["customer"] == code]
    assert {row["number"] for row in own} == {OUTSIDE.removeprefix("+")}
    assert all(abs(int(row["duration_ms"]) / 1000 - seconds) < 0.25 for row in own)
    _delete(page, stack, code, phones["32"])


def _add_customer(page: Page, stack: Stack) -> str:
    page.goto(stack.url("nordbel", "/customers/new/"))
    page.fill("#id_name", "Story GmbH")
    page.fill("#id_erp_number", "S-1")
    page.click("#main form .btn-primary")
    page.wait_for_url(lambda url: "/new/" not in url)
    code = page.url.rstrip("/").rpartition("/")[2]
    page.goto(stack.url("nordbel", f"/customers/{code}/price-list/"))
    page.select_option("#id_price_list", label="Flex 2026-11")
    page.click("#main form .btn-primary")
    page.wait_for_url(lambda url: "price-list" not in url)
    return code


def _add_extension(page: Page, stack: Stack, code: str, number: str) -> str:
    """Create an extension; return the password that the page shows this one time."""
    page.goto(stack.url("nordbel", f"/customers/{code}/extensions/new/"))
    page.fill("#id_number", number)
    page.fill("#id_name", f"Phone {number}")
    page.click("#main form .btn-primary")
    secret = page.locator("#sip-secret")
    expect(secret).to_be_visible()
    text = secret.inner_text().strip()
    expect(page.locator(".state[data-state=live]").first).to_be_visible(timeout=15_000)
    shoot(page, "story-extension", number)
    page.goto(stack.url("nordbel", f"/customers/{code}/extensions/{number}/"))
    assert text not in page.content()
    return text


def _assign_number(page: Page, stack: Stack, code: str) -> None:
    page.goto(stack.url("nordbel", "/numbers/493023125700/"))
    page.select_option("#id_customer", label="Story GmbH")
    page.fill("#id_destination", "31")
    page.check("#id_is_main")
    page.click("#main form .btn-primary")
    page.wait_for_load_state()


def _phone(stack: Stack, folder: Path, code: str, number: str, secret: str) -> Agent:
    phone = Agent(stack.server, folder, f"{code}-{number}", secret)
    assert phone.register(secret="wrong") == 401
    assert phone.register() == 200
    return phone


def _connected(messages: list[Sent]) -> float:
    """Seconds between the carrier's 200 to the INVITE and the BYE it got."""
    answered = next(m for m in messages if m.way == "sent" and m.status == 200)
    ended = next(m for m in messages if m.line.startswith("BYE"))
    return (ended.at - answered.at).total_seconds()


def _see_the_call(page: Page, stack: Stack, code: str, seconds: float) -> None:
    def shown() -> bool:
        page.goto(stack.url("nordbel", f"/customers/{code}/calls/"))
        return "+49 30 23125900" in page.inner_text("#main")

    wait_for(shown, seconds=15)
    expect(page.locator("#main table tbody tr")).to_have_count(1)
    expect(page.locator(".rail .logo")).to_have_attribute("aria-label", "Nordbel")
    shoot(page, "story-calls")


def _seal_and_download(page: Page, stack: Stack) -> list[dict[str, str]]:
    env = stack.environment() | {"DJANGO_SETTINGS_MODULE": "pbx_console.settings"}
    subprocess.run(
        [sys.executable, "-c", SEAL_TONIGHT], cwd=ROOT, env=env, check=True, timeout=60
    )
    page.goto(stack.url("nordbel", "/usage/"))
    shoot(page, "story-usage")
    with page.expect_download() as download:
        page.locator("a[href$='/csv/']").first.click()
    text = Path(download.value.path()).read_text("utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def _delete(page: Page, stack: Stack, code: str, phone: Agent) -> None:
    page.goto(stack.url("nordbel", f"/customers/{code}/extensions/32/delete/"))
    page.fill("#id_confirm", "32")
    page.click("#main form .btn-danger")
    page.wait_for_url(lambda url: "/delete/" not in url)
    wait_for(lambda: phone.register() != 200, seconds=5)
