"""What the DNS says of one claimed name. Asks, writes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext_noop

from pbx_console.branding import dns
from pbx_console.branding.models import BrandDomain

NO_RECORD = gettext_noop("The TXT record is not there yet.")
OTHER_RECORD = gettext_noop("The TXT record has another value.")
RECORD_GONE = gettext_noop("The TXT record is gone.")
ELSEWHERE = gettext_noop("The name leads to another server.")
NOWHERE = gettext_noop("The name leads to no server.")
LAME = gettext_noop("The name servers of this domain are broken.")
SILENCE = gettext_noop("The name servers did not answer.")
TAKEN = gettext_noop("This name cannot be used.")


@dataclass(frozen=True, slots=True)
class Proof:
    """What was found. `known` is False when nobody could say."""

    proven: bool
    leads_here: bool
    problem: str = ""
    known: bool = True


def ask(domain: BrandDomain) -> Proof:
    """Ask for the proof of a name, and where it leads. Takes seconds at worst."""
    try:
        texts = dns.txt(domain.proof_name)
        if domain.proof_token not in (text.strip() for text in texts):
            return Proof(False, False, _absent(domain, texts))
        problem = where(domain.host)
    except dns.Unanswered as error:
        return Proof(False, False, LAME if error.lame else SILENCE, known=error.lame)
    return Proof(True, not problem, problem)


def _absent(domain: BrandDomain, texts: list[str]) -> str:
    if texts:
        return OTHER_RECORD
    return RECORD_GONE if domain.proven_at else NO_RECORD


def where(host: str) -> str:
    """Return what is wrong with the place a name leads to; "" if it is ours, or if the
    settings do not say where ours is. Raises dns.Unanswered."""
    if not (settings.PUBLIC_NAME or settings.PUBLIC_ADDRESSES):
        return ""
    if settings.PUBLIC_NAME and settings.PUBLIC_NAME in dns.aliases(host):
        return ""
    found = set(dns.addresses(host))
    ours = set(settings.PUBLIC_ADDRESSES)
    if not ours:
        ours = set(dns.addresses(settings.PUBLIC_NAME))
    if not found:
        return NOWHERE
    return "" if found <= ours else ELSEWHERE
