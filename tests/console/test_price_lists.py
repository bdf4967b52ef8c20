"""Price lists: rules, preview of a CSV, errors by row, download that reads in again."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from pbx_console.metering.models import Price, PriceList
from tests.conftest import World
from tests.console.conftest import Opens, text_of

LIST = "/price-lists/retail-nordbel/"
FORM = {
    "name": "Flex 2027",
    "slug": "flex-2027",
    "currency": "EUR",
    "timezone": "Europe/Berlin",
    "rounding": "half_up_4",
    "peak_days": ["0", "1", "4"],
    "peak_from": "08:00",
    "peak_until": "00:00",
}


def _upload(client: Any, text: str, url: str = LIST) -> Any:
    file = SimpleUploadedFile("prices.csv", text.encode(), content_type="text/csv")
    return client.post(url + "import/", {"file": file})


def test_it_adds_a_sale_list_of_the_own_reseller(
    sign_in: Opens, world: World, everyone: None
) -> None:
    sign_in("billing").post("/price-lists/new/", FORM)
    made = PriceList.objects.get(slug="flex-2027")
    assert (made.reseller, made.kind) == (world.nordbel.reseller, "retail")
    assert (made.peak_days, made.peak_from_minute) == (0b10011, 480)
    assert made.peak_until_minute == 1440


def test_it_adds_a_purchase_list_for_platform_staff(
    sign_in: Opens, everyone: None
) -> None:
    sign_in("operator").post("/price-lists/new/", FORM)
    made = PriceList.objects.get(slug="flex-2027")
    assert (made.reseller, made.kind) == (None, "wholesale")


def test_it_says_what_is_wrong_with_a_list(sign_in: Opens, everyone: None) -> None:
    bad = {**FORM, "currency": "Euro", "slug": "flex 2027", "peak_from": "25:00"}
    response = sign_in("owner").post("/price-lists/new/", bad)
    assert response.status_code == 422
    assert text_of(response).count("aria-invalid") >= 2
    assert not PriceList.objects.filter(name=FORM["name"]).exists()


def test_it_shows_what_would_happen_before_it_happens(
    sign_in: Opens, everyone: None
) -> None:
    client = sign_in("owner")
    text = "prefix;name;per_minute\n41;Switzerland;0,05\n"
    shown = text_of(_upload(client, text))
    assert "This would happen" in shown
    assert not Price.objects.filter(prefix="41").exists()
    client.post(LIST + "import/", {"text": text, "import": "1"})
    assert Price.objects.get(prefix="41").per_minute_micro == 50_000


def test_it_names_row_column_and_reason_and_imports_nothing(
    sign_in: Opens, everyone: None
) -> None:
    text = "prefix;name;per_minute\n41;Switzerland;0,05\n0041;Wrong;0,05\n42;X;cheap\n"
    response = _upload(sign_in("owner"), text)
    shown = text_of(response)
    assert response.status_code == 422
    rows = shown.partition('id="h-err"')[2]
    assert '<td class="num">3</td><td class="mono">prefix</td>' in rows
    assert '<td class="num">4</td><td class="mono">per_minute</td>' in rows
    assert not Price.objects.filter(prefix="41").exists()


def test_it_asks_for_a_file(sign_in: Opens) -> None:
    response = sign_in("owner").post(LIST + "import/", {})
    assert "Choose a CSV file" in text_of(response)


def test_it_writes_a_file_that_reads_in_again_unchanged(sign_in: Opens) -> None:
    client = sign_in("owner")
    text = client.get(LIST, {"format": "csv"}).content.decode("utf-8-sig")
    assert text.startswith("prefix;name;class;per_minute")
    shown = text_of(_upload(client, text))
    assert "This would happen" in shown
    assert "Import prices" not in shown, "nothing differs, so nothing is offered"


def test_it_hides_other_peoples_lists(sign_in: Opens) -> None:
    assert sign_in("owner", "zuidlijn").get(LIST).status_code == 404
    assert sign_in("owner").get("/price-lists/wholesale/").status_code == 404
    assert sign_in("admin").get(LIST).status_code == 403


def test_it_lets_a_reader_look_and_not_touch(sign_in: Opens, everyone: None) -> None:
    client = sign_in("reader")
    assert client.get(LIST).status_code == 200
    assert _upload(client, "prefix;name;per_minute\n41;X;1\n").status_code == 403


def test_it_chooses_the_list_a_customer_pays_by(
    sign_in: Opens, world: World, everyone: None
) -> None:
    held = world.nordbel.customer
    url = f"/customers/{held.code}/price-list/"
    foreign = PriceList.objects.get(slug="retail-zuidlijn")
    client = sign_in("owner")
    for wrong in (foreign.pk, "", "x"):
        assert client.post(url, {"price_list": wrong}).status_code == 422
    held.tariff.refresh_from_db()
    assert held.tariff.price_list.slug == "retail-nordbel"
    client.post("/price-lists/new/", FORM)
    other = PriceList.objects.get(slug=FORM["slug"])
    client.post(url, {"price_list": other.pk})
    held.tariff.refresh_from_db()
    assert held.tariff.price_list == other
