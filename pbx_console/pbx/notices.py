"""Mails of this room: to the people of an owner, each in the own language and brand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pbx_console.accounts.mailer import mail
from pbx_console.accounts.models import Customer, Reseller, Role, User
from pbx_console.accounts.scope import as_everyone


def to_owners(reseller: Reseller | None, kind: str, context: Mapping[str, Any]) -> None:
    """Queue a mail for each owner of a reseller, or for each of the platform's staff."""
    role = Role.OPERATOR if reseller is None else Role.OWNER
    with as_everyone("people of an owner"):
        people = User.objects.filter(
            is_active=True,
            memberships__role=role,
            memberships__reseller=reseller,
            memberships__customer=None,
        ).distinct()
        tell(reseller, kind, people, context)


def to_customer(customer: Customer, kind: str, context: Mapping[str, Any]) -> None:
    """Queue a mail for the administrators of a customer and the owners of its reseller."""
    with as_everyone("people of a customer"):
        admins = User.objects.filter(
            is_active=True,
            memberships__role=Role.ADMIN,
            memberships__customer=customer,
        )
        tell(customer.reseller, kind, admins.distinct(), context)
    to_owners(customer.reseller, kind, context)


def tell(
    reseller: Reseller | None,
    kind: str,
    people: Iterable[User],
    context: Mapping[str, Any],
) -> None:
    """Queue a mail for each of these people, in the name of a reseller or the platform."""
    if reseller is not None and getattr(reseller, "brand", None) is None:
        return  # nobody can be written to in a name that does not exist yet
    for person in people:
        mail(
            reseller,
            kind,
            to=person.email,
            name=person.name,
            language=person.language,
            context=context,
        )
