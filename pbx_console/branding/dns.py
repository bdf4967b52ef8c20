"""Questions to the domain name system: proofs of domains, and the sender's records.

What comes back is a stranger's text: it is compared and cut, never followed. `Unanswered`
means that nobody could say; an empty list means that somebody said there is nothing.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.conf import settings
from django.utils.translation import gettext as _

from pbx_console.lib.nameservers import Unanswered, ask

__all__ = ["Finding", "Unanswered", "addresses", "aliases", "check_sender", "txt"]
LONGEST = 2048  # characters read of one record
SPF_LOOKUPS = 10  # RFC 7208, 4.6.4
State = Literal["good", "missing", "wrong", "unknown"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one of the sender's records says, and the record to copy if it must change."""

    name: str
    state: State
    words: str
    record_name: str = ""
    record_type: str = "TXT"
    record: str = ""


# ── lookups ──────────────────────────────────────────────────────────────────────────


def txt(name: str) -> list[str]:
    """Return the texts at a name. Raises Unanswered."""
    texts = [b"".join(record.strings) for record in _ask(name, "TXT")]
    return [text.decode("utf-8", "replace")[:LONGEST] for text in texts]


def addresses(name: str) -> list[str]:
    """Return the public addresses of a name, CNAMEs followed. Raises Unanswered.

    An address of a private network proves nothing, unless the settings call it ours.
    """
    found = [record.address for kind in ("A", "AAAA") for record in _ask(name, kind)]
    return [address for address in found if _is_public(address)]


def _is_public(address: str) -> bool:
    ours = address in settings.PUBLIC_ADDRESSES
    return ours or ipaddress.ip_address(address).is_global


def aliases(name: str) -> list[str]:
    """Return the names that a name leads to by CNAME. Raises Unanswered."""
    return [
        record.target.to_text(omit_final_dot=True).lower()
        for record in _ask(name, "CNAME")
    ]


def _ask(name: str, kind: str) -> list[Any]:
    return ask(name, kind, settings.DNS_SERVERS)


# ── may we send in this domain's name? ───────────────────────────────────────────────


def check_sender(domain: str, selectors: Sequence[str] | None = None) -> list[Finding]:
    """Return what receivers of mail from this domain will find: SPF, DKIM, DMARC.

    `selectors` are the names of our DKIM keys (default: the setting).
    """
    wanted = settings.DKIM_SELECTORS if selectors is None else selectors
    asked: list[tuple[Any, tuple[str, ...]]] = [(_spf, (domain,))]
    asked += [(_dkim, (domain, selector)) for selector in wanted]
    asked += [(_dmarc, (domain,))]
    return [_found(check, arguments) for check, arguments in asked]


def _found(check: Any, arguments: tuple[str, ...]) -> Finding:
    try:
        found: Finding = check(*arguments)
    except Unanswered:
        words = _("The name servers of this domain did not answer. Check again later.")
        return Finding(NAMES[check], "unknown", words)
    return found


def _spf(domain: str) -> Finding:
    records = [r for r in txt(domain) if r.lower().split(" ")[0] == "v=spf1"]
    ours = f"include:{settings.SPF_INCLUDE}" if settings.SPF_INCLUDE else ""
    state, words, record = _spf_verdict(records, ours)
    at = domain if record else ""
    return Finding("SPF", state, words, record_name=at, record=record)


def _spf_verdict(records: list[str], ours: str) -> tuple[State, str, str]:
    if not records:
        words = _("No record says which servers may send for this domain.")
        return "missing", words, " ".join(filter(None, ["v=spf1", ours, "~all"]))
    if len(records) > 1:
        words = _("There are several SPF records, so receivers ignore all. Keep one.")
        return "wrong", words, _spf_with(records[0], ours)
    return _one_spf(records[0], ours)


def _one_spf(record: str, ours: str) -> tuple[State, str, str]:
    terms = record.lower().split()
    if "+all" in terms or "all" in terms:
        words = _("The record lets everybody send in this domain’s name.")
        return "wrong", words, _spf_with(record, ours)
    if ours and ours.lower() not in (term.lstrip("+") for term in terms):
        words = _("The record does not name our mail servers.")
        return "wrong", words, _spf_with(record, ours)
    if sum(map(_costs_a_lookup, terms)) > SPF_LOOKUPS:
        words = _("The record needs more than ten lookups, so receivers ignore it.")
        return "wrong", words, ""
    return "good", _("Our mail servers may send for this domain."), ""


def _costs_a_lookup(term: str) -> bool:
    name = term.lstrip("+-~?").partition(":")[0].partition("/")[0]
    return name in {"include", "a", "mx", "ptr", "exists"} or name.startswith(
        "redirect="
    )


def _spf_with(record: str, ours: str) -> str:
    """Return the record with our servers in it, before what it says of all others."""
    terms = [t for t in record.split()[1:] if t.lower() not in ("+all", "all")]
    if ours.lower() not in (term.lower().lstrip("+") for term in terms):
        terms.insert(0, ours)
    if not any(t.lower().endswith("all") or t.startswith("redirect=") for t in terms):
        terms.append("~all")
    return " ".join(["v=spf1", *filter(None, terms)])


def _dkim(domain: str, selector: str) -> Finding:
    name = f"{selector}._domainkey.{domain}"
    keys = [record.replace(" ", "") for record in txt(name)]
    keys = [key for key in keys if "p=" in key]
    target = f"{selector}._domainkey.{settings.DKIM_ZONE}" if settings.DKIM_ZONE else ""
    if not keys:
        words = _("The key that signs our mails is not published.")
        return Finding("DKIM", "missing", words, name, "CNAME", target)
    if not any(part[2:] for k in keys for part in k.split(";") if part[:2] == "p="):
        words = _("The published key is empty: it was withdrawn.")
        return Finding("DKIM", "wrong", words, name, "CNAME", target)
    return Finding("DKIM", "good", _("The key that signs our mails is published."))


def _dmarc(domain: str) -> Finding:
    labels = domain.split(".")
    for start in range(max(1, len(labels) - 1)):
        at = ".".join(labels[start:])
        rules = [r for r in txt(f"_dmarc.{at}") if r.lower().startswith("v=dmarc1")]
        if rules:
            return _dmarc_verdict(rules, f"_dmarc.{at}")
    words = _("No record says what receivers do with forged mails.")
    name, record = f"_dmarc.{domain}", "v=DMARC1; p=none"
    return Finding("DMARC", "missing", words, record_name=name, record=record)


def _dmarc_verdict(rules: list[str], name: str) -> Finding:
    if len(rules) > 1:
        words = _("There are several DMARC records, so receivers ignore all. Keep one.")
        return Finding("DMARC", "wrong", words, name, "TXT", rules[0])
    tags = dict(_tag(part) for part in rules[0].lower().split(";"))
    said = {
        "none": _("Forged mails are delivered and reported."),
        "quarantine": _("Forged mails are put aside."),
        "reject": _("Forged mails are refused."),
    }.get(tags.get("p", ""))
    if said is None:
        words = _("The record names no policy that receivers know.")
        return Finding("DMARC", "wrong", words, name, "TXT", "v=DMARC1; p=none")
    return Finding("DMARC", "good", said)


def _tag(part: str) -> tuple[str, str]:
    key, _equals, value = part.partition("=")
    return key.strip(), value.strip()


NAMES = {_spf: "SPF", _dkim: "DKIM", _dmarc: "DMARC"}
