"""Saving and deleting paging groups."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import AuditEntry, Customer
from pbx_console.accounts.services import undo
from pbx_console.pbx.models.extensions import Extension
from pbx_console.pbx.models.paging_groups import PagingGroup
from pbx_console.pbx.services.nouns import drop, store, undeletes, unmakes

FIELDS = ["number", "name", "talks_back"]
LOGGED = ("listed_members", "member_ids")
MOST = 50
"""Phones that are called at once; more would be heard as an echo of each other."""


@transaction.atomic
def save_paging_group(
    actor: Actor,
    *,
    customer: Customer,
    paging_group: PagingGroup | None = None,
    members: Iterable[Extension] | None = None,
    **values: Any,
) -> PagingGroup:
    """Create or change a group; `members` replaces its phones. Raises ValidationError."""
    group = paging_group or PagingGroup(customer=customer)
    chosen = None if members is None else _checked(customer, list(members))

    def parts() -> None:
        if chosen is not None:
            group.members.set(chosen)

    return store(actor, group, FIELDS, values, parts=parts, logged=LOGGED)


def _checked(customer: Customer, members: list[Extension]) -> list[Extension]:
    if any(member.customer_id != customer.pk for member in members):
        raise ValidationError({"members": _("Choose phones of this customer.")})
    if len(members) > MOST:
        words = _("At most %(most)s phones.") % {"most": MOST}
        raise ValidationError({"members": words})
    return members


@transaction.atomic
def delete_paging_group(actor: Actor, paging_group: PagingGroup) -> None:
    """Delete a group unless something leads there."""
    drop(actor, paging_group, [*FIELDS, *LOGGED])


@undo.way("paginggroup.saved", family="paginggroup", right="callflow.manage")
def _undo_save(actor: Actor, entry: AuditEntry) -> PagingGroup:
    rows = PagingGroup.objects.select_related("customer")
    group = undo.locked(rows.filter(pk=entry.object_key))
    values = undo.values_before(group, entry, FIELDS)
    if "member_ids" in undo.changed_names(entry):
        undo.ensure_as_left(group, entry, ["member_ids"])
        values["members"] = _members_of(entry.before)
    return save_paging_group(
        actor, customer=group.customer, paging_group=group, **values
    )


def _members_of(before: dict[str, Any]) -> list[Extension]:
    """Return its extensions as they were, without those that are gone."""
    return list(Extension.objects.filter(pk__in=before.get("member_ids") or []))


def _again(actor: Actor, group: PagingGroup, values: dict[str, Any]) -> PagingGroup:
    members = _members_of(values.pop("_before"))
    return save_paging_group(
        actor,
        customer=group.customer,
        paging_group=group,
        members=members,
        **values,
    )


undeletes(PagingGroup, FIELDS, _again, right="callflow.manage")
unmakes(PagingGroup, delete_paging_group, right="callflow.manage")
