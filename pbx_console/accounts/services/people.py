"""Adding people. Invitations by mail are a later step; this is the verb below them."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import Customer, Membership, Reseller, User
from pbx_console.accounts.services import audit


@transaction.atomic
def add_person(
    actor: Actor,
    *,
    email: str,
    name: str,
    password: str,
    role: str,
    reseller: Reseller | None = None,
    customer: Customer | None = None,
    extension_number: str = "",
) -> User:
    """Create a person in the realm of `reseller` with one role. Raises ValidationError."""
    realm = customer.reseller if customer else reseller
    user = User(email=email, name=name, reseller=realm)
    validate_password(password, user)
    user.set_password(password)
    user.full_clean()
    user.save()
    Membership.objects.create(
        user=user,
        role=role,
        reseller=realm,
        customer=customer,
        extension_number=extension_number,
    )
    audit.record(actor, "person.added", user, after={"email": user.email, "role": role})
    return user
