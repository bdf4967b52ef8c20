"""Names of brands: claimed, proven by the DNS, looked at daily, taken away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import AuditEntry
from pbx_console.accounts.scope import as_everyone
from pbx_console.branding import hosts, proofs
from pbx_console.branding.domain_tasks import check_domains
from pbx_console.branding.models import Brand, BrandDomain, OutgoingMail
from pbx_console.branding.pages import absolute_url
from pbx_console.branding.services import domain_checks, domains
from pbx_console.lib import nameservers
from tests.conftest import World
from tests.dns import DnsServer

NAME = "telefon.nordbel.example"


@pytest.fixture
def brand(world: World) -> Iterator[Brand]:
    """Return Nordbel's brand, everything visible."""
    with as_everyone("test"):
        yield world.nordbel.reseller.brand


def _claim(brand: Brand, host: str = NAME) -> BrandDomain:
    return domains.claim_domain(SYSTEM, brand=brand, host=host)


def _publish(dns_server: DnsServer, domain: BrandDomain) -> None:
    dns_server.set(domain.proof_name, "TXT", domain.proof_token)


def _proven(dns_server: DnsServer, brand: Brand, host: str = NAME) -> BrandDomain:
    domain = _claim(brand, host)
    _publish(dns_server, domain)
    return domain_checks.look_at(SYSTEM, domain)


def _later(domain: BrandDomain, **ago: float) -> None:
    """Let time pass since the first failure."""
    then = timezone.now() - timedelta(**ago)
    BrandDomain.objects.filter(pk=domain.pk).update(failing_since=then)


def _mails() -> list[tuple[str, str]]:
    return list(OutgoingMail.objects.order_by("pk").values_list("kind", "to"))


# ── proof ────────────────────────────────────────────────────────────────────────────


def test_a_claim_is_served_only_when_its_record_is_there(
    dns_server: DnsServer, brand: Brand
) -> None:
    domain = domain_checks.look_at(SYSTEM, _claim(brand))
    assert (domain.state, domain.problem) == ("waiting", proofs.NO_RECORD)
    assert hosts.brand_for(NAME) is None

    _publish(dns_server, domain)
    assert domain_checks.look_at(SYSTEM, domain).state == "proven"
    hosts.forget()
    assert hosts.brand_for(NAME) == brand
    assert domains.domain_is_proven(NAME)
    verbs = set(AuditEntry.objects.values_list("verb", flat=True))
    assert {"domain.added", "domain.proven"} <= verbs


def test_a_proof_is_random_and_its_own(brand: Brand, world: World) -> None:
    tokens = {_claim(brand, f"n{n}.nordbel.example").proof_token for n in range(5)}
    tokens.add(_claim(world.zuidlijn.reseller.brand).proof_token)
    assert len(tokens) == 6
    assert {len(token) * 4 for token in tokens} == {160}


def test_another_claims_record_proves_nothing(
    dns_server: DnsServer, brand: Brand, world: World
) -> None:
    mine, theirs = _claim(brand), _claim(world.zuidlijn.reseller.brand)
    _publish(dns_server, theirs)
    assert domain_checks.look_at(SYSTEM, mine).problem == proofs.OTHER_RECORD


def test_two_may_claim_and_one_may_hold(
    dns_server: DnsServer, brand: Brand, world: World
) -> None:
    mine, theirs = _claim(brand), _claim(world.zuidlijn.reseller.brand)
    dns_server.set(mine.proof_name, "TXT", mine.proof_token, theirs.proof_token)
    assert domain_checks.look_at(SYSTEM, theirs).state == "proven"
    lost = domain_checks.look_at(SYSTEM, mine)
    assert (lost.state, lost.problem) == ("waiting", proofs.TAKEN)


def test_a_name_that_changed_hands_goes_to_the_new_owner(
    dns_server: DnsServer, brand: Brand, world: World
) -> None:
    mine = _claim(brand)
    theirs = _proven(dns_server, world.zuidlijn.reseller.brand)
    _publish(dns_server, mine)  # the old record is gone with the old owner
    assert domain_checks.look_at(SYSTEM, mine).state == "proven"
    theirs.refresh_from_db()
    assert (theirs.state, theirs.is_primary) == ("off", False)


