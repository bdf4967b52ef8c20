"""How much of its contract somebody uses, and that nobody uses more.

Each room counts its own nouns: it registers a counter (`@counted(…)`), because this room
knows none of them. What is added is checked at two levels, the customer's and then its
reseller's; a customer's limits may add up to more than the reseller has. Both rows are
locked, always in that order, so that two at the same time queue up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.mailer import mail
from pbx_console.accounts.models import Customer, QuotaWarning, Reseller, Role, User
from pbx_console.accounts.scope import as_everyone

Owner = Customer | Reseller
Counter = Callable[[Owner], int]
MEGABYTE = 1_000_000
WARN_AT = 0.8
"""From this part on the owners of the reseller are told, once."""
ARMED_BELOW = 0.7
"""Below this part the next crossing is told again."""


class Quota(models.TextChoices):
    """What is counted. Calls at the same time are counted by the telephone system."""

    EXTENSIONS = "extensions", gettext_lazy("Extensions")
    NUMBERS = "numbers", gettext_lazy("Numbers")
    STORAGE = "storage", gettext_lazy("Storage, MB")


FIELDS = {
    Quota.EXTENSIONS: "max_extensions",
    Quota.NUMBERS: "max_numbers",
    Quota.STORAGE: "max_storage_mb",
}
_counters: dict[Quota, list[Counter]] = {}


class QuotaExceeded(ValidationError):
    """No more of this. The text is for the person who tried."""


@dataclass(frozen=True, slots=True)
class Use:
    """How much of one quota is used; storage in whole megabytes."""

    quota: Quota
    used: int
    limit: int

    @property
    def share(self) -> float:
        """Return the used part, 1.0 when full; more when the limit was lowered."""
        return self.used / self.limit if self.limit else float(self.used > 0)

    @property
    def is_near(self) -> bool:
        """Say whether somebody should look at it."""
        return bool(self.limit) and self.share >= WARN_AT

    @property
    def is_full(self) -> bool:
        """Say whether nothing can be added."""
        return self.used >= self.limit


def counted(quota: Quota) -> Callable[[Counter], Counter]:
    """Register who counts what an owner uses (storage in bytes).

    Several rooms may count one quota; what they find is added up."""

    def register(counter: Counter) -> Counter:
        _counters.setdefault(quota, []).append(counter)
        return counter

    return register


def use_of(owner: Owner, quota: Quota, adding: int = 0) -> Use:
    """Return what an owner uses of one quota, with `adding` more (bytes of storage).

    Everything of a reseller counts, whoever asks: an administrator of one customer
    fills the reseller's contract too.
    """
    with as_everyone("counting a quota"):
        used = sum(counter(owner) for counter in _counters.get(quota, ()))
    used += adding
    if quota is Quota.STORAGE:
        used = -(-used // MEGABYTE)
    return Use(quota, used, int(getattr(owner, FIELDS[quota])))


def uses_of(owner: Owner) -> list[Use]:
    """Return all quotas of an owner that somebody counts."""
    return [use_of(owner, quota) for quota in Quota if quota in _counters]


def take(actor: Actor, quota: Quota, *owners: Owner | None, adding: int = 1) -> None:
    """Make sure that `adding` more fit at each owner, a customer before its reseller, and
    hold the places until the transaction ends.

    Raises QuotaExceeded. When 80 % are crossed, the owners of the reseller are told.
    """
    for owner in owners:
        if owner is not None:
            held = _held(owner)
            use = use_of(held, quota, adding)
            if use.used > use.limit:
                raise QuotaExceeded(_refusal(actor, held, use), code="quota")
            _watch(held, use)


def check_storage(
    actor: Actor, reseller: Reseller | None, customer: Customer | None, size: int
) -> None:
    """Make sure that a file of `size` bytes fits; the platform's own always do."""
    take(actor, Quota.STORAGE, customer, reseller, adding=size)


def look_again(*owners: Owner | None) -> None:
    """Tell of, or arm again, every quota of these owners: something was removed, or a
    limit changed."""
    for owner in owners:
        if owner is not None:
            for use in uses_of(owner):
                _watch(owner, use)


def _held(owner: Owner) -> Owner:
    """Return the owner as it stands, held until the transaction ends."""
    with as_everyone("holding a place in a quota"):
        if isinstance(owner, Reseller):
            return Reseller.objects.select_for_update(no_key=True).get(pk=owner.pk)
        rows = Customer.objects.select_related("reseller")
        return rows.select_for_update(of=("self",), no_key=True).get(pk=owner.pk)


