"""The rail: nouns per level, and the wire of levels. Pure of HTML; base.html draws it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from pbx_console.accounts.features import allowed
from pbx_console.accounts.models import Customer, Membership
from pbx_console.accounts.rights import has_right
from pbx_console.console.logos import brand_allows, logo_url
from pbx_console.console.owners import Shown


@dataclass(frozen=True, slots=True)
class Entry:
    """One noun: address name (without `console:`), word, icon, right to see it, and the
    feature that a customer's contract must have for it."""

    name: str
    word: Any
    icon: str
    right: str = ""
    feature: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """An entry with its address, ready to be drawn."""

    url: str
    word: str
    icon: str
    current: bool


@dataclass(frozen=True, slots=True)
class Level:
    """One node of the wire of levels. `url` is empty for a plain name."""

    word: str
    url: str
    current: bool
    opens: bool = False


@dataclass(frozen=True, slots=True)
class Rail:
    """Everything that base.html's rail shows."""

    groups: list[list[Link]] = field(default_factory=list)
    levels: list[Level] = field(default_factory=list)
    customers: list[Customer] = field(default_factory=list)
    acting_in: str = ""
    way_out: str = ""
    draft_end: str = ""  # where "End" of a look at the brand's draft goes
    own_logo: str = ""  # the customer's own, beside the reseller's
    roles: list[Membership] = field(default_factory=list)


OVERVIEW = Entry("home", _("Overview"), "home")
TOP: tuple[tuple[Entry, ...], ...] = (
    (
        OVERVIEW,
        Entry("resellers", _("Resellers"), "building-store", "resellers.manage"),
        Entry("customers", _("Customers"), "users", "customers.view"),
        Entry("extensions", _("Extensions"), "hash", "extensions.view"),
        Entry("phones", _("Phones"), "device-landline-phone", "phones.view"),
        Entry("numbers", _("Numbers"), "number", "numbers.view"),
        Entry("trunks", _("Trunks"), "server", "trunks.view"),
    ),
    (
        Entry("calls", _("Calls"), "phone-call", "calls.view"),
        Entry("limits_overview", _("Limits"), "shield-half", "limits.view"),
        Entry("exports", _("Usage exports"), "file-export", "exports.view"),
        Entry("price_lists", _("Price lists"), "receipt-euro", "prices.view"),
    ),
    (
        Entry("people", _("People"), "user", "people.reseller"),
        Entry("brand", _("Brand"), "palette", "brand.view"),
        Entry("domains", _("Domains"), "world", "domains.manage"),
        Entry("brand_mails", _("Mails"), "mail", "mail.view"),
        Entry("bans", _("Bans"), "ban", "bans.manage"),
        Entry("audit", _("Audit log"), "history", "audit.view"),
    ),
)
INSIDE: tuple[tuple[Entry, ...], ...] = (
    (
        Entry("home", _("Overview"), "home", "own.view"),
        Entry("customer", _("Overview"), "home", "extensions.view"),
        Entry("customer_extensions", _("Extensions"), "hash", "extensions.view"),
        Entry("customer_phones", _("Phones"), "device-landline-phone", "phones.view"),
        Entry("customer_numbers", _("Numbers"), "number", "numbers.view"),
    ),
    (
        Entry("call_path", _("Call path"), "route", "callflow.view"),
        Entry("groups", _("Hunt groups"), "users-group", "callflow.view"),
        Entry("queues", _("Queues"), "stack-2", "callflow.view"),
        Entry("live", _("Live"), "activity", "callflow.view"),
        Entry("own_queues", _("My queues"), "stack-2", "own.view"),
        Entry("menus", _("Menus"), "dialpad", "callflow.view"),
        Entry("schedules", _("Schedules"), "calendar-time", "callflow.view"),
        Entry("voicemail_boxes", _("Voicemail"), "mailbox", "callflow.view"),
        Entry("prompts", _("Prompts and music"), "music", "callflow.view"),
        Entry(
            "rooms", _("More destinations"), "dots-circle-horizontal", "callflow.view"
        ),
        Entry("phonebook", _("Phonebook"), "address-book", "callflow.view"),
        Entry(
            "recordings",
            _("Recordings"),
            "microphone",
            "recordings.listen",
            "recording",
        ),
    ),
    (
        Entry("customer_calls", _("Calls"), "phone-call", "calls.view", "call_list"),
        Entry("limits", _("Limits"), "shield-half", "limits.view"),
        Entry("sites", _("Sites and emergency"), "map-pin", "extensions.view"),
        Entry("shown_numbers", _("Numbers shown"), "eye", "numbers.view"),
    ),
    (
        Entry("customer_people", _("People"), "user", "people.customer", "people"),
        Entry("customer_logo", _("Logo"), "photo", "brand.customer", "customer_logo"),
        Entry("customer_audit", _("Audit log"), "history", "audit.view"),
    ),
)


