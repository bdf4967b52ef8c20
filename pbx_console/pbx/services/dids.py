"""Numbers: into stock, to a reseller, to a customer, to where they lead."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import AuditEntry, Customer, Reseller
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services import audit, undo
from pbx_console.accounts.services.quotas import Quota, look_again, take
from pbx_console.lib import numbering
from pbx_console.lib.e164 import NumberError
from pbx_console.pbx import projection, refresh, tasks
from pbx_console.pbx.models import Did, Porting, Trunk
from pbx_console.pbx.numbering import lock_numbering, ranges_with

HINTS = 50  # more are left to the sweep
FIELDS = ["number", "trunk", "reseller", "customer", "destination", "is_main"]
FIELDS += ["use", "name_prefix"]
HELD = ("number", "customer", "destination", "is_main", "use", "name_prefix")


@transaction.atomic
def save_did(actor: Actor, *, did: Did | None = None, **values: Any) -> Did:
    """Create or change a number. The dialplan asks the same row, so it holds at once.

    Raises ValidationError when owner, customer and destination do not fit together.
    """
    unsaved = did is None
    did = did or Did()
    seen = FIELDS if unsaved else [n for n in FIELDS if n in values or n in HELD]
    before = {} if unsaved else _logged(did, seen)
    holders = {did.customer_id}
    customer, reseller = did.customer, did.reseller
    for name in FIELDS:
        if name in values:
            setattr(did, name, values[name])
    _follow_owner(did)
    # A customer's administrator cannot read the trunk, and does not change it.
    did.full_clean(exclude=[name for name in FIELDS if name not in seen])
    if did.number != before.get("number"):
        _check_new_number(did)
    arrives = (
        did.customer if did.customer != customer else None,
        did.reseller if did.reseller != reseller else None,
    )
    take(actor, Quota.NUMBERS, *arrives)
    did.save()
    if (customer, reseller) != (did.customer, did.reseller):
        look_again(customer, reseller)
    show_numbers(holders | {did.customer_id})
    verb = "did.created" if unsaved else "did.saved"
    after = _logged(did, seen)
    audit.record(actor, verb, did, key=did.number, before=before, after=after)
    return did


def _check_new_number(did: Did) -> None:
    """Refuse what the country's plan does not know and what stands in a range."""
    try:
        numbering.check_holdable(did.number)
    except NumberError as error:
        raise ValidationError({"number": _(str(error))}) from error
    lock_numbering()
    with as_everyone("overlapping numbers"):
        taken = ranges_with(did.number)
    if taken:
        raise ValidationError({"number": _("This number cannot be used.")})


def _logged(did: Did, fields: list[str]) -> dict[str, Any]:
    """Return what the log keeps. Whoever holds a number reads its log, and must not
    learn which carriers the platform works with: the trunk is told of free stock only."""
    hidden = {"trunk"} if did.reseller_id is not None else set()
    return audit.snapshot(did, [name for name in fields if name not in hidden])


def uses_of_number(did: Did) -> list[str]:
    """Return who shows a number outside and which open orders name it, as texts."""
    shown = [_("Shown by %(name)s") % {"name": row} for row in did.shown_by.all()[:50]]
    orders = Porting.objects.filter(numbers__contains=[did.number])
    running = orders.exclude(state__in=("done", "cancelled"))
    return shown + [
        _("Porting, %(state)s") % {"state": row.get_state_display()} for row in running
    ]


def numbers_by_extension(customer: Customer) -> dict[int, list[str]]:
    """Return the outside numbers per extension key that lead straight to it."""
    found: dict[int, list[str]] = defaultdict(list)
    held = customer.dids.filter(destination__kind="extension").order_by("number")
    for key, number in held.values_list("destination__object_id", "number"):
        found[key].append(number)
    return found


def show_numbers(holders: set[int | None]) -> None:
    """Tell the PBX which number phones show now, so that it knows without asking."""
    changed = projection.follow_numbers(key for key in holders if key is not None)
    refresh.request(changed)
    for extension in changed[:HINTS]:
        tasks.hint(extension.endpoint_id)


def _follow_owner(did: Did) -> None:
    """Keep reseller, customer and destination in one line of ownership."""
    if did.customer is None:
        did.destination, did.is_main, did.name_prefix = None, False, ""
        return
    if did.reseller_id is not None and did.customer.reseller_id != did.reseller_id:
        raise ValidationError({"customer": _("Choose one of your customers.")})
    did.reseller = did.customer.reseller
    if did.destination and did.destination.customer_id != did.customer_id:
        raise ValidationError({"destination": _("Choose one of this customer's.")})


@transaction.atomic
def delete_did(actor: Actor, did: Did) -> None:
    """Remove a number that no customer holds. Raises ValidationError otherwise."""
    if did.customer_id is not None:
        raise ValidationError(_("Take the number from the customer first."))
    before = _logged(did, FIELDS)
    audit.record(actor, "did.deleted", did, key=did.number, before=before)
    did.delete()
    look_again(did.reseller)


@transaction.atomic
def add_dids(
    actor: Actor, *, numbers: list[str], trunk: Trunk, reseller: Reseller | None = None
) -> list[Did]:
    """Put numbers into stock, all or none.

    Raises ValidationError (`numbers` -> one message per number that cannot be added).
    """
    done, refused = [], []
    for number in numbers:
        try:
            done.append(save_did(actor, number=number, trunk=trunk, reseller=reseller))
        except ValidationError as error:
            refused.append(f"{number}: {' '.join(error.messages)}")
    if refused:
        raise ValidationError({"numbers": refused})
    return done


# ── taking it back ───────────────────────────────────────────────────────────────────


def _right(entry: AuditEntry) -> str:
    """Return what the form would have asked for: who may set each field differs."""
    changed = undo.changed_names(entry)
    if changed & {"number", "trunk", "reseller"}:
        return "numbers.stock"
    routing = {"destination", "use", "name_prefix"}
    return "numbers.route" if changed <= routing else "numbers.manage"


@undo.way("did.saved", family="did", right=_right)
def _undo_save(actor: Actor, entry: AuditEntry) -> Did:
    rows = Did.objects.select_related("customer__reseller", "destination")
    did = undo.locked(rows.filter(number=entry.object_key))
    return save_did(actor, did=did, **undo.values_before(did, entry, FIELDS))


@undo.way("did.deleted", family="did", right="numbers.stock")
def _undo_deletion(actor: Actor, entry: AuditEntry) -> Did:
    """Put a number into the platform's stock again; of others the trunk is not known."""
    if "trunk_id" not in entry.before:
        raise ValidationError(_("This cannot be taken back."))
    return save_did(actor, **undo.values_of(Did(), entry, FIELDS))
