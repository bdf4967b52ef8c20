"""A new reseller in five minutes: J1 of the product, clicked by two newcomers.

Platform staff create the reseller with quotas and a price list; the invited owner sets
password and second factor, uploads a logo, picks a colour, sees the preview, publishes,
adds an own domain and proves it in the DNS. From then on that domain serves only this
brand. Every process is one of `make up`; the mail is read from its catcher.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, BrowserContext, Page, expect

from embedded import mailbox
from tests.browser.conftest import code_of, pass_the_door, shoot
from tests.dns import DnsServer
from tests.story.conftest import INSTANCE, ROOT, Stack

MAILS = ROOT / "var" / INSTANCE / "mail"
PASSWORD = "seven lamps over the harbour"


@dataclass(frozen=True)
class Newcomer:
    """A reseller to be, and the dress in which its owner looks at the console."""

    slug: str
    name: str
    accent: str
    language: str
    theme: str
    width: int

    @property
    def email(self) -> str:
        """The owner's address."""
        return f"owner@{self.slug}.example"

    @property
    def domain(self) -> str:
        """The own domain."""
        return f"telefon.{self.slug}.example"


NEWCOMERS = (
    Newcomer("kesselfunk", "Kesselfunk", "#a3201d", "de", "light", 1440),
    Newcomer("polderbel", "Polderbel", "#e8c400", "nl", "dark", 390),
)


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("who", NEWCOMERS, ids=lambda who: who.slug)
def test_a_new_reseller_has_its_console_in_five_minutes(
    stack: Stack,
    chromium: Browser,
    names: DnsServer,
    tmp_path: Path,
    record_property: Any,
    who: Newcomer,
) -> None:
    began = time.monotonic()
    _operator_adds_it(stack, chromium, who)
    page = _owner(chromium, who)
    _accept(page, who)
    _dress(page, who, _logo(tmp_path, who))
    _own_domain(page, names, who)
    _see_it_there(stack, chromium, who)
    record_property("seconds", round(time.monotonic() - began))


def _operator_adds_it(stack: Stack, chromium: Browser, who: Newcomer) -> None:
    page = chromium.new_page(locale="en", viewport={"width": 1440, "height": 900})
    page.goto(stack.url("platform"))
    pass_the_door(page, stack.person("staff@console.example"))
    page.goto(stack.url("platform", "/resellers/new/"))
    page.fill("#id_name", who.name)
    page.fill("#id_slug", who.slug)
    page.fill("#id_max_extensions", "200")
    page.select_option("#id_price_list", index=1)
    page.fill("#id_owner_name", "Neele Brandt")
    page.fill("#id_owner_email", who.email)
    page.select_option("#id_owner_language", who.language)
    shoot(page, "j1-1-operator", who.slug)
    page.click("#main form .btn-primary")
    page.wait_for_url(lambda url: "/new/" not in url)
    expect(page.locator("#main")).to_contain_text(f"{who.slug}.localhost")
    page.context.close()


def _owner(chromium: Browser, who: Newcomer) -> Page:
    context = chromium.new_context(
        locale=who.language,
        color_scheme=who.theme,  # type: ignore[arg-type]  # "light" or "dark"
        viewport={"width": who.width, "height": 900},
        reduced_motion="reduce",
    )
    return context.new_page()


def _accept(page: Page, who: Newcomer) -> None:
    letter = mailbox.latest(MAILS, who.email, seconds=30)
    assert letter is not None
    assert who.name in str(letter.message["From"])
    link = next(url for url in letter.links if "/invitation/" in url)
    assert f"//{who.slug}.localhost" in link
    page.goto(link)
    shoot(page, "j1-2-invitation", who.slug)
    page.fill("#id_password", PASSWORD)
    page.click("button.btn-primary")
    page.wait_for_url("**/sign-in/authenticator/**")
    secret = page.inner_text("#secret").replace(" ", "")
    page.fill("#id_code", code_of(secret))
    shoot(page, "j1-3-second-factor", who.slug)
    page.click("form button.btn-primary")
    expect(page.locator("#codes li")).to_have_count(10)
    page.click("a.btn-primary")
    page.wait_for_selector("#main")
    shoot(page, "j1-4-first-look", who.slug)


def _logo(folder: Path, who: Newcomer) -> Path:
    """Draw a logo with a transparent ground, as a graphic designer would send it."""
    picture = Image.new("RGBA", (1600, 400), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((20, 20, 380, 380), fill=who.accent)
    draw.rounded_rectangle((440, 120, 1560, 280), 60, fill=who.accent)
    path = folder / "logo.png"
    picture.save(path)
    return path


def _dress(page: Page, who: Newcomer, logo: Path) -> None:
    page.goto(_at(page, "/brand/"))
    page.set_input_files("input[name=logo]", logo)
    page.set_input_files("input[name=mark]", _square(logo))
    page.fill("#id_accent", who.accent)
    page.click("#brandform button[value=save]")
    expect(page.locator("#brand-head .state[data-state=pending]")).to_be_visible()
    shoot(page, "j1-5-draft", who.slug)
    page.click("#brand-head button[value=publish]")
    expect(page.locator("#brand-head .state[data-state=live]")).to_be_visible()
    css = page.evaluate("fetch('/brand.css').then((answer) => answer.text())")
    assert who.accent in css


def _square(logo: Path) -> Path:
    path = logo.with_name("mark.png")
    Image.open(logo).crop((0, 0, 400, 400)).save(path)
    return path


def _own_domain(page: Page, names: DnsServer, who: Newcomer) -> None:
    page.goto(_at(page, "/brand/domains/"))
    page.fill("#id_host", who.domain)
    page.click("#main form.form .btn-primary")
    row = page.locator(".dom", has_text=who.domain)
    expect(row).to_be_visible()
    shoot(page, "j1-6-record", who.slug)
    for line in row.locator("tbody tr").all():
        name, kind, value = (line.locator("td").nth(n).inner_text() for n in range(3))
        names.set(name.strip().rstrip("."), kind.strip(), value.strip())
    row.locator("form[action$='/check/'] button").click()
    proven = page.locator(".dom[data-state=live]", has_text=who.domain)
    expect(proven).to_be_visible(timeout=30_000)
    shoot(page, "j1-7-proven", who.slug)


def _see_it_there(stack: Stack, chromium: Browser, who: Newcomer) -> None:
    """The own domain shows this brand; nobody else's name is on it."""
    context = _customer(chromium, who)
    page = context.new_page()
    port = re.search(r":(\d+)", stack.url("nordbel"))
    assert port is not None
    answer: Any = page.goto(f"http://{who.domain}:{port[1]}/sign-in/")
    if f"//{who.domain}" not in page.url:  # the main host is another of its own
        assert f"//{who.slug}.localhost" in page.url
    assert answer.status == 200
    expect(page.locator("body")).to_contain_text(who.name)
    text = page.content().lower()
    assert not {"nordbel", "zuidlijn", "pbx_console"} & set(re.findall(r"\w+", text))
    shoot(page, "j1-8-own-domain", who.slug)
    stranger = page.goto(f"http://other.{who.slug}.example:{port[1]}/")
    assert stranger is not None
    assert stranger.status == 404
    context.close()


def _customer(chromium: Browser, who: Newcomer) -> BrowserContext:
    return chromium.new_context(
        locale=who.language, viewport={"width": who.width, "height": 900}
    )


def _at(page: Page, path: str) -> str:
    scheme, _sep, rest = page.url.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}{path}"
