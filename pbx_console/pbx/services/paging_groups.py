"""Saving and deleting paging groups."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import Customer
from pbx_console.pbx.models.extensions import Extension
from pbx_console.pbx.models.paging_groups import PagingGroup
from pbx_console.pbx.services.nouns import drop, store

FIELDS = ["number", "name", "talks_back"]
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
    store(actor, group, FIELDS, values)
    if members is not None:
        group.members.set(_checked(customer, list(members)))
    return group


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
    drop(actor, paging_group, FIELDS)
