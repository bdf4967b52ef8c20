"""Phones as a technician has them in the hand: clicked here, asked for there by HTTP.

The phone knows nothing but its MAC address and what its file says; the pages are open
meanwhile and are never loaded again to see it come alive. Every process is one of
`make up`.
"""

from __future__ import annotations

import re
import secrets
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.asterisk.sipp import Agent, wait_for
from tests.browser.conftest import pass_the_door, shoot
from tests.provisioning.readers import account_of, values_of
from tests.story.conftest import Stack

FAMILY = "yealink-desk"
NUMBER = "205"  # an extension of the demo that has no phone
LIGHT = "phone_setting.backlight_time"
ADDRESS = re.compile(r"/p/([0-9a-f]{40})/")


@dataclass
class Desk:
    """A Yealink on the desk: what it is asked to fetch, and what it then knows."""

    stack: Stack
    mac: str
    secret: str = ""

    @property
    def label(self) -> str:
        """Its address as on the label."""
        return ":".join(self.mac[at : at + 2] for at in range(0, 12, 2)).upper()

    def get(self, path: str) -> tuple[int, str]:
        """One request as the phone makes it, at the reseller's host."""
        url = urlsplit(self.stack.url("nordbel", path))
        agent = f"Yealink SIP-T54W 96.86.0.20 {self.label.lower()}"
        headers = {"Host": url.netloc, "User-Agent": agent}
        here = f"http://127.0.0.1:{url.port}{url.path}"
        request = urllib.request.Request(here, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()

    def bare(self) -> tuple[int, str]:
        """Ask with the MAC address only; learn the secret address where it is told."""
        status, text = self.get(f"/p/{self.mac}.cfg")
        self.secret = ADDRESS.search(text)[1] if status == 200 else self.secret  # type: ignore[index]
        return status, text

    def fetch(self, secret: str = "") -> tuple[int, str]:
        """Ask at the address that it was told."""
        return self.get(f"/p/{secret or self.secret}/{self.mac}.cfg")

    def is_nobody(self, secret: str) -> None:
        """An address that ended is answered as one that never was."""
        assert self.fetch(secret) == self.fetch(secrets.token_hex(20))
        assert self.fetch(secret)[0] == 404


@dataclass
class Bench:
    """The technician's browser, at one customer's phones."""

    page: Page
    stack: Stack
    code: str

    def open(self, path: str) -> Page:
        """Go to a page below the customer's."""
        self.page.goto(self.stack.url("nordbel", f"/customers/{self.code}/{path}"))
        return self.page

    def fill(self, path: str, **fields: str) -> Page:
        """Fill in a form and send it; "" is the form of the open page."""
        page = self.open(path) if path else self.page
        for name, value in fields.items():
            page.fill(f"#id_{name}", value)
        self.send()
        return page

    def send(self) -> None:
        """Press the button of the page's form, and have its answer."""
        with self.page.expect_navigation():
            self.page.locator("#main form .btn-primary").first.click()

    def press(self, act: str) -> None:
        """Press a button of the phone's page."""
        with self.page.expect_navigation():
            self.page.click(f"#main form[action$='/{act}/'] button")

    def steps(self) -> list[str | None]:
        """How far the phone is: the states of its three steps."""
        return [
            step.get_attribute("data-s")
            for step in self.page.locator("#phone-now .steps-x > li").all()
        ]

    def says(self, words: str) -> None:
        """The open page says it by itself, without having been loaded again."""
        expect(self.page.locator("#phone-now")).to_contain_text(words)
        assert self.page.evaluate("window.sameLoad")


@pytest.fixture
def bench(stack: Stack, chromium: Browser) -> Bench:
    """A technician at a customer of the demo."""
    expect.set_options(timeout=15_000)
    page = chromium.new_page(locale="en", viewport={"width": 1440, "height": 900})
    page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
    page.goto(stack.url("nordbel"))
    pass_the_door(page, stack.person("technician@nordbel.example"))
    return Bench(page, stack, stack.facts["sip_accounts"][0]["code"])


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.asterisk
def test_a_phone_is_added_comes_alive_and_is_taken_away(
    bench: Bench, stack: Stack, chromium: Browser, tmp_path: Path
) -> None:
    desk = Desk(stack, "805ec0a10001")
    _add_by_hand(bench, desk)
    _comes_alive(bench, desk, tmp_path)
    _keys(bench, desk)
    _a_setting_of_the_customer(bench, desk)
    fresh = Desk(stack, "805ec0a10002")
    _swap(bench, desk, fresh)
    _rotate(bench, fresh)
    _remove(bench, fresh)
    _from_a_file(bench)
    _unknown(bench, Desk(stack, "805ec0a10005"))
    _a_program(bench, chromium)


def _add_by_hand(bench: Bench, desk: Desk) -> None:
    """It called in before, as from the box; odd writings are read, bad ones refused."""
    _calls_in(bench, desk)
    known = bench.open("phones/").locator(".dt .mono").first.inner_text()
    path = "phones/new/"
    for mac, why in (
        ("ff-ff-ff-ff-ff-ff", "means all devices"),
        (known, "cannot be used"),
    ):
        page = bench.fill(path, mac=mac, model="T54W", extensions=NUMBER)
        path = ""
        expect(page.locator(".err").first).to_contain_text(why)
    bench.fill("", mac="MAC: 805E.C0A1.0001", model="", extensions=NUMBER)
    expect(bench.page.locator("#main .sub")).to_contain_text("Yealink T54W")
    assert bench.steps() == ["live", "now", "none"]


def _calls_in(bench: Bench, desk: Desk) -> Locator:
    """It gets nothing, and appears on the open page without a reload; return its row."""
    page = bench.page
    page.goto(bench.stack.url("nordbel", f"/phones/unknown/?for={bench.code}"))
    page.evaluate("window.sameLoad = true")
    assert desk.bare()[0] == 404
    row = page.locator("#callers tr", has_text=desk.label)
    expect(row).to_contain_text("Yealink T54W")
    assert page.evaluate("window.sameLoad")
    return row


def _comes_alive(bench: Bench, desk: Desk, folder: Path) -> None:
    """Fetches and registers with exactly what its file says; the page follows."""
    bench.page.evaluate("window.sameLoad = true")
    status, text = desk.bare()
    assert status == 200
    bench.says("Fetched its settings")
    bench.says("set up, not registered")
    shoot(bench.page, "phones-fetched")
    told = account_of(FAMILY, text)
    phone = Agent(bench.stack.server, folder, told.user, told.secret)
    assert phone.register(secret="wrong") == 401
    bench.says("wrong password")
    assert phone.register() == 200
    bench.says("Registered")
    assert bench.steps() == ["live", "live", "live"]
    expect(bench.page.locator("#phone-times")).to_contain_text("Registered")
    shoot(bench.page, "phones-registered")


def _keys(bench: Bench, desk: Desk) -> None:
    page = bench.open(f"phones/{desk.mac}/keys/")
    page.select_option("[name=keys-0-kind]", "blf")
    page.fill("[name=keys-0-value]", "202")
    page.fill("[name=keys-0-label]", "Mette")
    bench.send()
    assert bench.steps() == ["live", "pending", "live"]  # saved, and not there yet
    values = values_of(FAMILY, desk.fetch()[1])
    assert values["linekey.2.label"] == "Mette"
    assert "202" in values["linekey.2.value"]


def _a_setting_of_the_customer(bench: Bench, desk: Desk) -> None:
    """What breaks the file or is not for people is refused; what holds says whose."""
    path = f"phones/settings/{FAMILY}/"
    for line, why in (
        ("account.1.password = x", "set by the console"),
        ("no.such = 1", "no setting no.such"),
        (f"{LIGHT} = 1\x07", "would break"),
    ):
        page = bench.fill(path, settings=line)
        expect(page.locator(".err").first).to_contain_text(why)
        path = ""
    bench.fill("", settings=f"{LIGHT} = 120")
    assert values_of(FAMILY, desk.fetch()[1])[LIGHT] == "120"
    page = bench.open(f"phones/{desk.mac}/settings/")
    row = page.locator(".file-x tr", has_text=LIGHT)
    expect(row).to_contain_text("120")
    expect(row.locator(".tag")).to_have_text("customer")
    bench.fill("", settings=f"{LIGHT} = 60")
    expect(row).to_contain_text("instead of 120 (customer)")
    expect(row.locator(".tag")).to_have_text("this phone")
    shoot(page, "phones-settings")


def _swap(bench: Bench, old: Desk, fresh: Desk) -> None:
    """The new device has all that the old one had; the old one is nobody."""
    assert fresh.bare()[0] == 404
    bench.fill(f"phones/{old.mac}/swap/", mac=fresh.mac, model="Yealink T54W")
    expect(bench.page.locator("#main .sub")).to_contain_text(fresh.label)
    status, text = fresh.bare()
    assert status == 200
    values = values_of(FAMILY, text)
    assert (values["linekey.2.label"], values[LIGHT]) == ("Mette", "60")
    old.is_nobody(old.secret)


def _rotate(bench: Bench, desk: Desk) -> None:
    """The old address is worth nothing but to learn the new one, once, from its place."""
    old = desk.secret
    bench.open(f"phones/{desk.mac}/")
    bench.press("address")
    text = desk.fetch(old)[1]
    desk.secret = ADDRESS.search(text)[1]  # type: ignore[index]
    assert desk.secret != old
    desk.is_nobody(old)
    assert desk.fetch()[0] == 200
    assert desk.secret not in bench.open(f"phones/{desk.mac}/settings/").content()


def _remove(bench: Bench, desk: Desk) -> None:
    page = bench.open(f"phones/{desk.mac}/remove/")
    page.fill("#id_confirm", desk.label)
    with page.expect_navigation():
        page.click("#main .btn-danger")
    expect(page.locator("#phone-rows")).not_to_contain_text(desk.label)
    desk.is_nobody(desk.secret)


def _from_a_file(bench: Bench) -> None:
    """Each bad row is named before anything is saved; then all rows or none."""
    head, page = "mac;model;extensions;name\n", bench.page
    bad = "805ec0a10003;Nokia;206;A\n805ec0a10004;T54W;999;B\nzz;T54W;206;C\n"
    _look_at(bench, head + bad)
    expect(page.locator("[aria-labelledby=h-err] tbody tr")).to_have_count(3)
    good = "80-5E-C0-A1-00-03;T54W;206;Packing\n805ec0a10004;Yealink T46U;206;Ramp\n"
    _look_at(bench, head + good)
    expect(page.locator("[aria-labelledby=h-would]")).to_contain_text(
        "Packing · 80:5E:C0:A1:00:03 · Yealink T54W · 206"
    )
    with page.expect_navigation():
        page.click("button[name=import]")
    for name in ("Packing", "Ramp"):
        row = page.locator("#phone-rows tr", has_text=name)
        expect(row).to_contain_text("never seen")


def _look_at(bench: Bench, text: str) -> None:
    page = bench.open("phones/import/")
    file = {"name": "phones.csv", "mimeType": "text/csv", "buffer": text.encode()}
    page.set_input_files("input[type=file]", file)  # type: ignore[arg-type]
    bench.send()


def _unknown(bench: Bench, desk: Desk) -> None:
    """It appears on the open page, is taken in with a click, and gets its file."""
    page = bench.page
    _calls_in(bench, desk).locator("a.btn").click()
    page.fill("#id_extensions", "206")
    bench.send()
    page.evaluate("window.sameLoad = true")
    assert bench.steps() == ["live", "now", "none"]
    assert desk.bare()[0] == 200
    bench.says("Fetched its settings")


def _a_program(bench: Bench, chromium: Browser) -> None:
    """A link works once: its second use is told that it is over."""
    page = bench.open(f"extensions/{NUMBER}/app/")
    page.select_option("#id_client", "linphone")
    page.fill("#id_to", "")
    bench.send()
    link = page.inner_text("#app-link").strip()
    shoot(page, "phones-code")
    stranger = chromium.new_page(locale="en")
    stranger.goto(link)
    expect(stranger.locator("#code")).to_contain_text("account.xml")
    program = Desk(bench.stack, "000000000000")
    path = f"{urlsplit(link).path}account.xml"
    status, text = program.get(path)
    assert (status, "passwd" in text) == (200, True)
    assert program.get(path)[0] == 404
    stranger.goto(link)
    expect(stranger.locator("h1")).to_have_text("This link no longer works")
    stranger.context.close()
    wait_for(
        lambda: "fetched its account" in bench.open(f"extensions/{NUMBER}/").content()
    )
