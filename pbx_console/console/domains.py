"""What the page of domains shows: each name in words, its records, what can be done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from pbx_console.branding import names
from pbx_console.branding.models import Brand, BrandDomain
from pbx_console.branding.services.domain_checks import GRACE
from pbx_console.console import formats
from pbx_console.console.owners import reseller_for

LAMPS = {"proven": "live", "failing": "failed", "off": "off", "waiting": "pending"}


@dataclass(frozen=True, slots=True)
class Record:
    """One line for the DNS provider's form."""

    name: str
    kind: str
    value: str
    key: str  # of the element that is copied


@dataclass(frozen=True, slots=True)
class Row:
    """One name with the addresses of its actions."""

    domain: BrandDomain
    slug: str = ""

    @property
    def lamp(self) -> str:
        """Return the lamp of its state; proven with a problem is not live yet."""
        if self.domain.state == "proven" and self.domain.problem:
            return "pending"
        return LAMPS[self.domain.state]

    @property
    def title(self) -> str:
        """Return the name as people write it."""
        return names.shown(self.domain.host)

    @property
    def ascii(self) -> str:
        """Return the name as machines write it, where that differs."""
        return "" if self.title == self.domain.host else self.domain.host

    @property
    def is_ours(self) -> bool:
        """Say whether the platform vouches for it: nothing to prove, nothing to ask."""
        return not self.domain.proof_token

    @property
    def changes(self) -> bool:
        """Say whether the page should look again by itself."""
        return not self.is_ours and (self.domain.state == "waiting")

    @property
    def seen(self) -> str:
        """Return what the page has seen, to answer only what is new."""
        checked = self.domain.checked_at
        return f"{self.domain.state}-{checked.timestamp() if checked else 0:.0f}"

    @property
    def words(self) -> str:
        """Return its state as a sentence."""
        return {
            "proven": self._proven,
            "failing": self._failing,
            "off": self._off,
            "waiting": self._waiting,
        }[self.domain.state]()

    def _proven(self) -> str:
        domain = self.domain
        if domain.is_platform:
            return _(
                "Works from the beginning and stays, so that sign-in always works."
            )
        if domain.problem:
            return (
                _("Proven, but nobody can open it yet: %(problem)s") % self._problem()
            )
        if self.is_ours:
            return _("Set up for you; nothing to prove.")
        words = _("Proven since %(day)s and checked every day.")
        certificate = _("The certificate is requested at the first visit.")
        return f"{words} {certificate}" % {"day": formats.day(domain.proven_at)}

    def _failing(self) -> str:
        since = self.domain.failing_since
        assert since is not None
        values = self._problem() | {
            "since": formats.moment(since),
            "end": formats.moment(since + GRACE),
        }
        return (
            _("%(problem)s Failing since %(since)s; switched off on %(end)s.") % values
        )

    def _off(self) -> str:
        values = self._problem() | {"at": formats.moment(self.domain.switched_off_at)}
        return (
            _("Switched off on %(at)s: %(problem)s It works again with its record.")
            % values
        )

    def _waiting(self) -> str:
        if self.domain.checked_at is None:
            return _("Waiting for the DNS record.")
        values = self._problem() | {"at": formats.clock_time(self.domain.checked_at)}
        if self.domain.next_check_at is None:
            return (
                _("%(problem)s Not asked by itself any more; use Check now.") % values
            )
        return _("Waiting for the DNS record, asked at %(at)s. %(problem)s") % values

    def _problem(self) -> dict[str, str]:
        return {"problem": _(self.domain.problem) if self.domain.problem else ""}

    @property
    def records(self) -> list[Record]:
        """Return what must stand in the DNS: the proof, and the way to us."""
        domain = self.domain
        if self.is_ours or (domain.state == "proven" and not domain.problem):
            return []
        proof = Record(domain.proof_name, "TXT", domain.proof_token, f"r{domain.pk}-0")
        return [proof, *self._ways()]

    def _ways(self) -> list[Record]:
        host, key = self.domain.host, f"r{self.domain.pk}"
        if settings.PUBLIC_NAME:
            return [Record(host, "CNAME", settings.PUBLIC_NAME, f"{key}-1")]
        return [
            Record(host, "AAAA" if ":" in address else "A", address, f"{key}-{place}")
            for place, address in enumerate(settings.PUBLIC_ADDRESSES, start=1)
        ]

    @property
    def may_become_main(self) -> bool:
        """Say whether it could be the main one."""
        good = self.domain.state == "proven" and not self.domain.problem
        return good and not self.domain.is_primary

    @property
    def may_go(self) -> bool:
        """Say whether it can be removed."""
        return not self.domain.is_platform

    @property
    def urls(self) -> dict[str, str]:
        """Return the addresses of its actions."""
        actions = ("row", "check", "main", "remove")
        return {action: self._url(action) for action in actions}

    def _url(self, action: str) -> str:
        prefix = "reseller_" if self.slug else ""
        more = {"slug": self.slug} if self.slug else {}
        name = f"console:{prefix}domain_{action}"
        return reverse(name, kwargs={"host": self.domain.host, **more})


def brand_for(request: Any, slug: str) -> Brand:
    """Return the brand on screen: one's own, or that of a reseller below."""
    reseller = reseller_for(request, slug) if slug else _own(request)
    brand = Brand.objects.filter(reseller=reseller).first()
    if brand is None:
        raise Http404
    return brand


def _own(request: Any) -> Any:
    return request.membership.reseller


def row_for(request: Any, slug: str, host: str) -> Row:
    """Return one name of the brand on screen."""
    rows = brand_for(request, slug).domains.select_related("brand__reseller")
    domain = rows.filter(host=host).first()
    if domain is None:
        raise Http404
    return Row(domain, slug)


def list_url(slug: str) -> str:
    """Return the address of the list."""
    if slug:
        return reverse("console:reseller_domains", kwargs={"slug": slug})
    return reverse("console:domains")
