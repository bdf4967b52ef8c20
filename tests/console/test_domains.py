"""The page of domains: add, prove, choose the main one, remove; one's own only."""

from __future__ import annotations

from typing import Any

import pytest

from pbx_console.accounts.actor import SYSTEM
from pbx_console.branding import hosts, limiter
from pbx_console.branding.models import BrandDomain
from pbx_console.branding.services import domain_checks, domains
from tests.conftest import World
from tests.console.conftest import Opens, text_of
from tests.dns import DnsServer

LIST = "/brand/domains/"
NAME = "telefon.nordbel.example"


@pytest.fixture
def claimed(sign_in: Opens, everyone: None) -> BrandDomain:
    """Return a name that the owner just added."""
    sign_in("owner").post(LIST, {"host": NAME})
    return BrandDomain.objects.get(host=NAME)


def _publish(dns_server: DnsServer, domain: BrandDomain) -> None:
    dns_server.set(domain.proof_name, "TXT", domain.proof_token)


def test_a_pasted_address_becomes_a_claim_with_its_record(
    sign_in: Opens, everyone: None, settings: Any
) -> None:
    settings.PUBLIC_NAME = "edge.platform.example"
    client = sign_in("owner")
    answer = client.post(LIST, {"host": f"https://{NAME.upper()}:443/sign-in/"})
    assert answer["Location"] == LIST
    domain = BrandDomain.objects.get(host=NAME)
    shown = text_of(client.get(LIST))
    for words in (f"_verify.{NAME}", domain.proof_token, "edge.platform.example"):
        assert words in shown
    assert domain.proven_at is None
    assert hosts.brand_for(NAME) is None


def test_an_international_name_is_shown_in_both_forms(
    sign_in: Opens, everyone: None
) -> None:
    client = sign_in("owner")
    client.post(LIST, {"host": "Büro.nordbel.example"})
    shown = text_of(client.get(LIST))
    assert "büro.nordbel.example" in shown
    assert "xn--bro-hoa.nordbel.example" in shown


@pytest.mark.parametrize(
    "typed", ["*.nordbel.example", "127.0.0.1", "other.localhost", "", "nordbel"]
)
def test_it_says_what_is_wrong_and_adds_nothing(
    sign_in: Opens, everyone: None, typed: str
) -> None:
    before = BrandDomain.objects.count()
    answer = sign_in("owner").post(LIST, {"host": typed})
    assert answer.status_code == 422
    assert "id_host_error" in text_of(answer)
    assert BrandDomain.objects.count() == before


def test_check_now_turns_it_live(
    dns_server: DnsServer, sign_in: Opens, claimed: BrandDomain
) -> None:
    _publish(dns_server, claimed)
    client = sign_in("owner")
    client.post(f"{LIST}{NAME}/check/")
    claimed.refresh_from_db()
    assert claimed.state == "proven"
    assert "Proven since" in text_of(client.get(LIST))


def test_a_waiting_line_looks_again_and_stops_when_it_is_live(
    dns_server: DnsServer, sign_in: Opens, claimed: BrandDomain
) -> None:
    client = sign_in("owner")
    domain_checks.check_due()
    first = text_of(client.get(f"{LIST}{NAME}/"))
    assert "every 5s" in first
    seen = first.partition("?seen=")[2].partition('"')[0]
    assert client.get(f"{LIST}{NAME}/?seen={seen}").status_code == 204
    _publish(dns_server, claimed)
    domain_checks.look_at(SYSTEM, claimed)
    again = text_of(client.get(f"{LIST}{NAME}/?seen={seen}"))
    assert "Proven since" in again
    assert "every 5s" not in again


def test_it_asks_the_dns_only_so_often(
    dns_server: DnsServer, sign_in: Opens, claimed: BrandDomain
) -> None:
    client = sign_in("owner")
    for _try in range(20):
        client.post(f"{LIST}{NAME}/check/")
    assert len(dns_server.asked) == domain_checks.PER_NAME.amount
    assert "moment ago" in text_of(client.get(LIST))


