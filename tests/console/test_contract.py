"""What a contract includes, on the pages of those who set it and of those who have it."""

from __future__ import annotations

import pytest

from pbx_console.accounts.models import Customer, Reseller
from tests.conftest import World
from tests.console.conftest import Opens, text_of
from tests.console.test_customers import FORM
from tests.console.test_resellers import FORM as RESELLER

pytestmark = pytest.mark.usefixtures("in_english", "everyone")

CHANGE = {**FORM, "is_active": "on", "max_call_minutes": "60"}


def test_platform_staff_set_what_a_reseller_has(sign_in: Opens, world: World) -> None:
    client = sign_in("operator")
    sent = {**RESELLER, "name": "Nordbel", "max_calls": "7", "features": ["people"]}
    url = "/resellers/nordbel/edit/"
    assert "Its customers have at most these" in text_of(client.get(url))
    page = text_of(client.post(url, sent, follow=True))
    row = Reseller.objects.get(slug="nordbel")
    assert (row.max_calls, row.features) == (7, ["people"])
    assert "up to 7" in page
    assert "not included" in page


def test_a_reseller_hands_on_what_it_has_and_keeps_what_waits(
    sign_in: Opens, world: World
) -> None:
    held = world.nordbel.customer
    Reseller.objects.filter(slug="nordbel").update(features=["people", "call_list"])
    client, url = sign_in("technician"), f"/customers/{held.code}/edit/"
    form = text_of(client.get(url))
    assert "Customers see their calls" in form
    assert "Customers show their own logo" not in form
    client.post(url, {**CHANGE, "features": ["people"]})
    kept = Customer.objects.get(pk=held.pk).features
    # What the reseller lacks now comes back with it; what was taken away does not.
    assert set(kept) == {"people", "customer_logo", "outside_calls", "recording"}
    sent = {**CHANGE, "features": ["customer_logo"]}
    assert client.post(url, sent).status_code == 422


def test_customers_without_the_call_list_see_no_calls_anywhere(
    sign_in: Opens, world: World
) -> None:
    held = world.nordbel.customer
    links = f"/customers/{held.code}/calls/"
    assert links in text_of(sign_in("admin").get(f"/customers/{held.code}/"))
    Customer.objects.filter(pk=held.pk).update(features=["people"])
    for page in ("", "extensions/201/"):
        shown = text_of(sign_in("admin").get(f"/customers/{held.code}/{page}"))
        assert links not in shown
    refused = sign_in("admin").get(links)
    assert refused.status_code == 403
    assert "is not part of this contract" in text_of(refused)
    assert "My outside calls" not in text_of(sign_in("end_user").get("/"))
    # Whoever looks after the customer still sees them.
    assert sign_in("technician").get(links).status_code == 200


def test_the_reseller_sees_how_full_its_contract_is(
    sign_in: Opens, world: World
) -> None:
    Reseller.objects.filter(slug="nordbel").update(max_extensions=1)
    home = text_of(sign_in("owner").get("/"))
    assert "Your contract is almost full: Extensions" in home
    assert "1 of 1" in home
    admin = text_of(sign_in("admin").get(f"/customers/{world.nordbel.customer.code}/"))
    assert "1 of 50" in admin
    assert "1 of 1<" not in admin  # its own contract, not its reseller's


def test_the_refusal_stands_above_the_form(sign_in: Opens, world: World) -> None:
    held = world.nordbel.customer
    Customer.objects.filter(pk=held.pk).update(max_extensions=1)
    sent = {"number": "202", "name": "Two", "ring_seconds": "30"}
    url = f"/customers/{held.code}/extensions/new/"
    answer = sign_in("admin").post(url, sent)
    assert answer.status_code == 422
    assert "The only extension of this contract is in use." in text_of(answer)
    assert "can raise the limit" in text_of(answer)
