"""The pages of portings, ranges and files: what people type, and what they get."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from pbx_console.accounts.models import Customer, Reseller
from pbx_console.accounts.scope import as_everyone
from pbx_console.pbx.models import Did, Extension, NumberRange, Porting
from tests.conftest import World
from tests.console.conftest import Opens, text_of

pytestmark = pytest.mark.django_db
PAPER = b"%PDF-1.7\n1 0 obj\n%%EOF\n"


def test_an_order_goes_from_draft_to_live_numbers(
    sign_in: Opens, world: World, in_english: None
) -> None:
    client = sign_in("technician")
    order = {
        "direction": "in",
        "numbers": "030 23125601 - 603",
        "carrier": "Nordnetz",
        "wanted_on": "2026-12-01",
        "destination": "",
    }
    code = world.nordbel.customer.code
    made = client.post(f"/customers/{code}/portings/new/", order)
    assert made.status_code == 302
    url = made["Location"]
    paper = SimpleUploadedFile("../Order.html", PAPER)
    client.post(f"{url}documents/", {"file": paper})
    with as_everyone("test"):
        kept = Porting.objects.get().documents.get()
    answer = client.get(f"{url}documents/{kept.pk}/")
    assert answer.content == PAPER
    assert answer["Content-Disposition"] == 'attachment; filename="Order.pdf"'
    assert sign_in("owner", "zuidlijn").get(url).status_code == 404
    client = sign_in("technician")
    client.post(f"{url}step/", {"state": "sent"})
    refused = client.post(f"{url}step/", {"state": "confirmed"})
    assert refused.status_code == 422
    assert "Type the day that was agreed" in text_of(refused)
    client.post(f"{url}step/", {"state": "confirmed", "agreed_on": "2026-12-02"})
    client.post(f"{url}step/", {"state": "done"})
    with as_everyone("test"):
        held = Did.objects.filter(customer=world.nordbel.customer)
        assert held.filter(number__startswith="+4930231256").count() == 4
    assert "Porting +493023125601" in text_of(client.get(url))
    assert "Nordnetz" in text_of(client.get("/portings/", {"q": "23125601"}))
    assert sign_in("admin").get(url).status_code == 403


def test_a_range_comes_from_stock_and_its_holder_says_where_the_rest_leads(
    sign_in: Opens, world: World, in_english: None
) -> None:
    with as_everyone("test"):
        Reseller.objects.update(max_numbers=5_000)
        Customer.objects.update(max_numbers=5_000)
    new = {"stem": "030 2312 54", "digits": 2, "trunk": world.trunk.pk}
    new["reseller"] = world.nordbel.reseller.pk
    assert sign_in("operator").post("/number-ranges/new/", new).status_code == 302
    again = sign_in("operator").post("/number-ranges/new/", new | {"digits": 1})
    assert again.status_code == 422
    url = "/number-ranges/4930231254/"
    sign_in("owner").post(url, {"customer": world.nordbel.customer.pk})
    with as_everyone("test"):
        to = world.nordbel.extension.destination
    sign_in("admin").post(url, {"fallback": to.pk, "name_prefix": "Office"})
    with as_everyone("test"):
        block = NumberRange.objects.get()
        assert (block.stem, block.fallback, block.name_prefix) == (
            "+4930231254",
            to,
            "Office",
        )
    assert sign_in("owner", "zuidlijn").get(url).status_code == 404


def test_a_range_is_ordered_as_a_block(
    sign_in: Opens, world: World, in_english: None
) -> None:
    client = sign_in("owner")
    new = f"/customers/{world.nordbel.customer.code}/portings/new/"
    order = {"direction": "in", "numbers": "", "carrier": "Elbfon"}
    order |= {"stem": "030 555 000", "wanted_on": "2026-12-01"}
    assert client.post(new, order).status_code == 422  # how many digits?
    made = client.post(new, order | {"digits": "2"})
    assert made.status_code == 302
    shown = text_of(client.get(made["Location"]))
    assert "+49 30 555000" in shown
    assert "and 2 digits" in shown
    assert "+49 30 555000" in text_of(client.get("/portings/"))


def test_the_list_of_groups_leads_to_their_import(sign_in: Opens, world: World) -> None:
    code = world.nordbel.customer.code
    shown = sign_in("admin").get(f"/customers/{code}/groups/").content.decode()
    assert f"/customers/{code}/import/groups/" in shown


def test_a_file_is_looked_at_first_and_then_saved(
    sign_in: Opens, world: World, in_english: None
) -> None:
    client = sign_in("admin")
    url = f"/customers/{world.nordbel.customer.code}/import/extensions/"
    text = "number;name\n201;Reception\n202;Workshop\n"
    seen = client.post(url, {"file": SimpleUploadedFile("x.csv", text.encode())})
    assert "202 Workshop" in text_of(seen)
    with as_everyone("test"):
        assert Extension.objects.filter(customer=world.nordbel.customer).count() == 1
    assert client.post(url, {"text": text, "import": "1"}).status_code == 302
    with as_everyone("test"):
        assert Extension.objects.filter(customer=world.nordbel.customer).count() == 2
    bad = SimpleUploadedFile("x.csv", b"number;name\n110;Police\n")
    refused = client.post(url, {"file": bad})
    assert refused.status_code == 422
    assert "Nothing was saved" in text_of(refused)
    given = client.get(url, {"format": "machine"}).content.decode()
    assert given.startswith("number,name,")
