"""Hunt groups: save with their members, delete what nothing leads to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import AuditEntry, Customer
from pbx_console.accounts.services import undo
from pbx_console.pbx.models import Destination, HuntGroup, HuntGroupMember, Kind
from pbx_console.pbx.services.nouns import drop, store, undeletes, unmakes

FIELDS = [
    *("number", "name", "strategy", "ring_seconds", "overflow", "name_prefix"),
    "is_recorded",
]
LOGGED = ("listed_members", "member_ids")
MOST_MEMBERS = 50


@transaction.atomic
def save_group(
    actor: Actor,
    *,
    customer: Customer | None = None,
    group: HuntGroup | None = None,
    members: list[Destination] | None = None,
    **values: Any,
) -> HuntGroup:
    """Create or change a group; `members` in the order in which they ring.

    Raises ValidationError for a group that would contain itself.
    """
    group = group or HuntGroup(customer=customer)
    refuse_own(group, values.get("overflow"), "overflow")
    if members is not None:
        _check_members(group, members)

    def parts() -> None:
        if members is not None:
            group.members.all().delete()
            HuntGroupMember.objects.bulk_create(
                HuntGroupMember(group=group, destination=chosen, position=place)
                for place, chosen in enumerate(members)
            )

    return store(actor, group, FIELDS, values, parts=parts, logged=LOGGED)


def refuse_own(noun: Any, destination: Destination | None, field: str) -> None:
    """Raise ValidationError when `destination` is the noun itself."""
    if destination is None or noun.pk is None:
        return
    if (destination.kind, destination.object_id) == (noun.kind, noun.pk):
        raise ValidationError({field: _("It cannot lead to itself.")})


def _check_members(group: HuntGroup, members: list[Destination]) -> None:
    for chosen in members:
        if chosen.customer_id != group.customer_id:
            raise ValidationError(_("Choose one of this customer's."))
        if chosen.kind not in (Kind.EXTENSION, Kind.GROUP):
            raise ValidationError(_("Members are extensions and groups."))
        if chosen.kind == Kind.GROUP and group.pk in _below([chosen.object_id]):
            words = _("%(name)s contains this group: it would ring in a circle.")
            raise ValidationError(words % {"name": chosen})
    if len({chosen.pk for chosen in members}) < len(members):
        raise ValidationError(_("Name each member once."))
    if len(members) > MOST_MEMBERS:
        raise ValidationError(_("50 members at most. Use a queue for more."))


def _below(groups: Iterable[int]) -> set[int]:
    """Return these groups and all groups in them."""
    seen: set[int] = set()
    new = set(groups)
    while new:
        seen |= new
        inside = HuntGroupMember.objects.filter(
            group__in=new, destination__kind=Kind.GROUP
        )
        new = set(inside.values_list("destination__object_id", flat=True)) - seen
    return seen


@transaction.atomic
def delete_group(actor: Actor, group: HuntGroup) -> None:
    """Delete a group. Raises ValidationError with the uses when something leads there."""
    drop(actor, group, [*FIELDS, *LOGGED])


@undo.way("huntgroup.saved", family="huntgroup", right="callflow.manage")
def _undo_save(actor: Actor, entry: AuditEntry) -> HuntGroup:
    group = undo.locked(HuntGroup.objects.filter(pk=entry.object_key))
    values = undo.values_before(group, entry, FIELDS)
    before = entry.before.get("member_ids")
    if before != entry.after.get("member_ids"):
        rows = Destination.objects.in_bulk(before)
        values["members"] = [rows[key] for key in before if key in rows]
    return save_group(actor, group=group, **values)


def _again(actor: Actor, group: HuntGroup, values: dict[str, Any]) -> HuntGroup:
    """Make a deleted group again, with those of its members that are still there."""
    known = values.pop("_before").get("member_ids") or []
    rows = Destination.objects.in_bulk(known)
    members = [rows[key] for key in known if key in rows]
    return save_group(actor, group=group, members=members, **values)


undeletes(HuntGroup, FIELDS, _again, right="callflow.manage")
unmakes(HuntGroup, delete_group, right="callflow.manage")
