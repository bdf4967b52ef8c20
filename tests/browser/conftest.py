"""A real Chromium looks at the real console, signed in through the real door."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django_otp.oath import totp
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.asterisk.sipp import wait_for
from tests.browser.house import ROOT, House, running

SHOTS = ROOT / "var" / "screenshots"
WIDE, PHONE = 1440, 390
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Return the running console."""
    with running(tmp_path_factory.mktemp("house")) as found:
        yield found


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Return Debian's Chromium. For one module only: while Playwright is up, Django
    takes this thread for an asynchronous one."""
    path = shutil.which("chromium") or "/usr/bin/chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Visitor:
    """Opens pages as somebody, in a dress, at a width; remembers who is signed in."""

    house: House
    browser: Browser
    doors: dict[tuple[str, str], Any]
    contexts: list[BrowserContext] = field(default_factory=list)

    def open(
        self,
        brand: str,
        path: str = "/",
        *,
        role: str = "",
        theme: str = "light",
        language: str = "en",
        width: int = WIDE,
    ) -> Page:
        """Return a page; `role` signs in, "" stays outside. Errors of scripts fail."""
        context = self.browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if theme == "dark" else "light",
            locale=language,
            reduced_motion="reduce",
            storage_state=self.signed_in(brand, role) if role else None,
        )
        context.add_cookies(
            [{"name": "language", "value": language, "url": self.house.url(brand)}]
        )
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
        page.goto(self.house.url(brand, path))
        return page

    def signed_in(self, brand: str, role: str) -> Any:
        """Return the cookies of a person who came in through the door, once."""
        if (brand, role) not in self.doors:
            page = self.open(brand, "/sign-in/")
            pass_the_door(page, self.house.person(brand, role))
            self.doors[brand, role] = page.context.storage_state()
        return self.doors[brand, role]

    def close(self) -> None:
        """Close all pages."""
        for context in self.contexts:
            context.close()


def pass_the_door(page: Page, person: dict[str, str]) -> None:
    """Type address, password and, where asked, the code."""
    page.fill("#id_email", person["email"])
    page.fill("#id_password", person["password"])
    page.click("button.btn-primary")
    if person["totp_secret"]:
        page.wait_for_url("**/sign-in/code/**")
        _type_code(page, person["totp_secret"])
    page.wait_for_selector("#main")


def _type_code(page: Page, secret: str) -> None:
    """Type the code; the next one if another test used up this one a moment ago."""
    used = ""
    for _try in range(2):
        used = _other_code(secret, used)
        page.fill("#id_code", used)
        with page.expect_navigation():
            page.click("button.btn-primary")
        if "/sign-in/code/" not in page.url:
            return


def _other_code(secret: str, used: str) -> str:
    """Return the code of now, waiting for it to differ from `used`."""
    wait_for(lambda: code_of(secret) != used, seconds=31)
    return code_of(secret)


def code_of(secret: str) -> str:
    """Return the six digits an authenticator shows now for a base32 secret."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    return f"{totp(key):06d}"


@pytest.fixture(scope="session")
def doors() -> dict[tuple[str, str], Any]:
    """Return who is signed in already: a code counts only once."""
    return {}


@pytest.fixture
def visitor(
    house: House, chromium: Browser, doors: dict[tuple[str, str], Any]
) -> Iterator[Visitor]:
    """Return somebody who opens pages."""
    found = Visitor(house, chromium, doors)
    yield found
    found.close()


def shoot(page: Page, name: str, *parts: object) -> None:
    """Keep a picture under var/screenshots/<name>-<parts>.png."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    width = page.viewport_size["width"] if page.viewport_size else 0
    file = "-".join([name, *(str(part) for part in parts), str(width)])
    page.screenshot(path=SHOTS / f"{file}.png")


@pytest.fixture(scope="session")
def complaints() -> Callable[[Page], list[str]]:
    """Return a function that asks axe (WCAG 2.2 AA and best practice) about a page."""
    axe = Axe()

    def ask(page: Page) -> list[str]:
        found = axe.run(page).response["violations"]
        return [
            f"{rule['id']}: {node['html'][:160]} ({node['failureSummary'][:200]})"
            for rule in found
            for node in rule["nodes"][:3]
        ]

    return ask
