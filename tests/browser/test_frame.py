"""What every page has: rail, levels, palette, menu, toasts, theme, speed, policy."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from pbx_console.branding.tones import contrast, tones
from tests.browser.conftest import PHONE, Visitor, shoot


def test_it_jumps_with_the_palette(
    visitor: Visitor, complaints: Callable[[Page], list[str]]
) -> None:
    page = visitor.open("nordbel", "/account/", role="owner")
    page.keyboard.press("Control+k")
    page.keyboard.type("Fehnhu")
    option = page.get_by_role("option", name=re.compile("Tierklinik Fehnhusen"))
    expect(option.first).to_have_attribute("aria-selected", "true")
    shoot(page, "palette", "nordbel", "light", "en")
    assert complaints(page) == []
    page.keyboard.press("Enter")
    page.wait_for_url("**/customers/**")


def test_it_closes_the_palette_with_escape_and_says_when_nothing_fits(
    visitor: Visitor,
) -> None:
    page = visitor.open("zuidlijn", "/account/", role="owner")
    page.keyboard.press("Control+k")
    page.keyboard.type("Altendorf")  # another reseller's customer
    expect(page.locator("#palette-list")).to_contain_text("Niets gevonden")
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()


def test_it_switches_the_level_by_keyboard(
    visitor: Visitor, complaints: Callable[[Page], list[str]]
) -> None:
    page = visitor.open("nordbel", "/account/", role="owner")
    page.locator("[data-levels]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#levels")).to_be_visible()
    assert complaints(page) == []
    page.keyboard.type("Wernigk")
    expect(page.locator("#levels-list a")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/customers/**")
    expect(page.locator(".levels [aria-current]")).to_contain_text("Wernigk")


def test_it_tells_platform_staff_in_whose_account_they_work(visitor: Visitor) -> None:
    page = visitor.open("platform", "/account/", role="operator")
    page.locator("[data-levels]").click()
    page.locator("#levels-list a").first.click()
    page.wait_for_url("**/customers/**")

    expect(page.locator(".act-as")).to_contain_text("account")
    page.locator(".act-as a").click()
    expect(page.locator(".act-as")).to_have_count(0)


def test_it_never_says_operator_to_a_reseller(visitor: Visitor) -> None:
    page = visitor.open("nordbel", "/", role="owner")
    assert "operator" not in page.content().lower()


def test_it_opens_the_menu_on_a_phone(
    visitor: Visitor, complaints: Callable[[Page], list[str]]
) -> None:
    page = visitor.open("nordbel", "/account/", role="owner", width=PHONE)
    menu = page.locator("[data-menu]")
    expect(page.locator("#rail")).to_be_hidden()
    menu.click()
    expect(page.locator("#rail")).to_be_visible()
    expect(menu).to_have_attribute("aria-expanded", "true")
    shoot(page, "menu", "nordbel", "light", "en")
    assert complaints(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("#rail")).to_be_hidden()


def test_it_remembers_light_or_dark(visitor: Visitor) -> None:
    page = visitor.open("zuidlijn", "/account/", role="owner")
    root = page.locator("html")
    with page.expect_response("**/theme/"):
        page.locator("[data-theme-toggle]").click()
    expect(root).to_have_attribute("data-bs-theme", "dark")
    page.reload()
    expect(root).to_have_attribute("data-bs-theme", "dark")
    page.select_option("#id_theme", "auto")
    page.get_by_role("button", name="Voorkeuren opslaan").click()
    expect(root).to_have_attribute("data-bs-theme", "auto")


def test_a_toast_goes_by_itself_but_waits_for_a_finger(visitor: Visitor) -> None:
    page = visitor.open("nordbel", "/account/", role="owner")
    page.clock.install()
    page.get_by_role("button", name="Save preferences").click()
    toast = page.locator(".toast-x")
    expect(toast).to_contain_text("saved")
    toast.hover()
    page.clock.run_for(9000)
    expect(toast).to_be_visible()
    page.mouse.move(5, 5)
    page.clock.run_for(9000)
    expect(toast).to_have_count(0)


def test_it_loads_little_and_only_from_its_own_host(visitor: Visitor) -> None:
    page = visitor.open("nordbel", "/sign-in/")
    foreign, sizes = [], {}
    page.on(
        "response",
        lambda answer: (
            foreign.append(answer.url)
            if visitor.house.url("nordbel", "") not in answer.url
            else sizes.update({answer.url: len(gzip.compress(answer.body()))})
        ),
    )
    page.reload()
    page.wait_for_load_state("networkidle")
    main = sum(size for url, size in sizes.items() if ".css" in url or ".js" in url)

    assert foreign == []
    assert main < 100 * 1024
    assert len([url for url in sizes if "app." in url and url.endswith(".css")]) == 1
    assert len([url for url in sizes if url.endswith(".js")]) == 1
    assert all(
        re.search(r"\.[0-9a-f]{12}\.", url) for url in sizes if "/static/" in url
    )


def test_no_page_needs_what_the_policy_refuses(visitor: Visitor) -> None:
    page = visitor.open("nordbel", "/account/", role="owner")
    refused: list[str] = []
    page.on("console", lambda line: refused.append(line.text))
    page.reload()
    page.keyboard.press("Control+k")
    page.keyboard.type("a")
    expect(page.locator("#palette [role=option]").first).to_be_visible()

    assert [text for text in refused if "Content Security Policy" in text] == []


def test_the_browser_computes_the_tones_that_the_server_computes(
    visitor: Visitor,
) -> None:
    for brand, accent, tint in (
        ("nordbel", "#0b5c66", 1.0),
        ("zuidlijn", "#f2701d", 1.5),
    ):
        for theme in ("light", "dark"):
            page = visitor.open(brand, "/sign-in/", theme=theme)
            for name, ours in tones(accent, tint, theme).items():
                theirs = page.evaluate(PROBE, f"--{name}")
                assert _close(ours, theirs), f"{brand} {theme} {name}: {ours} {theirs}"


PROBE = """name => {
  const box = document.createElement("canvas").getContext("2d");
  const probe = document.body.appendChild(document.createElement("span"));
  probe.setAttribute("fill", "");
  probe.style.color = `var(${name})`;
  box.fillStyle = getComputedStyle(probe).color;
  probe.remove();
  box.fillRect(0, 0, 1, 1);
  const [r, g, b] = box.getImageData(0, 0, 1, 1).data;
  return "#" + [r, g, b].map(n => n.toString(16).padStart(2, "0")).join("");
}"""


def _close(first: str, second: str) -> bool:
    pairs = (
        (int(first[at : at + 2], 16), int(second[at : at + 2], 16)) for at in (1, 3, 5)
    )
    return all(abs(a - b) <= 2 for a, b in pairs) and contrast(first, second) < 1.03
