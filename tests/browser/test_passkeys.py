"""Passkeys with Chromium's virtual authenticator: made, used, useless elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Visitor, pass_the_door, shoot

KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def give_a_key(page: Page) -> tuple[Any, str]:
    """Plug a virtual authenticator in; return the protocol session and its id."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    made = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    return cdp, made["authenticatorId"]


def test_a_passkey_opens_the_door_of_its_brand_and_no_other(
    visitor: Visitor, complaints: Callable[[Page], list[str]]
) -> None:
    house = visitor.house
    page = visitor.open("nordbel", "/sign-in/")
    cdp, key = give_a_key(page)
    pass_the_door(page, house.person("nordbel", "owner"))
    page.goto(house.url("nordbel", "/account/"))
    page.fill("#id_passkey_name", "Desk")
    page.get_by_role("button", name="Add a passkey").click()
    page.wait_for_url("**/account/recovery-codes/")
    page.goto(house.url("nordbel", "/account/"))
    expect(page.locator(".keys input[name=name]")).to_have_value("Desk")
    assert complaints(page) == []
    shoot(page, "account", "nordbel", "light", "en")

    kept = cdp.send("WebAuthn.getCredentials", {"authenticatorId": key})
    assert [c["rpId"] for c in kept["credentials"]] == ["nordbel.localhost"]

    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url("**/sign-in/")
    assert complaints(page) == []
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.locator("#main")).to_be_visible()
    page.goto(house.url("nordbel", "/customers/"))
    expect(page.locator("#main")).to_be_visible()
    page.goto(house.url("nordbel", "/account/sessions/"))
    expect(page.get_by_text("This one")).to_be_visible()
    assert complaints(page) == []
    shoot(page, "sessions", "nordbel", "light", "en")

    page.goto(house.url("zuidlijn", "/sign-in/"))
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.locator(".passkey .err")).to_contain_text("No passkey was used")
    page.goto(house.url("zuidlijn", "/customers/"))
    assert "/sign-in/" in page.url


def test_the_forgotten_password_asks_for_an_address(
    visitor: Visitor, complaints: Callable[[Page], list[str]]
) -> None:
    page = visitor.open("zuidlijn", "/sign-in/", width=PHONE, theme="dark")
    page.get_by_role("link", name="Forgotten?").click()
    page.fill("#id_email", "ghost@zuidlijn.example")
    page.get_by_role("button", name="Send the mail").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mail")
    assert complaints(page) == []
    shoot(page, "mail-sent", "zuidlijn", "dark", "en")
