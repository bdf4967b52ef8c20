"""Whose limits are worth a look: what was reached or nearly so, or lifted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from pbx_console.accounts.models import Customer, Reseller
from pbx_console.console import limit_words
from pbx_console.pbx.models import Extension, Limit, LimitCrossing
from pbx_console.pbx.services.limits import spent

MOST = 50
LONGEST_WINDOW = timedelta(hours=26)


@dataclass(frozen=True, slots=True)
class Line:
    """An owner whose limits are worth a look, and its fullest measure."""

    owner: Reseller | Customer | Extension
    url: str
    bar: limit_words.Bar | None
    lifted_until: Any = None

    @property
    def state(self) -> str:
        """Return the word of its colour: `failed` is reached."""
        return self.bar.state if self.bar else ""

    @property
    def name(self) -> str:
        """Return whose it is."""
        if isinstance(self.owner, Extension):
            return f"{self.owner.customer.name}, {self.owner.number} {self.owner.name}"
        return self.owner.name

    @property
    def words(self) -> str:
        """Return the fullest measure with its figures."""
        if self.bar is None:
            return ""
        figures = {"used": self.bar.used_words, "cap": self.bar.cap_words}
        return f"{self.bar.title}, {_('%(used)s of %(cap)s') % figures}"


def near() -> list[Line]:
    """Return customers and extensions whose limits are reached, nearly so, or lifted;
    the fullest first."""
    found = [line_of(row) for row in _noticed()]
    lines = [line for line in found if line.state or line.lifted_until]
    return sorted(lines, key=lambda line: -(line.bar.percent if line.bar else 0))


def _noticed() -> list[Limit]:
    """Return the limits of customers that a mail was sent about in a window that may
    still run, and the lifted ones."""
    since = timezone.now() - LONGEST_WINDOW
    noticed = LimitCrossing.objects.filter(begins_at__gt=since, customer__isnull=False)
    owners = set(noticed.values_list("owner", flat=True)[: MOST * 4])
    customers = {int(owner[1:].partition("-")[0]) for owner in owners}
    rows = Limit.objects.select_related("customer__reseller", "extension__customer")
    found = list(rows.filter(customer__in=customers)) if customers else []
    lifted = rows.filter(lifted_until__gt=timezone.now(), customer__isnull=False)
    known = {row.pk: row for row in (*found, *lifted)}
    return [row for row in known.values() if row.owner in owners or row.lifted_until][
        :MOST
    ]


def line_of(limit: Limit) -> Line:
    """Return the owner of a limit with its fullest measure."""
    owner = limit.extension or limit.customer or limit.reseller
    found = limit_words.bars(spent(limit), limit_words.currency_of(owner))
    fullest = max(found, key=lambda bar: bar.percent, default=None)
    until = limit.lifted_until
    is_lifted = until is not None and until > timezone.now()
    return Line(owner, _url(owner), fullest, until if is_lifted else None)


def _url(owner: Reseller | Customer | Extension) -> str:
    if isinstance(owner, Reseller):
        return reverse("console:reseller_limits", args=[owner.slug])
    if isinstance(owner, Customer):
        return reverse("console:limits", args=[owner.code])
    place = [owner.customer.code, owner.number]
    return reverse("console:extension_limits", args=place)
