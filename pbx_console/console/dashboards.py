"""What waits for a person, and the tables of the first pages. Read only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pbx_console.accounts.models import Customer, Reseller
from pbx_console.accounts.rights import has_right
from pbx_console.accounts.services.quotas import WARN_AT
from pbx_console.console import figures, limit_lines
from pbx_console.console.formats import count
from pbx_console.console.templatetags.pages import reason
from pbx_console.metering.models import Follower, Leg, PriceList, UsageExport
from pbx_console.pbx import presence
from pbx_console.pbx.models import Extension, Trunk

FULL = WARN_AT
"""From this part of a quota on, somebody should look."""
MOST = 200
"""No work list counts further: "200 or more" is all a person needs."""


@dataclass(frozen=True, slots=True)
class Task:
    """One line of the work list: what, why, and the one next step."""

    state: str
    icon: str
    title: str
    text: str
    url: str
    action: str


@dataclass(frozen=True, slots=True)
class Margin:
    """One customer of the margin table; `most` is the largest sale of the table."""

    customer: Customer
    usage: figures.Usage
    most: int

    @property
    def cost(self) -> int:
        """Return the purchase in the currency shown."""
        return self.usage.wholesale.get(self.usage.currency, 0)

    @property
    def sales(self) -> int:
        """Return the sales in the currency shown."""
        return self.usage.retail.get(self.usage.currency, 0)

    @property
    def gain(self) -> int:
        """Return sales without purchase."""
        return self.sales - self.cost


@dataclass(frozen=True, slots=True)
class Step:
    """One node of the first login's checklist: live, pending or nothing."""

    state: str
    title: str
    text: str
    url: str = ""
    action: str = ""


def phones() -> presence.Phones:
    """Return all phones of the scope together; not known while the listener is away."""
    totals = dict(
        Extension.objects.order_by()
        .values_list("customer__code")
        .annotate(n=Count("id"))
        .values_list("customer__code", "n")
    )
    each = presence.phones(totals).values()
    known = [p for p in each if p.here is not None]
    total = sum(totals.values())
    if not known:
        return presence.Phones(total, None, None)
    here = sum(p.here or 0 for p in known)
    return presence.Phones(total, here, sum(p.talking or 0 for p in known))


def margins(first: dt.date, most: int = 8) -> list[Margin]:
    """Return the customers with the largest sales of the month, losses included."""
    usage = figures.usage_by("customer_id", first)
    ranked = sorted(usage.items(), key=lambda pair: -sum(pair[1].retail.values()))
    losing = [pair for pair in ranked[most:] if pair[1].is_loss]
    chosen = dict(ranked[: most - min(len(losing), 2)] + losing[:2])
    named = Customer.objects.in_bulk(list(chosen))
    largest = max(
        (max([*u.retail.values(), *u.wholesale.values(), 0]) for u in chosen.values()),
        default=0,
    )
    return [Margin(named[pk], u, largest) for pk, u in chosen.items() if pk in named]


def todo(*, money: bool) -> list[Task]:
    """Return what a reseller's people should look at, the most urgent first."""
    tasks = _stopped() + _not_live()
    return tasks + (_unpriced() + _without_tariff() if money else []) + _full_quotas()


def platform_todo() -> list[Task]:
    """Return what platform staff should look at, the most urgent first."""
    return _followers() + _not_live() + _trunks_not_live() + _unpriced() + _unsealed()


def _stopped() -> list[Task]:
    """Customers whose calls outside are stopped by a limit."""
    lines = [line for line in limit_lines.near() if line.state == "failed"]
    return [
        Task(
            "failed",
            "shield-half",
            _("Calls of %(name)s to the outside are stopped") % {"name": line.name},
            _("A limit is used up: %(what)s.") % {"what": line.words},
            line.url,
            _("Open the limits"),
        )
        for line in lines[:3]
    ]


def _not_live() -> list[Task]:
    """Return saves that the PBX refused, or has not confirmed for more than a minute."""
    waiting = Extension.objects.exclude(revision=F("live_revision"))
    failed = list(waiting.exclude(failure="").select_related("customer")[:MOST])
    if failed:
        return [_failed(failed)]
    late = timezone.now() - dt.timedelta(minutes=1)
    found = len(waiting.filter(saved_at__lt=late).values_list("pk")[:MOST])
    title = ngettext(
        "%(n)s change waits for the telephone system",
        "%(n)s changes wait for the telephone system",
        found,
    )
    text = _("The telephone system has not answered yet. It is asked again by itself.")
    task = Task("pending", "clock", title % {"n": count(found)}, text, *_where())
    return [task] if found else []


def _failed(failed: list[Extension]) -> Task:
    first = failed[0]
    title = ngettext(
        "%(n)s change has not reached the telephone system",
        "%(n)s changes have not reached the telephone system",
        len(failed),
    )
    text = _("%(where)s: %(reason)s It is tried again by itself.")
    words = {
        "where": f"{first.customer.name}, {first.number}",
        "reason": reason(first),
    }
    title %= {"n": count(len(failed))}
    return Task("failed", "alert-triangle", title, text % words, *_where())


def _where() -> tuple[str, str]:
    return reverse("console:extensions") + "?state=waiting", _("Look at them")


def _trunks_not_live() -> list[Task]:
    failed = Trunk.objects.exclude(revision=F("live_revision")).exclude(failure="")
    return [
        Task(
            "failed",
            "plug-connected",
            _("Trunk %(name)s is not live") % {"name": row.name},
            reason(row),
            reverse("console:trunk", args=[row.slug]),
            _("Look at it"),
        )
        for row in failed[:3]
    ]


