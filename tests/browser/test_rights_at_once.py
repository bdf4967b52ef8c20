"""A role that is taken away closes the open page: the door within a second."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, WIDE, Visitor, pass_the_door, shoot

LIMIT = 20_000  # ms; how long this test waits, not the promise


def socket_is_open(page: Page) -> None:
    """Wait until the page's socket is in the person's group."""
    with page.expect_websocket() as opened:
        page.reload()
    socket = opened.value
    assert socket.url.endswith(("/ws/door/", "/")), socket.url
    page.wait_for_load_state("networkidle")


def test_a_role_taken_away_shows_the_door_at_once(visitor: Visitor) -> None:
    """The reader's page has no live data of its own: it waits for this only."""
    page = visitor.open("zuidlijn", "/sign-in/")
    person = visitor.house.person("zuidlijn", "reader")
    pass_the_door(page, person)
    page.goto(visitor.house.url("zuidlijn", "/customers/"))
    socket_is_open(page)

    owner = visitor.open("zuidlijn", "/sign-in/")
    pass_the_door(owner, visitor.house.person("zuidlijn", "owner"))
    owner.goto(visitor.house.url("zuidlijn", "/people/?q=" + person["email"]))
    owner.locator("table a.name").first.click()
    owner.wait_for_url("**/people/*/**")
    shoot(owner, "person", "zuidlijn", "light", "en")
    with owner.expect_response("**/take/") as taking:
        owner.locator("form[action$='/take/'] button").click()
    page.wait_for_url("**/sign-in/?next=*", timeout=LIMIT)
    expect(page.locator("#id_password")).to_be_visible()
    timing = taking.value.request.timing
    saved = timing["startTime"] + timing["responseStart"]
    left = page.evaluate("performance.timeOrigin")
    print(f"left for the door {left - saved:.0f} ms after the save")  # noqa: T201

    answer = page.evaluate(
        "fetch('/customers/', {redirect: 'manual'}).then((found) => found.type)"
    )
    assert answer == "opaqueredirect"  # to the door: `test_people` reads where


def test_acting_for_a_customer_is_written_on_every_page(
    visitor: Visitor, complaints: Callable[[Page], list[str]]
) -> None:
    page = visitor.open("nordbel", "/customers/", role="technician")
    page.get_by_role("link", name="Möbelhaus Altendorf").first.click()
    page.locator("form[action$='/act/'] button").click()
    banner = page.locator(".act-as")
    expect(banner).to_contain_text("Möbelhaus Altendorf")
    shoot(page, "acting", "nordbel", "light", "en")
    assert complaints(page) == []
    page.locator("nav a[href$='/people/']").click()
    expect(banner).to_be_visible()
    for width in (WIDE, PHONE):
        page.set_viewport_size({"width": width, "height": 900})
        shoot(page, "people", "nordbel", "light", "en")
        assert complaints(page) == []
    page.set_viewport_size({"width": WIDE, "height": 900})
    banner.get_by_role("button").click()
    expect(banner).to_have_count(0)


def test_the_people_pages_are_for_everybody(
    visitor: Visitor, complaints: Callable[[Page], list[str]]
) -> None:
    page = visitor.open("nordbel", "/people/", role="owner", theme="dark")
    shoot(page, "people-own", "nordbel", "dark", "en")
    assert complaints(page) == []
    page.get_by_role("link", name="Jule Tamsen").click()
    assert complaints(page) == []
    page.goto(visitor.house.url("nordbel", "/people/invite/"))
    assert complaints(page) == []
