"""Lookups over real packets: proofs, addresses, and what receivers of mail will find."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from pbx_console.branding import dns
from pbx_console.lib import nameservers
from tests.dns import DnsServer

HERE = "nordbel.example"


@pytest.fixture
def names(settings: Any) -> Iterator[DnsServer]:
    """Ask a server of our own and nobody else."""
    with DnsServer() as server:
        settings.DNS_SERVERS = [server.address]
        settings.SPF_INCLUDE = "_spf.mail.example"
        settings.DKIM_SELECTORS = ["key1"]
        settings.DKIM_ZONE = "mail.example"
        yield server


def _found(names: DnsServer) -> dict[str, dns.Finding]:
    return {finding.name: finding for finding in dns.check_sender(HERE)}


def test_it_reads_the_texts_of_a_name(names: DnsServer) -> None:
    names.set(f"_verify.{HERE}", "TXT", "8d1f", "other")
    assert sorted(dns.txt(f"_verify.{HERE}")) == ["8d1f", "other"]
    assert dns.txt(f"_verify.other.{HERE}") == []


def test_it_joins_the_pieces_of_a_long_text(names: DnsServer) -> None:
    names.set(HERE, "TXT", "a" * 700)
    assert dns.txt(HERE) == ["a" * 700]


def test_it_knows_nobody_answered_from_there_is_nothing(names: DnsServer) -> None:
    names.broken.add("broken.example")
    with pytest.raises(dns.Unanswered) as error:
        dns.txt("broken.example")
    assert error.value.lame
    assert dns.txt("nothing.example") == []


def test_it_does_not_blame_the_domain_for_our_own_silence(
    names: DnsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nameservers, "LIFETIME", 0.2)
    names.silent.add("silent.example")
    with pytest.raises(dns.Unanswered) as error:
        dns.txt("silent.example")
    assert not error.value.lame


def test_it_trusts_public_addresses_only(names: DnsServer, settings: Any) -> None:
    names.set(HERE, "CNAME", "edge.example.")
    names.set("edge.example", "A", "9.9.9.9", "10.0.0.1", "127.0.0.1", "203.0.113.7")
    names.set("edge.example", "AAAA", "2620:fe::fe", "::1", "fe80::1")
    assert dns.addresses(HERE) == ["9.9.9.9", "2620:fe::fe"]
    settings.PUBLIC_ADDRESSES = ["203.0.113.7"]
    assert "203.0.113.7" in dns.addresses(HERE)
    assert dns.aliases(HERE) == ["edge.example"]


def test_it_says_what_is_missing_and_what_to_add(names: DnsServer) -> None:
    found = _found(names)
    assert {finding.state for finding in found.values()} == {"missing"}
    assert found["SPF"].record == "v=spf1 include:_spf.mail.example ~all"
    assert found["DKIM"].record_name == f"key1._domainkey.{HERE}"
    assert found["DKIM"].record == "key1._domainkey.mail.example"
    assert found["DMARC"].record_name == f"_dmarc.{HERE}"


def test_it_is_content_with_the_right_records(names: DnsServer) -> None:
    names.set(HERE, "TXT", "v=spf1 mx include:_spf.mail.example -all", "something else")
    names.set(f"key1._domainkey.{HERE}", "CNAME", "key1._domainkey.mail.example.")
    names.set("key1._domainkey.mail.example", "TXT", "v=DKIM1; k=rsa; p=MIGf")
    names.set(f"_dmarc.{HERE}", "TXT", "v=DMARC1; p=reject")
    assert {finding.state for finding in _found(names).values()} == {"good"}


@pytest.mark.parametrize(
    ("record", "mended"),
    [
        ("v=spf1 mx -all", "v=spf1 include:_spf.mail.example mx -all"),
        (
            "v=spf1 include:_spf.mail.example +all",
            "v=spf1 include:_spf.mail.example ~all",
        ),
        ("v=spf1", "v=spf1 include:_spf.mail.example ~all"),
        (
            "v=spf1 redirect=other.example",
            "v=spf1 include:_spf.mail.example redirect=other.example",
        ),
    ],
)
def test_it_mends_an_spf_record(names: DnsServer, record: str, mended: str) -> None:
    names.set(HERE, "TXT", record)
    spf = _found(names)["SPF"]
    assert (spf.state, spf.record) == ("wrong", mended)


def test_it_refuses_two_records_and_too_many_lookups(names: DnsServer) -> None:
    names.set(HERE, "TXT", "v=spf1 mx -all", "v=spf1 a -all")
    assert "several" in _found(names)["SPF"].words
    includes = " ".join(f"include:{n}.example" for n in range(10))
    names.set(HERE, "TXT", f"v=spf1 include:_spf.mail.example {includes} -all")
    assert "ten lookups" in _found(names)["SPF"].words


def test_it_sees_a_withdrawn_key_and_an_unknown_policy(names: DnsServer) -> None:
    names.set(f"key1._domainkey.{HERE}", "TXT", "v=DKIM1; p=")
    names.set(f"_dmarc.{HERE}", "TXT", "v=DMARC1; p=sometimes")
    found = _found(names)
    assert (found["DKIM"].state, found["DMARC"].state) == ("wrong", "wrong")


def test_the_parent_domain_may_hold_the_policy(names: DnsServer) -> None:
    names.set("_dmarc.nordbel.example", "TXT", "v=DMARC1; p=quarantine")
    found = {f.name: f for f in dns.check_sender("mail.nordbel.example")}
    assert found["DMARC"].state == "good"


def test_it_says_when_nobody_answers(names: DnsServer) -> None:
    names.broken.update((HERE, f"_dmarc.{HERE}", f"key1._domainkey.{HERE}"))
    assert {finding.state for finding in _found(names).values()} == {"unknown"}


def test_it_asks_no_server_for_a_name_that_is_none(names: DnsServer) -> None:
    for name in ("a" * 64 + ".example", "..", ".".join(["a" * 60] * 6)):
        with pytest.raises(dns.Unanswered):
            dns.txt(name)
    assert names.asked == []


@limits(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(text=st.text(max_size=300))
def test_whatever_a_record_says_a_finding_comes_out(
    names: DnsServer, text: str
) -> None:
    words = text.encode("ascii", "replace").decode()
    for name in (HERE, f"_dmarc.{HERE}", f"key1._domainkey.{HERE}"):
        names.set(name, "TXT", "v=spf1 " + words.replace("\n", " "))
    assert len(_found(names)) == 3