def rail(request: Any, shown: Shown) -> Rail:
    """Return the rail for a signed-in person and the owner on screen."""
    membership = request.membership
    return Rail(
        groups=_groups(request, shown),
        levels=_levels(membership, shown),
        customers=_nearby(membership, shown),
        acting_in=_acting_in(membership, shown),
        way_out=_url("home"),
        draft_end=_draft_end(request),
        own_logo=logo_url(request, shown.customer),
        roles=_other_roles(request),
    )


def _draft_end(request: Any) -> str:
    dress = getattr(request, "dress", None)
    if dress is None:
        return ""
    if dress.reseller_id == request.brand.reseller_id:
        return _url("brand_close")
    return _url("reseller_brand_close", slug=dress.reseller.slug)


def _groups(request: Any, shown: Shown) -> list[list[Link]]:
    inside = shown.customer is not None
    kwargs = {"code": shown.customer.code} if shown.customer else {}
    groups = INSIDE if inside else TOP
    drawn = [[_link(request, entry, kwargs) for entry in group] for group in groups]
    return [[link for link in group if link] for group in drawn if any(group)]


def _link(request: Any, entry: Entry, kwargs: dict[str, str]) -> Link | None:
    if entry.right and not has_right(request.membership.role, entry.right):
        return None
    if not _in_contract(request.membership, entry.feature):
        return None
    if entry.name == "customer_logo" and not _may_show_logo(request):
        return None
    url = _url(entry.name, **kwargs) or _url(entry.name)
    if not url:
        return None
    return Link(url, str(entry.word), entry.icon, _is_current(request.path, url, entry))


def _may_show_logo(request: Any) -> bool:
    customer = getattr(getattr(request, "shown", None), "customer", None)
    customer = customer or request.membership.customer
    if not customer or not allowed("customer_logo", customer):
        return False
    return brand_allows(request, customer)


def _in_contract(membership: Any, feature: str) -> bool:
    if not feature or membership.level != "customer":
        return True
    return allowed(feature, membership.customer)


def _is_current(path: str, url: str, entry: Entry) -> bool:
    if entry.name in ("home", "customer", "brand"):
        return path == url
    return path.startswith(url)


def _url(name: str, **kwargs: str) -> str:
    """Return an address, or nothing for a noun that has no page here."""
    try:
        return reverse(f"console:{name}", kwargs=kwargs or None)
    except NoReverseMatch:
        return ""


def _levels(membership: Any, shown: Shown) -> list[Level]:
    """Platform staff see three levels, resellers two, customers a plain name."""
    if membership.level == "customer":
        return [Level(str(membership.customer), "", current=True)]
    nodes = [_own_level(membership, shown)]
    if membership.level == "operator" and shown.reseller is not None:
        slug = shown.reseller.slug
        here = shown.customer is None
        nodes.append(
            Level(str(shown.reseller), _url("reseller", slug=slug), current=here)
        )
    return [*nodes, _customer_level(shown)]


def _own_level(membership: Any, shown: Shown) -> Level:
    if membership.level == "operator":
        here = shown.reseller is None and shown.customer is None
        return Level(str(_("Platform")), _url("home"), current=here)
    return Level(str(membership.reseller), _url("home"), current=shown.customer is None)


def _customer_level(shown: Shown) -> Level:
    url = _url("customers")
    if shown.customer is not None:
        return Level(str(shown.customer), url, current=True, opens=True)
    total = _customers(shown).count()
    word = ngettext("%(n)s customer", "All %(n)s customers", total) % {"n": total}
    return Level(word, url, current=False, opens=True)


def _customers(shown: Shown) -> models.QuerySet[Customer]:
    """Return the customers below the level on screen (the scope bounds them anyway)."""
    rows = Customer.objects.all()
    return rows.filter(reseller=shown.reseller) if shown.reseller else rows


def _nearby(membership: Any, shown: Shown, most: int = 8) -> list[Customer]:
    """Return customers for the popover: the ones changed last come first."""
    if membership.level == "customer":
        return []
    rows = _customers(shown).filter(is_active=True)
    return list(rows.order_by("-changed_at")[:most])


def _other_roles(request: Any) -> list[Membership]:
    """Return the roles to switch between; nothing for one role or while acting."""
    rows: list[Membership] = getattr(request, "memberships", [])
    return rows if len(rows) > 1 and not request.membership.acted_by else []


def _acting_in(membership: Any, shown: Shown) -> str:
    """Return whose account platform staff work in; nothing for one's own."""
    if membership.level != "operator":
        return ""
    return str(shown.customer or shown.reseller or "")
