"""Calls: the list, its filters, and why a call costs what it costs."""

from __future__ import annotations

from typing import Any

import pytest

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import Membership
from pbx_console.metering.models import Leg
from pbx_console.pbx.services.extensions import save_extension
from tests.conftest import World
from tests.console.conftest import Opens, text_of

LIST = "/calls/"


def _rows(response: Any) -> int:
    body = text_of(response).partition("<tbody>")[2].partition("</tbody>")[0]
    return body.count("<tr>")


def test_it_lists_the_calls_of_the_own_customers(sign_in: Opens) -> None:
    assert _rows(sign_in("owner").get(LIST)) == 2
    assert _rows(sign_in("operator").get(LIST)) == 4


@pytest.mark.parametrize(
    ("filters", "rows"),
    [
        ({"direction": "in"}, 1),
        ({"direction": "out"}, 1),
        ({"direction": "sideways"}, 2),
        ({"extension": "201"}, 2),
        ({"extension": "999"}, 0),
        ({"state": "rated"}, 2),
        ({"state": "attention"}, 0),
        ({"since": "2020-01-01"}, 2),
        ({"until": "2020-01-01"}, 0),
        ({"since": "yesterday"}, 2),
        ({"q": "030 23125999"}, 1),
        ({"q": "no digits"}, 2),
    ],
)
def test_it_filters(sign_in: Opens, filters: dict[str, str], rows: int) -> None:
    assert _rows(sign_in("owner").get(LIST, filters)) == rows


def test_it_explains_a_call_step_by_step(
    sign_in: Opens, world: World, everyone: None
) -> None:
    leg = Leg.objects.get(customer=world.nordbel.customer, direction="out")
    shown = text_of(sign_in("owner").get(f"{LIST}{leg.pk}/"))
    # 75.5 s at 0.03 per minute, 60/1: 76 s = 0.038
    assert "Increment 60/1" in shown
    assert "€0.0380" in shown
    assert "Purchase €0.0076" in shown
    assert "answered" in shown.partition('class="raw"')[2]


def test_it_shows_a_customer_its_price_and_never_the_purchase(
    sign_in: Opens, world: World, everyone: None
) -> None:
    leg = Leg.objects.get(customer=world.nordbel.customer, direction="out")
    shown = text_of(sign_in("admin").get(f"{LIST}{leg.pk}/"))
    assert "Warum kostet das 0,0380" in shown
    assert "0,0076" not in shown
    assert "Einkauf" not in shown


def test_it_hides_another_resellers_call(
    sign_in: Opens, world: World, everyone: None
) -> None:
    leg = Leg.objects.filter(customer=world.zuidlijn.customer).first()
    assert leg is not None
    assert sign_in("owner").get(f"{LIST}{leg.pk}/").status_code == 404


def test_it_shows_an_end_user_the_own_calls_only(
    sign_in: Opens, world: World, everyone: None
) -> None:
    client = sign_in("end_user")
    shown = text_of(client.get("/"))
    assert "Reception" in shown
    assert 'class="p-calls' in shown
    assert shown.count("phone-incoming") + shown.count("phone-outgoing") == 2
    other = save_extension(
        SYSTEM, customer=world.nordbel.customer, number="202", name="Colleague"
    )
    own = Membership.objects.filter(user=world.nordbel.people["end_user"])
    own.update(extension_number=other.number)
    emptied = text_of(client.get("/"))
    assert "phone-incoming" not in emptied
    assert "phone-outgoing" not in emptied
    assert client.get(LIST).status_code == 403


def test_it_writes_the_list_as_a_file(sign_in: Opens) -> None:
    response = sign_in("owner").get(LIST, {"format": "csv", "direction": "out"})
    lines = response.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert "'+493023125999" in lines[1]


def test_it_lists_with_a_fixed_number_of_queries(
    sign_in: Opens, django_assert_max_num_queries: Any
) -> None:
    client = sign_in("owner")
    client.get(LIST)
    with django_assert_max_num_queries(12):
        client.get(LIST)