def _unpriced() -> list[Task]:
    rows = Leg.objects.needing_attention()[:MOST]
    found = list(rows.values_list("state", "reason"))
    tasks = []
    unpriced = [row for row in found if row[0] == Leg.State.UNPRICED]
    others = [row for row in found if row[0] != Leg.State.UNPRICED]
    url = reverse("console:calls") + "?state=attention"
    if unpriced:
        title = ngettext(
            "%(n)s call without a price", "%(n)s calls without a price", len(unpriced)
        )
        text = _(
            "Counted, but not charged yet. They are rated as soon as a price exists."
        )
        title %= {"n": count(len(unpriced))}
        tasks.append(Task("pending", "coin-euro", title, text, url, _("See which")))
    if others:
        title = ngettext("%(n)s call to check", "%(n)s calls to check", len(others))
        text = str(Leg.Reason(others[0][1]).label) if others[0][1] else ""
        title %= {"n": count(len(others))}
        if all(row[0] == Leg.State.FLAGGED for row in others):
            url = reverse("console:flagged_calls")
        tasks.append(Task("failed", "alert-circle", title, text, url, _("See which")))
    return tasks


def _without_tariff() -> list[Task]:
    rows = Customer.objects.filter(is_active=True, tariff=None).order_by("name")[:MOST]
    found = list(rows)
    if not found:
        return []
    title = ngettext(
        "%(n)s customer without a price list",
        "%(n)s customers without a price list",
        len(found),
    )
    names = ", ".join(row.name for row in found[:3])
    return [
        Task(
            "pending",
            "receipt-euro",
            title % {"n": count(len(found))},
            _("%(names)s. Calls are counted, but not priced.") % {"names": names},
            reverse("console:customer_tariff", args=[found[0].code]),
            _("Choose a list"),
        )
    ]


def _full_quotas() -> list[Task]:
    rows = (
        Customer.objects.filter(is_active=True)
        .annotate(n=Count("extensions"))
        .filter(n__gte=F("max_extensions") * FULL)
        .order_by("name")
    )
    text = _("%(used)s of %(allowed)s extensions are in use.")
    return [
        Task(
            "pending",
            "gauge",
            _("%(name)s has almost no extensions left") % {"name": row.name},
            text % {"used": row.n, "allowed": row.max_extensions},
            reverse("console:customer_edit", args=[row.code]),
            _("Change the limit"),
        )
        for row in rows[:3]
    ]


def _followers() -> list[Task]:
    late = timezone.now() - dt.timedelta(minutes=2)
    rows = Follower.objects.filter(Q(seen_at__lt=late) | ~Q(note=""))
    text = _("Last seen %(at)s, %(n)s bytes behind. The journal keeps everything.")
    return [
        Task(
            "failed",
            "activity",
            _("The journal of %(node)s is not being read") % {"node": row.node},
            row.note
            or text
            % {
                "at": timezone.localtime(row.seen_at).strftime("%H:%M:%S"),
                "n": count(row.behind_bytes),
            },
            reverse("console:home") + "#h-journal",
            _("See the journal"),
        )
        for row in rows[:3]
    ]


def _unsealed() -> list[Task]:
    """Exports that began and did not end, or whose sums did not match."""
    rows = UsageExport.objects.select_related("reseller").order_by("-claimed_at")[:MOST]
    wrong = [row for row in rows if row.is_sealed and not row.reconciles]
    return [
        Task(
            "failed",
            "file-export",
            _("Export %(n)s of %(name)s does not match its calls")
            % {"n": row.sequence, "name": row.reseller.name},
            _("The difference stands on its page."),
            reverse("console:export", args=[row.reseller.slug, row.sequence]),
            _("Look at it"),
        )
        for row in wrong[:3]
    ]


def latest_exports() -> list[tuple[Reseller, UsageExport | None]]:
    """Return each reseller with its latest export."""
    latest = (
        UsageExport.objects.filter(reseller=OuterRef("pk"))
        .order_by("-sequence")
        .values("pk")[:1]
    )
    rows = list(
        Reseller.objects.filter(is_active=True).annotate(last=Subquery(latest))[:50]
    )
    found = UsageExport.objects.in_bulk([row.last for row in rows if row.last])
    return [(row, found.get(row.last)) for row in rows]


def first_steps(request: Any) -> list[Step]:
    """Return the checklist of a reseller without customers: what is done, what is next."""
    role = request.membership.role
    drawn: list[Step] = []
    for done, right, step in _first(request):
        here = not done and all(row.state == "live" for row in drawn)
        may = not done and (not right or has_right(role, right))
        drawn.append(
            replace(
                step,
                state="live" if done else "pending" if here else "",
                url=step.url if may else "",
            )
        )
    return drawn


def _first(request: Any) -> Iterator[tuple[bool, str, Step]]:
    """Yield done or not, the right it takes, and the step."""
    brand = request.brand
    text = _("Password and second factor are set.")
    yield True, "", Step("", _("Account protected"), text)
    text = _("Logo, colour and words: what your customers see. Looks can wait a day.")
    yield brand.versions.exists(), "brand.manage", _step("brand", _("Brand"), text)
    text = _("You are using it: %(host)s.")
    host = request.get_host().partition(":")[0]
    yield True, "", Step("", _("Domain proven"), text % {"host": host})
    text = _("What your customers pay. Without one, calls are counted but not priced.")
    retail = PriceList.objects.filter(kind=PriceList.Kind.RETAIL)
    step = _step("price_list_new", _("Price list"), text)
    yield retail.exists(), "prices.manage", step
    text = _("Name, extensions, numbers. Then type the account into a phone and call.")
    yield False, "", Step("", _("First customer, first phone"), text)


def _step(page: str, title: str, text: str) -> Step:
    action = {"brand": _("Dress the console"), "price_list_new": _("Add a price list")}
    return Step("", title, text, reverse(f"console:{page}"), action[page])