def test_the_main_domain_is_chosen_and_the_others_lead_to_it(
    dns_server: DnsServer, sign_in: Opens, claimed: BrandDomain, client: Any
) -> None:
    page = sign_in("owner")
    page.post(f"{LIST}{NAME}/main/")
    assert not BrandDomain.objects.get(host=NAME).is_primary
    _publish(dns_server, claimed)
    page.post(f"{LIST}{NAME}/check/")
    page.post(f"{LIST}{NAME}/main/")
    assert BrandDomain.objects.get(host=NAME).is_primary
    hosts.forget()
    answer = client.get("/sign-in/?next=/calls/", headers={"host": "nordbel.localhost"})
    assert answer.status_code == 302
    assert answer["Location"].startswith(f"http://{NAME}")
    assert answer["Location"].endswith("/sign-in/?next=/calls/")


def test_a_name_is_removed_when_it_was_typed(
    sign_in: Opens, claimed: BrandDomain
) -> None:
    client = sign_in("owner")
    url = f"{LIST}{NAME}/remove/"
    assert client.post(url, {"confirm": "yes"}).status_code == 422
    client.post(url, {"confirm": NAME})
    assert not BrandDomain.objects.filter(host=NAME).exists()


def test_the_platforms_name_stays(sign_in: Opens, everyone: None) -> None:
    answer = sign_in("owner").post(
        f"{LIST}nordbel.localhost/remove/", {"confirm": "nordbel.localhost"}
    )
    assert answer.status_code == 422
    assert "stays" in text_of(answer)


def test_a_foreign_name_does_not_exist(
    sign_in: Opens, claimed: BrandDomain, world: World
) -> None:
    stranger = sign_in("owner", "zuidlijn")
    assert NAME not in text_of(stranger.get(LIST))
    for action in ("", "check/", "main/", "remove/"):
        ask = stranger.get if action in ("", "remove/") else stranger.post
        assert ask(f"{LIST}{NAME}/{action}").status_code == 404
    assert stranger.get("/resellers/nordbel/domains/").status_code == 404


def test_two_resellers_may_claim_the_same_name_unaware(
    sign_in: Opens, claimed: BrandDomain, world: World
) -> None:
    stranger = sign_in("owner", "zuidlijn")
    assert stranger.post(LIST, {"host": NAME}).status_code == 302
    assert BrandDomain.objects.filter(host=NAME).count() == 2


def test_platform_staff_open_them_for_a_reseller(
    dns_server: DnsServer, sign_in: Opens, claimed: BrandDomain
) -> None:
    client = sign_in("operator")
    url = "/resellers/nordbel/domains/"
    assert NAME in text_of(client.get(url))
    _publish(dns_server, claimed)
    assert client.post(f"{url}{NAME}/check/")["Location"] == url
    claimed.refresh_from_db()
    assert claimed.state == "proven"


@pytest.mark.parametrize(
    "role", ["technician", "billing", "reader", "admin", "end_user"]
)
def test_it_is_closed_to_other_roles(sign_in: Opens, role: str) -> None:
    assert sign_in(role).get(LIST).status_code == 403


def test_the_limiter_counts_without_redis(monkeypatch: Any) -> None:
    def away() -> None:
        raise ConnectionError

    monkeypatch.setattr(limiter, "_shared", away)
    asked = [
        limiter.allowed(domain_checks.PER_NAME, "domain", "no such") for _n in range(7)
    ]
    assert asked == [True] * 6 + [False]


def test_the_page_of_a_dangling_domain_says_when_it_ends(
    dns_server: DnsServer, sign_in: Opens, claimed: BrandDomain
) -> None:
    _publish(dns_server, claimed)
    proven = domain_checks.look_at(SYSTEM, claimed)
    dns_server.forget(claimed.proof_name)
    domain_checks.look_at(SYSTEM, proven)
    shown = text_of(sign_in("owner").get(LIST))
    assert "The TXT record is gone" in shown
    assert "switched off on" in shown
    assert domains.domain_is_proven(NAME)
