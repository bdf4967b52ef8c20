"""The main job, clicked: stock, customer, extension, number, price list, the log."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Visitor, shoot
from tests.conftest import owner_connection

WIDE_RANGE = "+49 30 23125 810 - 812"


def test_it_sets_up_a_customer_from_stock_to_the_ringing_number(
    visitor: Visitor,
) -> None:
    _numbers_into_stock(visitor)
    page = visitor.open("nordbel", "/customers/", role="owner")
    _add_customer(page)
    endpoint = _add_extension(page)
    _it_turns_live(page, endpoint)
    _assign_number(page)
    page.get_by_role("navigation", name="Main navigation").get_by_text(
        "Audit log"
    ).click()
    expect(page.locator(".wire").first).to_contain_text("Number +49 30 23125810")
    shoot(page, "story-log")


def _numbers_into_stock(visitor: Visitor) -> None:
    page = visitor.open("platform", "/numbers/new/", role="operator")
    page.get_by_label("Numbers", exact=True).fill(WIDE_RANGE)
    page.get_by_label("Trunk", exact=True).select_option(index=1)
    page.get_by_label("Reseller", exact=True).select_option(label="Nordbel")
    page.get_by_role("button", name="Add numbers").click()
    expect(page.locator(".toast-x")).to_contain_text("3 numbers are added")


def _add_customer(page: Page) -> None:
    page.get_by_role("link", name="Add customer").click()
    page.get_by_role("button", name="Add customer").click()
    expect(page.locator(".err").first).to_contain_text("This field is required")
    shoot(page, "story-refused")
    page.get_by_label("Name", exact=True).fill("Segelmacherei Dorn")
    page.get_by_label("Customer number").fill("K-20901")
    page.get_by_role("button", name="Add customer").click()
    expect(page.locator("h1")).to_contain_text("Segelmacherei Dorn")
    expect(page.locator(".toast-x")).to_contain_text("is added")


def _add_extension(page: Page) -> str:
    page.get_by_role("link", name="Add the first extension").click()
    page.get_by_label("Number", exact=True).fill("21")
    page.get_by_label("Name", exact=True).fill("Werkstatt")
    page.get_by_role("button", name="Add extension").click()
    secret = page.locator("#sip-secret")
    expect(secret).to_have_text(re.compile(r"^[0-9a-f]{40}$"))
    shoot(page, "story-secret")
    page.set_viewport_size({"width": PHONE, "height": 844})
    shoot(page, "story-secret")
    page.set_viewport_size({"width": 1440, "height": 900})
    endpoint = page.locator("#sip-user").inner_text()
    page.reload()
    expect(secret).to_have_count(0)
    return endpoint


def _it_turns_live(page: Page, endpoint: str) -> None:
    """The PBX confirms; the page learns it by asking, without being loaded again."""
    pill = page.locator("h1 .state")
    expect(pill).to_have_attribute("data-state", "pending")
    page.evaluate("window.still = true")
    code, _dash, number = endpoint.partition("-")
    name = urlsplit(os.environ["DATABASE_URL"]).path.strip("/") + "_browser"
    with owner_connection(dbname=name) as owner:
        owner.execute("SET pbx.scope = 'everyone'")
        owner.execute(
            "UPDATE pbx_extension SET live_revision = revision, live_at = now()"
            " WHERE number = %s AND customer_id ="
            " (SELECT id FROM accounts_customer WHERE code = %s)",
            [number, code],
        )
    expect(pill).to_have_attribute("data-state", "live")
    assert page.evaluate("window.still") is True


def _assign_number(page: Page) -> None:
    page.get_by_role("link", name="Assign a number").click()
    page.get_by_role("link", name="+49 30 23125810").click()
    chosen = page.get_by_label("Customer", exact=True)
    expect(chosen.locator("option:checked")).to_have_text("Segelmacherei Dorn")
    expect(page.get_by_label("Leads to")).to_have_value("21")
    page.get_by_label("Main number").check()
    page.get_by_role("button", name="Save number").click()
    expect(page.locator("tbody")).to_contain_text("Werkstatt")
    shoot(page, "story-number")


def test_it_reads_prices_after_showing_what_is_wrong(
    visitor: Visitor, tmp_path: Path
) -> None:
    page = visitor.open("nordbel", "/price-lists/", role="owner")
    page.locator("tbody a.name").first.click()
    page.get_by_role("link", name="Read in a CSV").click()
    file = tmp_path / "prices.csv"
    file.write_text("prefix;name;per_minute\n0032;Belgium;0.04\n33;France;cheap\n")
    page.get_by_label("CSV file").set_input_files(file)
    page.get_by_role("button", name="Look at the file").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    shoot(page, "story-prices-refused")
    file.write_text("prefix;name;per_minute\n32;Belgium;0.04\n33;France;0.05\n")
    page.get_by_label("CSV file").set_input_files(file)
    page.get_by_role("button", name="Look at another file").click()
    expect(page.locator(".preview-x")).to_contain_text("New prices")
    shoot(page, "story-prices-preview")
    page.get_by_role("button", name="Import prices").click()
    expect(page.locator(".toast-x")).to_contain_text("2 prices added")
    expect(page.locator("tbody")).to_contain_text("Belgium")


def test_it_explains_a_charge_and_hands_out_the_export(visitor: Visitor) -> None:
    page = visitor.open("nordbel", "/calls/?direction=out", role="owner")
    page.locator("tbody a.name").first.click()
    expect(page.locator(".explain").first).to_contain_text("Destination")
    shoot(page, "story-explain")
    page.goto(urlsplit(page.url)._replace(path="/usage/", query="").geturl())
    expect(page.locator(".sect-h .state")).to_contain_text("Chain verified")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").first.click()
    assert download.value.suggested_filename.startswith("usage-nordbel-")


def test_it_finds_filters_and_takes_the_filter_away(visitor: Visitor) -> None:
    page = visitor.open("nordbel", "/calls/", role="owner")
    page.locator(".filter summary").click()
    page.get_by_label("Direction").select_option("in")
    shoot(page, "story-filter")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator(".chip")).to_contain_text("incoming")
    page.get_by_role("link", name="Remove the filter Direction").click()
    expect(page.locator(".chip")).to_have_count(0)


def test_it_works_without_javascript(visitor: Visitor) -> None:
    state = visitor.signed_in("nordbel", "technician")
    context = visitor.browser.new_context(
        java_script_enabled=False, storage_state=state, locale="en"
    )
    visitor.contexts.append(context)
    page = context.new_page()
    page.goto(visitor.house.url("nordbel", "/customers/"))
    page.locator("tbody a.name").first.click()
    page.locator(".acts a.btn-primary").click()
    page.locator("#id_number").fill("2991")
    page.locator("#id_name").fill("Ohne Skript")
    page.locator("form.form button.btn-primary").click()
    expect(page.locator("#sip-secret")).to_have_text(re.compile(r"^[0-9a-f]{40}$"))
    page.locator(".acts a.btn-danger").click()
    page.locator("#id_confirm").fill("2991")
    page.locator(".confirm button").click()
    expect(page.locator("h1")).to_contain_text(re.compile("Nebenstellen|Extensions"))
