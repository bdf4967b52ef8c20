"""Resellers and trunks, as platform staff set them up."""

from __future__ import annotations

import pytest

from pbx_console.accounts.models import Reseller
from pbx_console.pbx.models import OutboundRoute, Trunk
from tests.conftest import World
from tests.console.conftest import Opens, text_of

FORM = {
    "name": "Alpenfon",
    "slug": "alpenfon",
    "country": "AT",
    "timezone": "Europe/Vienna",
    "max_extensions": "500",
    "is_active": "on",
}
TRUNK = {
    "slug": "second",
    "name": "Second carrier",
    "host": "192.0.2.7",
    "port": "5060",
    "number_format": "plus",
    "is_active": "on",
}


def test_it_adds_a_reseller(sign_in: Opens, everyone: None) -> None:
    response = sign_in("operator").post("/resellers/new/", FORM)
    assert response["Location"] == "/resellers/alpenfon/"
    assert Reseller.objects.get(slug="alpenfon").country == "AT"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"slug": "nordbel"}, "already exists"),
        ({"slug": "Al pen"}, "valid"),
        ({"timezone": "Mars/Base"}, "valid choice"),
        ({"max_extensions": "-1"}, "greater than or equal"),
    ],
)
def test_it_adds_no_reseller_and_says_why(
    sign_in: Opens, everyone: None, wrong: dict[str, str], said: str
) -> None:
    response = sign_in("operator").post("/resellers/new/", {**FORM, **wrong})
    assert response.status_code == 422
    assert said in text_of(response)
    assert Reseller.objects.count() == 2


def test_it_changes_a_reseller_but_never_its_short_name(
    sign_in: Opens, world: World, everyone: None
) -> None:
    form = {**FORM, "name": "Nordbel AG", "slug": "other"}
    sign_in("operator").post("/resellers/nordbel/edit/", form)
    changed = Reseller.objects.get(pk=world.nordbel.reseller.pk)
    assert (changed.name, changed.slug) == ("Nordbel AG", "nordbel")


def test_it_shows_the_domains_and_the_purchase_list(sign_in: Opens) -> None:
    shown = text_of(sign_in("operator").get("/resellers/nordbel/"))
    assert "nordbel.localhost" in shown
    assert "Wholesale" in shown


def test_it_is_closed_to_resellers(sign_in: Opens) -> None:
    assert sign_in("owner").get("/resellers/").status_code == 403
    assert sign_in("owner").post("/resellers/new/", FORM).status_code == 403


def test_it_keeps_a_trunks_password_when_none_is_typed(
    sign_in: Opens, everyone: None
) -> None:
    client = sign_in("operator")
    client.post("/trunks/new/", {**TRUNK, "secret": "s3cret"})
    client.post("/trunks/second/edit/", {**TRUNK, "name": "Renamed"})
    trunk = Trunk.objects.get(slug="second")
    assert (trunk.name, trunk.secret) == ("Renamed", "s3cret")
    assert "s3cret" not in text_of(client.get("/trunks/second/"))


def test_it_adds_a_route_and_refuses_a_wrong_prefix(
    sign_in: Opens, world: World, everyone: None
) -> None:
    client = sign_in("operator")
    url = "/trunks/carrier/routes/"
    refused = client.post(url, {"prefix": "0049", "position": "1"})
    assert refused.status_code == 422
    assert "+ and digits" in text_of(refused)
    client.post(url, {"prefix": "+41", "position": "2"})
    assert OutboundRoute.objects.get(prefix="+41").trunk == world.trunk


def test_it_says_what_is_wrong_with_a_trunk(sign_in: Opens, everyone: None) -> None:
    bad = {**TRUNK, "host": "carrier.example", "port": "70000"}
    response = sign_in("operator").post("/trunks/new/", bad)
    assert response.status_code == 422
    assert not Trunk.objects.filter(slug="second").exists()
