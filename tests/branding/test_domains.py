"""Names of brands: claimed, proven by the DNS, looked at daily, taken away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import AuditEntry
from pbx_console.accounts.scope import as_everyone
from pbx_console.branding import dns, hosts, names, proofs
from pbx_console.branding.domain_tasks import check_domains
from pbx_console.branding.models import Brand, BrandDomain, OutgoingMail
from pbx_console.branding.pages import absolute_url
from pbx_console.branding.services import domain_checks, domains
from tests.conftest import World
from tests.dns import DnsServer

NAME = "telefon.nordbel.example"


@pytest.fixture
def server(settings: Any) -> Iterator[DnsServer]:
    """Ask a DNS server of our own and nobody else."""
    with DnsServer() as running:
        settings.DNS_SERVERS = [running.address]
        yield running


@pytest.fixture
def brand(world: World) -> Iterator[Brand]:
    """Return Nordbel's brand, everything visible."""
    with as_everyone("test"):
        yield world.nordbel.reseller.brand


def _claim(brand: Brand, host: str = NAME) -> BrandDomain:
    return domains.claim_domain(SYSTEM, brand=brand, host=host)


def _publish(server: DnsServer, domain: BrandDomain) -> None:
    server.set(domain.proof_name, "TXT", domain.proof_token)


def _proven(server: DnsServer, brand: Brand, host: str = NAME) -> BrandDomain:
    domain = _claim(brand, host)
    _publish(server, domain)
    return domain_checks.look_at(SYSTEM, domain)


def _later(domain: BrandDomain, **ago: float) -> None:
    """Let time pass since the first failure."""
    then = timezone.now() - timedelta(**ago)
    BrandDomain.objects.filter(pk=domain.pk).update(failing_since=then)


def _mails() -> list[tuple[str, str]]:
    return list(OutgoingMail.objects.order_by("pk").values_list("kind", "to"))


# ── proof ────────────────────────────────────────────────────────────────────────────


def test_a_claim_is_served_only_when_its_record_is_there(
    server: DnsServer, brand: Brand
) -> None:
    domain = domain_checks.look_at(SYSTEM, _claim(brand))
    assert (domain.state, domain.problem) == ("waiting", proofs.NO_RECORD)
    assert hosts.brand_for(NAME) is None

    _publish(server, domain)
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
    server: DnsServer, brand: Brand, world: World
) -> None:
    mine, theirs = _claim(brand), _claim(world.zuidlijn.reseller.brand)
    _publish(server, theirs)
    assert domain_checks.look_at(SYSTEM, mine).problem == proofs.OTHER_RECORD


def test_two_may_claim_and_one_may_hold(
    server: DnsServer, brand: Brand, world: World
) -> None:
    mine, theirs = _claim(brand), _claim(world.zuidlijn.reseller.brand)
    server.set(mine.proof_name, "TXT", mine.proof_token, theirs.proof_token)
    assert domain_checks.look_at(SYSTEM, theirs).state == "proven"
    lost = domain_checks.look_at(SYSTEM, mine)
    assert (lost.state, lost.problem) == ("waiting", proofs.TAKEN)


def test_a_name_that_changed_hands_goes_to_the_new_owner(
    server: DnsServer, brand: Brand, world: World
) -> None:
    mine = _claim(brand)
    theirs = _proven(server, world.zuidlijn.reseller.brand)
    _publish(server, mine)  # the old record is gone with the old owner
    assert domain_checks.look_at(SYSTEM, mine).state == "proven"
    theirs.refresh_from_db()
    assert (theirs.state, theirs.is_primary) == ("off", False)


def test_a_name_of_another_is_refused_without_saying_so(
    server: DnsServer, brand: Brand, world: World
) -> None:
    _proven(server, world.zuidlijn.reseller.brand)
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
    server: DnsServer, brand: Brand
) -> None:
    domain = _claim(brand)
    _publish(server, domain)
    assert check_domains() == 1
    domain.refresh_from_db()
    assert domain.state == "proven"
    assert domain.next_check_at is not None
    assert domain.next_check_at > timezone.now() + timedelta(hours=23)
    assert check_domains() == 0


