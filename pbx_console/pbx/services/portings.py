"""Portings: an order, its steps with dates, and what happens to the numbers at the end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import AuditEntry, Customer, Reseller
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services import audit, undo
from pbx_console.lib import numbering
from pbx_console.lib.e164 import NumberError
from pbx_console.pbx.models import Did, NumberRange, Porting, Trunk
from pbx_console.pbx.services.dids import delete_did, save_did
from pbx_console.pbx.services.nouns import store
from pbx_console.pbx.services.number_ranges import check_new, delete_range, save_range

FIELDS = [
    "direction",
    "numbers",
    "stem",
    "digits",
    "carrier",
    "reference",
    "holder",
    "wanted_on",
]
FIELDS += ["agreed_on", "destination", "note"]
MOST = 200  # numbers of one order
State = Porting.State
STEPS: dict[str, tuple[State, ...]] = {
    State.DRAFT: (State.SENT, State.CANCELLED),
    State.SENT: (State.CONFIRMED, State.REJECTED, State.CANCELLED),
    State.CONFIRMED: (State.DONE, State.REJECTED, State.CANCELLED),
    State.REJECTED: (State.SENT, State.CANCELLED),
    State.DONE: (),
    State.CANCELLED: (),
}


@transaction.atomic
def save_porting(
    actor: Actor,
    *,
    customer: Customer | None = None,
    porting: Porting | None = None,
    **values: Any,
) -> Porting:
    """Create or change an order. What was sent keeps its numbers and its direction."""
    porting = porting or Porting(customer=customer)
    if not porting.is_open:
        raise ValidationError(_("This porting is over and stays as it is."))
    fixed = {"numbers", "stem", "digits", "direction"} & set(values)
    if porting.state not in (State.DRAFT, State.REJECTED) and any(
        getattr(porting, name) != values[name] for name in fixed
    ):
        raise ValidationError(
            {"numbers": _("It was sent with these numbers. Cancel it to change them.")}
        )
    wanted = values.get("numbers", porting.numbers)
    direction = values.get("direction", porting.direction)
    stem, digits = (values.get(n, getattr(porting, n)) for n in ("stem", "digits"))
    _check_numbers(porting, direction, wanted, alone=not stem)
    if stem or digits:
        _check_block(porting, direction, stem, digits)
    return store(actor, porting, FIELDS, values)


def _check_block(
    porting: Porting, direction: str, stem: str, digits: int | None
) -> None:
    """Raise ValidationError for a range that cannot come, or cannot leave."""
    if not stem or not digits:
        words = _("A range is its stem and the number of digits behind it.")
        raise ValidationError({"digits" if stem else "stem": words})
    customer = porting.customer
    if direction == Porting.Direction.OUT:
        held = NumberRange.objects.filter(customer=customer, stem=stem, digits=digits)
        if not held.exists():
            words = _("The customer holds no such range.")
            raise ValidationError({"stem": words})
        return
    check_new(NumberRange(stem=stem, digits=digits, customer=customer))
    for other in _open_orders(porting).exclude(stem=""):
        if stem.startswith(other.stem) or other.stem.startswith(stem):
            words = _("%(number)s is on another order.") % {"number": stem}
            raise ValidationError({"stem": words})


def _open_orders(porting: Porting) -> QuerySet[Porting]:
    rows = Porting.objects.filter(customer=porting.customer, direction="in")
    return rows.exclude(pk=porting.pk).exclude(state__in=[State.DONE, State.CANCELLED])


def _check_numbers(
    porting: Porting, direction: str, numbers: list[str], *, alone: bool
) -> None:
    if (alone and not numbers) or len(numbers) > MOST:
        raise ValidationError({"numbers": _("Name 1 to 200 numbers, or a range.")})
    problems = _foreign if direction == Porting.Direction.OUT else _impossible
    refused = list(problems(porting, numbers))
    if refused:
        raise ValidationError({"numbers": refused})


def _foreign(porting: Porting, numbers: list[str]) -> Iterable[str]:
    """Yield what cannot leave: numbers that the customer does not hold."""
    rows = Did.objects.filter(customer=porting.customer, number__in=numbers)
    for number in sorted(set(numbers) - set(rows.values_list("number", flat=True))):
        yield _("%(number)s is no number of this customer.") % {"number": number}


def _impossible(porting: Porting, numbers: list[str]) -> Iterable[str]:
    """Yield what cannot come: impossible numbers, and those on another open order."""
    ordered = {n for row in _open_orders(porting) for n in row.numbers}
    with as_everyone("numbers held already"):
        rows = Did.objects.filter(number__in=numbers)
        held = set(rows.values_list("number", flat=True))
    for number in numbers:
        if number in held:
            yield _("%(number)s cannot be ported in.") % {"number": number}
        elif number in ordered:
            yield _("%(number)s is on another order.") % {"number": number}
        else:
            try:
                numbering.check_holdable(number)
            except NumberError as error:
                yield f"{number}: {_(str(error))}"


@transaction.atomic
def take_step(
    actor: Actor,
    *,
    porting: Porting,
    state: str,
    agreed_on: date | None = None,
    reason: str = "",
    trunk: Trunk | None = None,
) -> Porting:
    """Note how far an order is. Done: the numbers are live, or they have ended.

    Raises ValidationError for a step that cannot follow, or lacks its date or reason.
    """
    porting = undo.locked(
        Porting.objects.select_related("customer__reseller", "destination").filter(
            pk=porting.pk
        )
    )
    if state not in STEPS[porting.state]:
        raise ValidationError(_("This step cannot follow. Look at the page again."))
    before = audit.snapshot(porting, ["state", "agreed_on", "reason"])
    _note(porting, state, agreed_on, reason)
    if state == State.DONE:
        _finish(actor, porting, trunk)
    porting.full_clean(exclude=["trunk"])
    porting.save()
    after = audit.snapshot(porting, ["state", "agreed_on", "reason"])
    verb = f"porting.{state}"
    audit.record(actor, verb, porting, key=str(porting.pk), before=before, after=after)
    return porting


def _note(porting: Porting, state: str, agreed_on: date | None, reason: str) -> None:
    if state == State.SENT and porting.wanted_on is None:
        raise ValidationError(_("Say for which day first."))
    if state == State.CONFIRMED and agreed_on is None:
        raise ValidationError({"agreed_on": _("Type the day that was agreed.")})
    if state == State.REJECTED and not reason.strip():
        raise ValidationError({"reason": _("Type the reason that was given.")})
    porting.state = state
    porting.agreed_on = agreed_on if state == State.CONFIRMED else porting.agreed_on
    porting.reason = reason.strip() if state == State.REJECTED else ""
    setattr(porting, f"{state}_at", timezone.now())


def _finish(actor: Actor, porting: Porting, trunk: Trunk | None) -> None:
    """Bring the numbers to life, or let them end."""
    customer = porting.customer
    if porting.direction == Porting.Direction.OUT:
        for did in Did.objects.filter(customer=customer, number__in=porting.numbers):
            delete_did(actor, save_did(actor, did=did, customer=None))
        for block in NumberRange.objects.filter(customer=customer, stem=porting.stem):
            delete_range(actor, save_range(actor, number_range=block, customer=None))
        return
    with as_everyone("numbers ported in"):
        carrier = trunk or _usual_trunk(customer.reseller)
        for number in porting.numbers:
            save_did(
                actor,
                number=number,
                trunk=carrier,
                reseller=customer.reseller,
                customer=customer,
                destination=porting.destination,
            )
        if porting.stem:
            save_range(
                actor,
                stem=porting.stem,
                digits=porting.digits,
                trunk=carrier,
                reseller=customer.reseller,
                customer=customer,
                fallback=porting.destination,
            )


def _usual_trunk(reseller: Reseller) -> Trunk:
    """Return the trunk that brings the reseller's numbers, else any that may."""
    last = Did.objects.filter(reseller=reseller).order_by("-pk").first()
    if last is not None:
        return last.trunk
    own = Trunk.objects.filter(is_active=True, reseller=reseller).first()
    found = own or Trunk.objects.filter(is_active=True, reseller=None).first()
    if found is None:
        raise ValidationError(_("There is no trunk that could bring these numbers."))
    return found


@undo.way("porting.saved", family="porting", right="porting.manage")
def _undo_save(actor: Actor, entry: AuditEntry) -> Porting:
    porting = undo.locked(Porting.objects.filter(pk=entry.object_key))
    values = undo.values_before(porting, entry, FIELDS)
    return save_porting(actor, porting=porting, **values)
