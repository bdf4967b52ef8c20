"""The door: password, code, setting up the second factor, languages, light and dark."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, WIDE, Visitor, code_of, pass_the_door, shoot

DRESSES = [
    ("nordbel", "light"),
    ("nordbel", "dark"),
    ("zuidlijn", "light"),
    ("zuidlijn", "dark"),
]
LANGUAGE = {"nordbel": "de", "zuidlijn": "en"}


@pytest.mark.parametrize(("brand", "theme"), DRESSES)
def test_it_shows_the_door_in_the_brands_dress(
    visitor: Visitor, complaints: Callable[[Page], list[str]], brand: str, theme: str
) -> None:
    for width in (WIDE, PHONE):
        page = visitor.open(
            brand, "/sign-in/", theme=theme, language=LANGUAGE[brand], width=width
        )
        expect(page.get_by_role("img", name=brand.title())).to_be_visible()
        shoot(page, "sign-in", brand, theme, LANGUAGE[brand])
        assert complaints(page) == []
    other = "Zuidlijn" if brand == "nordbel" else "Nordbel"
    assert other not in page.content()


def test_it_says_what_is_wrong_beside_the_field(
    visitor: Visitor, complaints: Callable[[Page], list[str]]
) -> None:
    page = visitor.open("nordbel", "/sign-in/")
    page.fill("#id_email", "no address")
    page.click("button.btn-primary")

    expect(page.locator("#id_email_error")).to_contain_text("whole address")
    expect(page.locator("#id_email")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#id_email")).to_have_value("no address")
    assert complaints(page) == []


def test_it_lets_in_with_password_and_code(
    visitor: Visitor, complaints: Callable[[Page], list[str]]
) -> None:
    person = visitor.house.person("zuidlijn", "technician")
    page = visitor.open("zuidlijn", "/sign-in/?next=/account/")
    page.fill("#id_email", person["email"].upper())
    page.fill("#id_password", person["password"])
    page.click("button.btn-primary")
    page.wait_for_url("**/sign-in/code/**")
    assert complaints(page) == []

    page.fill("#id_code", "12 34 5")
    page.click("button.btn-primary")
    expect(page.locator("#id_code_error")).to_contain_text("zes cijfers")
    shoot(page, "code", "zuidlijn", "light", "nl")
    page.fill("#id_code", code_of(person["totp_secret"]))
    page.click("button.btn-primary")
    page.wait_for_url("**/account/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Uw account")

    page.get_by_role("button", name="Uitloggen").click()
    page.wait_for_url("**/sign-in/")
    page.goto(visitor.house.url("zuidlijn", "/account/"))
    assert "/sign-in/" in page.url


def test_it_sets_up_another_authenticator_and_shows_recovery_codes_once(
    visitor: Visitor, complaints: Callable[[Page], list[str]]
) -> None:
    person = visitor.house.person("nordbel", "reader")
    page = visitor.open("nordbel", "/sign-in/")
    pass_the_door(page, person)
    page.goto(visitor.house.url("nordbel", "/sign-in/authenticator/"))
    shoot(page, "second-factor", "nordbel", "light", "en")
    assert complaints(page) == []
    page.fill("#id_code", code_of(page.inner_text("#secret").replace(" ", "")))
    page.click("button.btn-primary")

    codes = page.locator("#codes li")
    expect(codes).to_have_count(10)
    assert complaints(page) == []
    recovery = codes.first.inner_text()
    page.reload()
    assert recovery not in page.content()

    page.context.clear_cookies()
    page.goto(visitor.house.url("nordbel", "/sign-in/"))
    page.fill("#id_email", person["email"])
    page.fill("#id_password", person["password"])
    page.click("button.btn-primary")
    page.get_by_role("link", name="recovery code").click()
    page.fill("#id_code", recovery)
    page.click("button.btn-primary")
    expect(page.locator("#main")).to_be_visible()


def test_it_speaks_the_language_that_is_chosen_at_the_door(visitor: Visitor) -> None:
    page = visitor.open("nordbel", "/sign-in/", language="en")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.get_by_role("button", name="Deutsch").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Anmelden")
    assert page.locator("html").get_attribute("lang") == "de"


def test_it_works_at_the_door_without_javascript(visitor: Visitor) -> None:
    person = visitor.house.person("nordbel", "billing")
    context = visitor.browser.new_context(java_script_enabled=False, locale="en")
    visitor.contexts.append(context)
    page = context.new_page()
    page.goto(visitor.house.url("nordbel", "/sign-in/"))
    pass_the_door(page, person)
    page.goto(visitor.house.url("nordbel", "/account/"))
    page.select_option("#id_theme", "dark")
    page.get_by_role("button", name="Save preferences").click()

    expect(page.locator("#toasts")).to_contain_text("saved")
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