def test_beat_asks_less_and_less_often_and_then_stops(
    server: DnsServer, brand: Brand
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


def test_one_run_has_an_end(server: DnsServer, brand: Brand, monkeypatch: Any) -> None:
    monkeypatch.setattr(domain_checks, "MOST", 2)
    for n in range(3):
        _claim(brand, f"n{n}.nordbel.example")
    assert [check_domains(), check_domains(), check_domains()] == [2, 1, 0]


def test_names_that_the_platform_vouches_for_are_not_asked(
    server: DnsServer, brand: Brand
) -> None:
    assert check_domains() == 0
    assert server.asked == []


# ── dangling ─────────────────────────────────────────────────────────────────────────


def test_a_lost_proof_is_told_and_after_three_days_it_ends(
    server: DnsServer, brand: Brand
) -> None:
    domain = _proven(server, brand)
    domains.make_main(SYSTEM, domain)
    server.forget(domain.proof_name)
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


def test_it_turns_live_again_with_its_record(server: DnsServer, brand: Brand) -> None:
    domain = _proven(server, brand)
    server.forget(domain.proof_name)
    domain = domain_checks.look_at(SYSTEM, domain)
    _later(domain, days=4)
    domain = domain_checks.look_at(SYSTEM, domain)
    assert domain.state == "off"
    _publish(server, domain)
    domain = domain_checks.look_at(SYSTEM, domain)
    assert (domain.state, domain.switched_off_at, domain.problem) == (
        "proven",
        None,
        "",
    )


def test_a_name_that_mends_itself_within_the_days_stays(
    server: DnsServer, brand: Brand
) -> None:
    domain = _proven(server, brand)
    server.forget(domain.proof_name)
    domain = domain_checks.look_at(SYSTEM, domain)
    _publish(server, domain)
    assert domain_checks.look_at(SYSTEM, domain).failing_since is None


def test_our_own_silence_is_not_the_domains_fault(
    server: DnsServer, brand: Brand, settings: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(dns, "LIFETIME", 0.2)
    domain = _proven(server, brand)
    server.silent.add(domain.proof_name)
    assert domain_checks.look_at(SYSTEM, domain).state == "proven"
    server.silent.clear()
    server.broken.add(domain.proof_name)
    assert domain_checks.look_at(SYSTEM, domain).problem == proofs.LAME


@pytest.mark.parametrize(
    ("address", "problem"),
    [("9.9.9.9", ""), ("1.1.1.1", proofs.ELSEWHERE), ("10.0.0.1", proofs.NOWHERE)],
)
def test_it_sees_where_a_name_leads(
    server: DnsServer, brand: Brand, settings: Any, address: str, problem: str
) -> None:
    settings.PUBLIC_ADDRESSES = ["9.9.9.9"]
    server.set(NAME, "A", address)
    domain = _proven(server, brand)
    assert domain.problem == problem
    assert domain_checks.look_at(SYSTEM, domain).state == (
        "failing" if problem else "proven"
    )


def test_an_alias_of_our_public_name_leads_here(
    server: DnsServer, brand: Brand, settings: Any
) -> None:
    settings.PUBLIC_NAME = "edge.platform.example"
    server.set(NAME, "CNAME", "edge.platform.example.")
    assert _proven(server, brand).problem == ""
    server.set(NAME, "CNAME", "elsewhere.example.")
    server.set("elsewhere.example", "A", "1.1.1.1")
    server.set("edge.platform.example", "A", "9.9.9.9")
    assert proofs.where(NAME) == proofs.ELSEWHERE


def test_the_last_name_that_works_stays(server: DnsServer, brand: Brand) -> None:
    domain = _proven(server, brand)
    BrandDomain.objects.filter(brand=brand).exclude(pk=domain.pk).delete()
    server.forget(domain.proof_name)
    domain = domain_checks.look_at(SYSTEM, domain)
    _later(domain, days=9)
    assert domain_checks.look_at(SYSTEM, domain).state == "failing"
    with pytest.raises(ValidationError):
        domains.remove_domain(SYSTEM, domain)


# ── main and removed ─────────────────────────────────────────────────────────────────


def test_only_a_proven_name_becomes_the_main_one(
    server: DnsServer, brand: Brand, settings: Any
) -> None:
    with pytest.raises(ValidationError, match="proven"):
        domains.make_main(SYSTEM, _claim(brand, "a.nordbel.example"))
    domain = _proven(server, brand)
    settings.PUBLIC_ADDRESSES = ["9.9.9.9"]
    with pytest.raises(ValidationError, match="leads to no server"):
        domains.make_main(SYSTEM, domain)
    server.set(NAME, "A", "9.9.9.9")
    domains.make_main(SYSTEM, domain)
    assert f"//{NAME}" in absolute_url(brand, "/")
    assert brand.domains.filter(is_primary=True).count() == 1


def test_a_removed_main_name_leaves_ours_in_its_place(
    server: DnsServer, brand: Brand
) -> None:
    domain = domains.make_main(SYSTEM, _proven(server, brand))
    domains.remove_domain(SYSTEM, domain)
    assert brand.domains.get(is_primary=True).host == "nordbel.localhost"
    with pytest.raises(ValidationError, match="stays"):
        domains.remove_domain(SYSTEM, brand.domains.get())


# ── names as people type them ────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Telefon.Nordbel.Example", NAME),
        (f" {NAME}. ", NAME),
        (f"https://{NAME}/", NAME),
        (f"https://user:pw@{NAME}:8443/sign-in/?next=/#top", NAME),
        (f"{NAME}:80", NAME),
        (f"{NAME}/path", NAME),
        ("//" + NAME, ""),
        ("büro.example", "xn--bro-hoa.example"),
        ("BÜRO.example", "xn--bro-hoa.example"),
        ("xn--bro-hoa.example", "xn--bro-hoa.example"),
        ("faß.example", "xn--fa-hia.example"),
        ("telefon。nordbel.example", NAME),
        ("日本語カタ.example", "xn--lckta4319c2s4c.example"),
    ],
)
def test_it_mends_what_is_plain(typed: str, meant: str) -> None:
    if not meant:
        with pytest.raises(ValidationError):
            names.read_host(typed)
        return
    assert names.read_host(typed) == meant or meant.startswith("xn--lckta")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("*.nordbel.example", "wildcard"),
        ("192.0.2.1", "no address"),
        ("[2001:db8::1]", "no address"),
        ("2001:db8::1", "no address"),
        ("127.1", "no address"),
        ("0x7f.0x1", "no address"),
        ("localhost", "your own network"),
        ("nordbel", "your own network"),
        ("phone.local", "your own network"),
        ("anything.localhost", "your own network"),
        ("phone..example.com", "no host name"),
        (".example.com", "no host name"),
        ("-a.example.com", "no host name"),
        ("a_b.example.com", "no host name"),
        ("a b.example.com", "no host name"),
        ("a" * 64 + ".example.com", "no host name"),
        (".".join(["a" * 60] * 4) + ".example.com", "no host name"),
        ("xn--a.example.com", "no host name"),
        ("", "no host name"),
        ("telefon.nоrdbel.example", "look alike"),  # a Cyrillic o
        ("аррӏе.example", "look alike"),  # all Cyrillic
        ("xn--80ak6aa92e.example", "look alike"),  # the same, in its ASCII form
        ("a\x00b.example", "no host name"),
        ("phone.example.com, other.example.com", "no host name"),
    ],
)
def test_it_refuses_a_name_with_the_reason(typed: str, said: str) -> None:
    with pytest.raises(ValidationError) as error:
        names.read_host(typed)
    assert said in " ".join(error.value.messages)


def test_our_own_names_cannot_be_claimed(settings: Any) -> None:
    settings.PLATFORM_ZONE, settings.PUBLIC_NAME = "phone.example.net", "edge.example"
    for typed in ("phone.example.net", "other.phone.example.net", "EDGE.example."):
        with pytest.raises(ValidationError, match="cannot be used"):
            names.read_host(typed)
    assert names.read_host("example.net") == "example.net"


@pytest.mark.parametrize("slug", ["www", "console", "Al_pen", "al_pen", "xn--a", "-a"])
def test_some_short_names_make_no_host(slug: str) -> None:
    with pytest.raises(ValidationError):
        names.platform_host(slug)


@limits(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(typed=st.text(max_size=80) | st.from_regex(r"[\w.:/@*-]{1,80}", fullmatch=True))
def test_whatever_is_typed_is_a_host_name_or_refused(typed: str) -> None:
    try:
        name = names.read_host(typed)
    except ValidationError:
        return
    assert hosts.host_name(name) == name
    assert names.read_host(name) == name
    BrandDomain(host=name).clean_fields(exclude=["brand"])
    assert names.read_host(names.shown(name)) == name