def test_a_name_of_another_is_refused_without_saying_so(
    dns_server: DnsServer, brand: Brand, world: World
) -> None:
    _proven(dns_server, world.zuidlijn.reseller.brand)
    taken = _refused(brand, NAME)
    assert taken == _refused(brand, "zuidlijn.localhost.localhost.example", zone=True)
    assert "Zuidlijn" not in taken


def _refused(brand: Brand, typed: str, *, zone: bool = False) -> str:
    from django.conf import settings  # noqa: PLC0415 - changed for one refusal

    before = settings.PLATFORM_ZONE
    settings.PLATFORM_ZONE = "localhost.example" if zone else before
    try:
        with pytest.raises(ValidationError) as error:
            _claim(brand, typed)
    finally:
        settings.PLATFORM_ZONE = before
    return " ".join(error.value.messages)


def test_a_brand_has_so_many_names(brand: Brand, monkeypatch: Any) -> None:
    monkeypatch.setattr(domains, "MOST", 3)
    for n in range(2):
        _claim(brand, f"n{n}.nordbel.example")
    assert "Remove one" in _refused(brand, NAME)


# ── what beat does ───────────────────────────────────────────────────────────────────


def test_beat_finds_the_record_and_then_waits_a_day(
    dns_server: DnsServer, brand: Brand
) -> None:
    domain = _claim(brand)
    _publish(dns_server, domain)
    assert check_domains() == 1
    domain.refresh_from_db()
    assert domain.state == "proven"
    assert domain.next_check_at is not None
    assert domain.next_check_at > timezone.now() + timedelta(hours=23)
    assert check_domains() == 0


def test_beat_asks_less_and_less_often_and_then_stops(
    dns_server: DnsServer, brand: Brand
) -> None:
    domain = _claim(brand)
    for age, least in ((0, 50), (60, 300), (5000, 3500)):
        domain.added_at = timezone.now() - timedelta(minutes=age)
        domain.save()
        again = domain_checks.look_at(SYSTEM, domain).next_check_at
        assert again is not None
        assert again > timezone.now() + timedelta(seconds=least)
    domain.added_at = timezone.now() - timedelta(days=31)
    domain.save()
    assert domain_checks.look_at(SYSTEM, domain).next_check_at is None


def test_one_run_has_an_end(
    dns_server: DnsServer, brand: Brand, monkeypatch: Any
) -> None:
    monkeypatch.setattr(domain_checks, "MOST", 2)
    for n in range(3):
        _claim(brand, f"n{n}.nordbel.example")
    assert [check_domains(), check_domains(), check_domains()] == [2, 1, 0]


def test_names_that_the_platform_vouches_for_are_not_asked(
    dns_server: DnsServer, brand: Brand
) -> None:
    assert check_domains() == 0
    assert dns_server.asked == []


# ── dangling ─────────────────────────────────────────────────────────────────────────


def test_a_lost_proof_is_told_and_after_three_days_it_ends(
    dns_server: DnsServer, brand: Brand
) -> None:
    domain = _proven(dns_server, brand)
    domains.make_main(SYSTEM, domain)
    dns_server.forget(domain.proof_name)
    domain = domain_checks.look_at(SYSTEM, domain)
    assert (domain.state, domain.problem) == ("failing", proofs.RECORD_GONE)
    assert hosts.brand_for(NAME) == brand
    assert _mails() == [("domain_failing", "owner@nordbel.example")]

    _later(domain, days=2)
    assert domain_checks.look_at(SYSTEM, domain).state == "failing"
    _later(domain, days=3, minutes=1)
    domain = domain_checks.look_at(SYSTEM, domain)
    hosts.forget()
    assert domain.state == "off"
    assert hosts.brand_for(NAME) is None
    assert not domains.domain_is_proven(NAME)
    assert _mails()[1:] == [("domain_off", "owner@nordbel.example")]
    assert "//nordbel.localhost" in absolute_url(brand, "/")


def test_it_turns_live_again_with_its_record(
    dns_server: DnsServer, brand: Brand
) -> None:
    domain = _proven(dns_server, brand)
    dns_server.forget(domain.proof_name)
    domain = domain_checks.look_at(SYSTEM, domain)
    _later(domain, days=4)
    domain = domain_checks.look_at(SYSTEM, domain)
    assert domain.state == "off"
    _publish(dns_server, domain)
    domain = domain_checks.look_at(SYSTEM, domain)
    assert (domain.state, domain.switched_off_at, domain.problem) == (
        "proven",
        None,
        "",
    )