# ── words ────────────────────────────────────────────────────────────────────────────


def _refusal(actor: Actor, owner: Owner, use: Use) -> str:
    """Return why, and who can help, in words of the level that reads it.

    A customer never learns of a level above its reseller, nor how much that has.
    """
    if actor.level == "customer":
        return _refusal_to_customer(owner, use)
    words = {"name": owner.name, "n": use.limit}
    if isinstance(owner, Customer) or actor.level != "reseller":
        next_step = _("Raise the limit first.")
    else:
        next_step = _("Ask for a higher limit of your contract.")
    return f"{_all_of(use) % words} {next_step}"


def _refusal_to_customer(owner: Owner, use: Use) -> str:
    reseller = owner.reseller if isinstance(owner, Customer) else owner
    words = {"who": _support(reseller), "n": use.limit}
    if isinstance(owner, Reseller):
        return _no_more(use) % words
    who = _("%(who)s can raise the limit.") % words
    return f"{_all_in_use(use) % words} {who}"


def _support(reseller: Reseller) -> str:
    """Return whom to ask: the name on the pages, with the way to its support if known."""
    with as_everyone("support contact"):
        brand: Any = getattr(reseller, "brand", None)
    name = getattr(brand, "product_name", "") or reseller.name
    ways = [getattr(brand, n, "") for n in ("support_email", "support_phone")]
    known = ", ".join(way for way in ways if way)
    return f"{name} ({known})" if known else str(name)


def _all_in_use(use: Use) -> str:
    if use.quota is Quota.EXTENSIONS:
        return ngettext(
            "The only extension of this contract is in use.",
            "All %(n)s extensions of this contract are in use.",
            use.limit,
        )
    if use.quota is Quota.NUMBERS:
        return ngettext(
            "The only number of this contract is in use.",
            "All %(n)s numbers of this contract are in use.",
            use.limit,
        )
    return _("The %(n)s MB of this contract are in use.")


def _all_of(use: Use) -> str:
    if use.quota is Quota.EXTENSIONS:
        return ngettext(
            "The only extension of %(name)s is in use.",
            "All %(n)s extensions of %(name)s are in use.",
            use.limit,
        )
    if use.quota is Quota.NUMBERS:
        return ngettext(
            "The only number of %(name)s is in use.",
            "All %(n)s numbers of %(name)s are in use.",
            use.limit,
        )
    return _("The %(n)s MB of %(name)s are in use.")


def _no_more(use: Use) -> str:
    if use.quota is Quota.EXTENSIONS:
        return _("No extension can be added now. %(who)s can change that.")
    if use.quota is Quota.NUMBERS:
        return _("No number can be added now. %(who)s can change that.")
    return _("No file can be added now. %(who)s can change that.")


# ── the warning at 80 % ──────────────────────────────────────────────────────────────


def _watch(owner: Owner, use: Use) -> None:
    """Tell once when 80 % are crossed; below 70 % the next crossing is told again."""
    place = _place(owner) | {"kind": use.quota.value}
    with as_everyone("quota warning"):
        if use.is_near:
            _warned, now = QuotaWarning.objects.get_or_create(**place)
            if now:
                _tell(owner, use)
        elif use.share < ARMED_BELOW:
            QuotaWarning.objects.filter(**place).delete()


def _place(owner: Owner) -> dict[str, Any]:
    if isinstance(owner, Customer):
        return {"reseller_id": owner.reseller_id, "customer": owner}
    return {"reseller_id": owner.pk, "customer": None}


def _tell(owner: Owner, use: Use) -> None:
    """Queue one mail for each owner of the reseller; never for a customer."""
    reseller = owner.reseller if isinstance(owner, Customer) else owner
    path = f"/customers/{owner.code}/" if isinstance(owner, Customer) else "/"
    people = User.objects.filter(
        is_active=True,
        memberships__role=Role.OWNER,
        memberships__reseller=reseller,
        memberships__customer=None,
    )
    context = {
        "what": use.quota.label,
        "owner": owner.name if isinstance(owner, Customer) else "",
        "used": use.used,
        "limit": use.limit,
        "percent": round(use.share * 100),
        "path": path,
    }
    if getattr(reseller, "brand", None) is None:
        return  # nobody can be written to in a name that does not exist yet
    for person in people.distinct():
        mail(
            reseller,
            "quota_warning",
            to=person.email,
            name=person.name,
            language=person.language,
            context=context,
        )
