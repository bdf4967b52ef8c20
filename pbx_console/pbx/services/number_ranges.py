"""Ranges with direct dialling in: into stock, to a reseller, to a customer."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Length
from django.utils.translation import gettext as _

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import AuditEntry, Customer
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services import audit, undo
from pbx_console.accounts.services.quotas import Quota, look_again, take
from pbx_console.lib import numbering
from pbx_console.lib.e164 import NumberError
from pbx_console.pbx.models import Destination, Did, NumberRange
from pbx_console.pbx.numbering import lock_numbering, ranges_with
from pbx_console.pbx.services.dids import show_numbers

FIELDS = ["stem", "digits", "trunk", "reseller", "customer", "fallback", "name_prefix"]
HELD = ["stem", "digits", "customer", "fallback", "name_prefix"]
LONGEST = 16  # E.164 with the plus


@transaction.atomic
def save_range(
    actor: Actor, *, number_range: NumberRange | None = None, **values: Any
) -> NumberRange:
    """Create or change a range. The next call uses it.

    Raises ValidationError, also when it shares numbers with anything held anywhere.
    """
    block = number_range or NumberRange()
    unsaved = block.pk is None
    seen = FIELDS if unsaved else [n for n in FIELDS if n in values or n in HELD]
    before = {} if unsaved else _logged(block, seen)
    customer, reseller = block.customer, block.reseller
    holders = {block.customer_id}
    for name in FIELDS:
        if name in values:
            setattr(block, name, values[name])
    _follow_owner(block)
    block.full_clean(exclude=[name for name in FIELDS if name not in seen])
    _refuse_impossible(block)
    refuse_overlap(block)
    arrives = (
        block.customer if block.customer != customer else None,
        block.reseller if block.reseller != reseller else None,
    )
    take(actor, Quota.NUMBERS, *arrives, adding=block.size)
    block.save()
    if (customer, reseller) != (block.customer, block.reseller):
        look_again(customer, reseller)
    show_numbers(holders | {block.customer_id})
    verb = "numberrange.created" if unsaved else "numberrange.saved"
    after = _logged(block, seen)
    audit.record(actor, verb, block, key=block.stem, before=before, after=after)
    return block


def _logged(block: NumberRange, fields: list[str]) -> dict[str, Any]:
    """Return what the log keeps; carriers are named for free stock only, as in `dids`."""
    hidden = {"trunk"} if block.reseller_id is not None else set()
    return audit.snapshot(block, [name for name in fields if name not in hidden])


def _follow_owner(block: NumberRange) -> None:
    if block.customer is None:
        block.fallback, block.name_prefix = None, ""
        return
    if block.reseller_id not in (None, block.customer.reseller_id):
        raise ValidationError({"customer": _("Choose one of your customers.")})
    block.reseller = block.customer.reseller
    if block.fallback and block.fallback.customer_id != block.customer_id:
        raise ValidationError({"fallback": _("Choose one of this customer's.")})


def _refuse_impossible(block: NumberRange) -> None:
    if len(block.last) > LONGEST:
        raise ValidationError({"digits": _("A number has at most 15 digits.")})
    try:
        numbering.check_holdable(block.first)
    except NumberError as error:
        raise ValidationError({"stem": _(str(error))}) from error


def check_new(block: NumberRange) -> None:
    """Raise ValidationError when this range could not be added today."""
    block.clean_fields(exclude=["trunk"])
    _refuse_impossible(block)
    refuse_overlap(block)


def refuse_overlap(block: NumberRange) -> None:
    """Raise ValidationError when a number or range stands in this range already.

    The answer does not say whose it is.
    """
    lock_numbering()
    longest = len(block.stem) + block.digits
    with as_everyone("overlapping numbers"):
        numbers = Did.objects.filter(number__startswith=block.stem)
        taken = numbers.annotate(n=Length("number")).filter(n__lte=longest).exists()
        others = NumberRange.objects.exclude(pk=block.pk)
        inside = others.filter(stem__startswith=block.stem)
        taken |= inside.annotate(n=Length("stem")).filter(n__lte=longest).exists()
        taken |= any(row.pk != block.pk for row in ranges_with(block.stem))
    if taken:
        words = _("Numbers of this range are in use already; it cannot be added.")
        raise ValidationError({"stem": words})


@transaction.atomic
def delete_range(actor: Actor, block: NumberRange) -> None:
    """Take a range out of stock. Raises ValidationError while a customer holds it."""
    if block.customer_id is not None:
        raise ValidationError(_("Take the range from the customer first."))
    before = _logged(block, FIELDS)
    audit.record(actor, "numberrange.deleted", block, key=block.stem, before=before)
    block.delete()
    look_again(block.reseller)


def direct_numbers(customer: Customer) -> list[tuple[str, Destination]]:
    """Return the outside number of everything that can be dialled directly."""
    found = []
    for block in customer.ranges.all():
        rows = Destination.objects.filter(customer=customer, number__isnull=False)
        found += [
            (f"{block.stem}{row.number}", row)
            for row in rows
            if len(str(row.number)) <= block.digits
        ]
    return found


def _right(entry: AuditEntry) -> str:
    changed = undo.changed_names(entry)
    if changed & {"stem", "digits", "trunk", "reseller"}:
        return "numbers.stock"
    return (
        "numbers.route" if changed <= {"fallback", "name_prefix"} else "numbers.manage"
    )


@undo.way("numberrange.saved", family="numberrange", right=_right)
def _undo_save(actor: Actor, entry: AuditEntry) -> NumberRange:
    rows = NumberRange.objects.select_related("customer__reseller", "fallback")
    block = undo.locked(rows.filter(stem=entry.object_key))
    values = undo.values_before(block, entry, FIELDS)
    return save_range(actor, number_range=block, **values)