def test_a_name_that_mends_itself_within_the_days_stays(
    dns_server: DnsServer, brand: Brand
) -> None:
    domain = _proven(dns_server, brand)
    dns_server.forget(domain.proof_name)
    domain = domain_checks.look_at(SYSTEM, domain)
    _publish(dns_server, domain)
    assert domain_checks.look_at(SYSTEM, domain).failing_since is None


def test_our_own_silence_is_not_the_domains_fault(
    dns_server: DnsServer, brand: Brand, settings: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(nameservers, "LIFETIME", 0.2)
    domain = _proven(dns_server, brand)
    dns_server.silent.add(domain.proof_name)
    assert domain_checks.look_at(SYSTEM, domain).state == "proven"
    dns_server.silent.clear()
    dns_server.broken.add(domain.proof_name)
    assert domain_checks.look_at(SYSTEM, domain).problem == proofs.LAME


@pytest.mark.parametrize(
    ("address", "problem"),
    [("9.9.9.9", ""), ("1.1.1.1", proofs.ELSEWHERE), ("10.0.0.1", proofs.NOWHERE)],
)
def test_it_sees_where_a_name_leads(
    dns_server: DnsServer, brand: Brand, settings: Any, address: str, problem: str
) -> None:
    settings.PUBLIC_ADDRESSES = ["9.9.9.9"]
    dns_server.set(NAME, "A", address)
    domain = _proven(dns_server, brand)
    assert domain.problem == problem
    assert domain_checks.look_at(SYSTEM, domain).state == (
        "failing" if problem else "proven"
    )


def test_an_alias_of_our_public_name_leads_here(
    dns_server: DnsServer, brand: Brand, settings: Any
) -> None:
    settings.PUBLIC_NAME = "edge.platform.example"
    dns_server.set(NAME, "CNAME", "edge.platform.example.")
    assert _proven(dns_server, brand).problem == ""
    dns_server.set(NAME, "CNAME", "elsewhere.example.")
    dns_server.set("elsewhere.example", "A", "1.1.1.1")
    dns_server.set("edge.platform.example", "A", "9.9.9.9")
    assert proofs.where(NAME) == proofs.ELSEWHERE


def test_the_last_name_that_works_stays(dns_server: DnsServer, brand: Brand) -> None:
    domain = _proven(dns_server, brand)
    BrandDomain.objects.filter(brand=brand).exclude(pk=domain.pk).delete()
    dns_server.forget(domain.proof_name)
    domain = domain_checks.look_at(SYSTEM, domain)
    _later(domain, days=9)
    assert domain_checks.look_at(SYSTEM, domain).state == "failing"
    with pytest.raises(ValidationError):
        domains.remove_domain(SYSTEM, domain)


# ── main and removed ─────────────────────────────────────────────────────────────────


def test_only_a_proven_name_becomes_the_main_one(
    dns_server: DnsServer, brand: Brand, settings: Any
) -> None:
    with pytest.raises(ValidationError, match="proven"):
        domains.make_main(SYSTEM, _claim(brand, "a.nordbel.example"))
    domain = _proven(dns_server, brand)
    settings.PUBLIC_ADDRESSES = ["9.9.9.9"]
    with pytest.raises(ValidationError, match="leads to no server"):
        domains.make_main(SYSTEM, domain)
    dns_server.set(NAME, "A", "9.9.9.9")
    domains.make_main(SYSTEM, domain)
    assert f"//{NAME}" in absolute_url(brand, "/")
    assert brand.domains.filter(is_primary=True).count() == 1


def test_a_removed_main_name_leaves_ours_in_its_place(
    dns_server: DnsServer, brand: Brand
) -> None:
    domain = domains.make_main(SYSTEM, _proven(dns_server, brand))
    domains.remove_domain(SYSTEM, domain)
    assert brand.domains.get(is_primary=True).host == "nordbel.localhost"
    with pytest.raises(ValidationError, match="stays"):
        domains.remove_domain(SYSTEM, brand.domains.get())
