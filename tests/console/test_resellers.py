"""Resellers and trunks, as platform staff set them up."""

from __future__ import annotations

import pytest
from django.test import Client

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import Invitation, Reseller
from pbx_console.branding import hosts
from pbx_console.branding.models import Brand, BrandDomain, OutgoingMail
from pbx_console.branding.pictures import picture_of
from pbx_console.branding.services import add_domain, domain_is_proven
from pbx_console.branding.services.opening import open_reseller
from pbx_console.metering.models import PriceList, ResellerTariff
from pbx_console.pbx.models import OutboundRoute, Trunk, TrunkHealth
from pbx_console.pbx.services.trunks import save_route
from tests.conftest import World
from tests.console.conftest import Opens, text_of

FORM = {
    "name": "Alpenfon",
    "slug": "alpenfon",
    "country": "AT",
    "timezone": "Europe/Vienna",
    "max_extensions": "500",
    "max_numbers": "500",
    "max_calls": "50",
    "max_storage_mb": "500",
    "features": ["people", "call_list", "customer_logo", "outside_calls", "recording"],
    "is_active": "on",
    "owner_name": "Vroni Hauser",
    "owner_email": "vroni@alpenfon.example",
    "owner_language": "de",
}
TRUNK = {
    "slug": "second",
    "name": "Second carrier",
    "host": "192.0.2.7",
    "port": "5060",
    "number_format": "plus",
    "incoming_format": "any",
    "transport": "udp",
    "country": "DE",
    "caller_header": "pai",
    "watch_seconds": "60",
    "is_active": "on",
    "origin": "home",
    "checks_certificate": "on",
}


def test_it_adds_a_reseller(sign_in: Opens, everyone: None) -> None:
    response = sign_in("operator").post("/resellers/new/", FORM)
    assert response["Location"] == "/resellers/alpenfon/"
    assert Reseller.objects.get(slug="alpenfon").country == "AT"


def test_a_new_reseller_works_at_once_in_its_own_name(
    sign_in: Opens, everyone: None
) -> None:
    wholesale = PriceList.objects.get(kind=PriceList.Kind.WHOLESALE)
    operator = sign_in("operator")
    operator.post("/resellers/new/", {**FORM, "price_list": str(wholesale.pk)})
    hosts.forget()

    door = text_of(Client(headers={"host": "alpenfon.localhost"}).get("/sign-in/"))
    assert "Alpenfon" in door
    assert "Nordbel" not in door
    made = Reseller.objects.get(slug="alpenfon")
    domain = BrandDomain.objects.get(brand__reseller=made)
    assert (domain.is_platform, domain.is_primary) == (True, True)
    assert made.brand.product_name == "Alpenfon"
    assert ResellerTariff.objects.get(reseller=made).price_list == wholesale
    assert domain_is_proven("alpenfon.localhost")
    assert "alpenfon.localhost" in text_of(operator.get("/resellers/alpenfon/"))


def test_the_first_owner_is_invited_in_the_resellers_name(
    sign_in: Opens, everyone: None
) -> None:
    sign_in("operator").post("/resellers/new/", FORM)
    invitation = Invitation.objects.get(email="vroni@alpenfon.example")
    assert invitation.reseller is not None
    assert (invitation.role, invitation.reseller.slug) == ("owner", "alpenfon")
    mail = OutgoingMail.objects.get(to="vroni@alpenfon.example")
    assert (mail.kind, mail.language) == ("invitation", "de")
    assert mail.brand.reseller == invitation.reseller


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"slug": "www"}, "id_slug_error"),
        ({"slug": "Al_pen"}, "id_slug_error"),
        ({"owner_email": "nobody"}, "id_owner_email_error"),
        ({"owner_name": ""}, "id_owner_name_error"),
        ({"price_list": "0"}, "id_price_list_error"),
        ({"max_calls": "0"}, "id_max_calls_error"),
    ],
)
def test_nothing_is_half_made(
    sign_in: Opens, everyone: None, wrong: dict[str, str], field: str
) -> None:
    before = BrandDomain.objects.count()
    answer = sign_in("operator").post("/resellers/new/", {**FORM, **wrong})
    assert answer.status_code == 422
    assert field in text_of(answer)
    assert Reseller.objects.count() == 2
    assert BrandDomain.objects.count() == before
    assert not OutgoingMail.objects.exists()


def test_a_host_that_somebody_else_holds_stops_it(
    sign_in: Opens, world: World, everyone: None
) -> None:
    brand = world.nordbel.reseller.brand
    add_domain(SYSTEM, brand=brand, host="alpenfon.localhost", proven=True)
    answer = sign_in("operator").post("/resellers/new/", FORM)
    assert answer.status_code == 422
    assert not Reseller.objects.filter(slug="alpenfon").exists()


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
    client.post(url, {"prefix": "+41", "position": "2", "weight": "1"})
    assert OutboundRoute.objects.get(prefix="+41").trunk == world.trunk


def test_it_says_what_is_wrong_with_a_trunk(sign_in: Opens, everyone: None) -> None:
    bad = {**TRUNK, "host": "carrier.example", "port": "70000"}
    response = sign_in("operator").post("/trunks/new/", bad)
    assert response.status_code == 422
    assert not Trunk.objects.filter(slug="second").exists()


def test_it_says_where_calls_go_and_why_a_trunk_is_away(
    sign_in: Opens, world: World, everyone: None
) -> None:
    client = sign_in("operator")
    client.post("/trunks/new/", {**TRUNK, "transport": "tls"})
    second = Trunk.objects.get(slug="second")
    for position, trunk, weight in ((1, second, 1), (1, world.trunk, 3)):
        save_route(SYSTEM, prefix="+41", trunk=trunk, position=position, weight=weight)
    TrunkHealth.objects.create(trunk=second, state="down", trouble="wrong_name")
    listed = text_of(client.get("/trunks/"))
    assert "25 %" in listed
    assert "75 %" in listed
    assert "away" in listed
    assert "certificate is for another name" in text_of(client.get("/trunks/second/"))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("host", "sip example"),
        ("abroad_header", "X Origin"),
        ("abroad_header", "X-Origin: a;b=c"),
        ("abroad_header", ""),
        ("port", ""),
    ],
)
def test_it_refuses_a_trunk_that_cannot_work(
    sign_in: Opens, everyone: None, field: str, value: str
) -> None:
    bad = {**TRUNK, "origin": "marked", "abroad_header": "X-Origin", field: value}
    assert sign_in("operator").post("/trunks/new/", bad).status_code == 422
    assert not Trunk.objects.filter(slug="second").exists()


def test_a_new_resellers_logo_is_its_own_name_and_nothing_of_the_platforms(
    world: World, everyone: None
) -> None:
    made = open_reseller(
        SYSTEM, slug="funk", name="Funk & Söhne <b>", country="DE", max_extensions=5
    )
    brand = Brand.objects.get(reseller=made)
    ours = Brand.objects.get(reseller=None)
    assert set(brand.files) >= {"logo", "logo_dark", "mark"}
    for kind in ("logo", "logo_dark"):
        drawing = picture_of(brand, kind)[0].decode()
        assert "Funk &amp; Söhne &lt;b&gt;" in drawing
        assert drawing != picture_of(ours, kind)[0].decode()
