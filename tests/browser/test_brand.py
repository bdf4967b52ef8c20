"""A brand is changed, looked at and published, in a real browser, in two dresses."""

from __future__ import annotations

import base64
from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Visitor, shoot

# Playwright's driver dies on set_input_files with Debian's Chromium.
CHOOSE = """text => {
  const bytes = Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
  const chosen = new DataTransfer();
  chosen.items.add(new File([bytes], "logo.exe", { type: "text/plain" }));
  const input = document.querySelector("#id_logo");
  input.files = chosen.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}"""


def logo() -> bytes:
    image = Image.new("RGBA", (600, 120), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((0, 0, 119, 119), 24, fill="#7a2bd0")
    pen.rectangle((160, 40, 599, 80), fill="#7a2bd0")
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("brand", "accent"), [("nordbel", "#7a2bd0"), ("zuidlijn", "#c2185b")]
)
def test_a_reseller_dresses_the_console_anew(
    visitor: Visitor, complaints: Callable[[Page], list[str]], brand: str, accent: str
) -> None:
    page = visitor.open(brand, "/brand/", role="owner")
    shoot(page, "brand", brand, "published")
    assert complaints(page) == []
    _changes(page, accent)
    shoot(page, "brand", brand, "draft")
    _looks_at_the_door(page)
    shoot(page, "brand", brand, "sign-in")
    assert "Fernruf Nord" not in visitor.open(brand, "/sign-in/").content()
    _publishes(page)
    door = visitor.open(brand, "/sign-in/")
    expect(door.get_by_text("Good to see you.")).to_be_visible()
    expect(door.locator(".logo").first).to_have_attribute("aria-label", "Fernruf Nord")
    shoot(door, "brand", brand, "door")
    _goes_back(page)
    assert "Fernruf Nord" not in visitor.open(brand, "/sign-in/").content()
    phone = visitor.open(brand, "/brand/", role="owner", theme="dark", width=PHONE)
    assert complaints(phone) == []
    shoot(phone, "brand", brand, "phone")


def _changes(page: Page, accent: str) -> None:
    page.evaluate(CHOOSE, base64.b64encode(logo()).decode())
    expect(page.locator("#brand-head")).to_contain_text("1 change, not published")
    with page.expect_response(lambda answer: "/contrast/" in answer.url):
        page.locator(f'[data-swatch="{accent}"]').first.click()
    expect(page.locator("#brand-contrast")).to_contain_text("Adjusted")
    worn = "e => e.style.getPropertyValue('--brand-accent')"
    assert page.locator(".pv").first.evaluate(worn) == accent
    page.fill("#id_product_name", "Fernruf Nord")
    expect(page.locator(".pv-auth b").first).to_have_text("Fernruf Nord")
    page.fill("#id_login_text", "Good to see you.")
    page.locator("#id_login_text").blur()
    expect(page.locator("#brand-head")).to_contain_text("4 changes, not published")


def _looks_at_the_door(page: Page) -> None:
    page.click("[data-pane=door]")
    frame = page.frame_locator("[data-shows=door] iframe").first
    expect(frame.locator("h1")).to_be_visible()
    expect(frame.get_by_text("Good to see you.")).to_be_visible()


def _publishes(page: Page) -> None:
    page.get_by_role("button", name="Publish to").click()
    expect(page.locator(".toast-x")).to_contain_text("Published")


def _goes_back(page: Page) -> None:
    page.locator("#versions").get_by_role("button", name="Publish again 1").click()
    expect(page.locator(".toast-x")).to_contain_text("Version 1 is shown again")
