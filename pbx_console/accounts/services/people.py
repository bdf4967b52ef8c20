"""People and their roles: adding, changing, deactivating. Invitations have a room of
their own (`invitations`). Whose rights change is signed out everywhere at once."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import Customer, Membership, Reseller, User
from pbx_console.accounts.services import audit, reach
from pbx_console.accounts.services.ending import end_sessions

FIELDS = ["role", "extension_number"]


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


@transaction.atomic
def add_role(
    actor: Actor,
    *,
    user: User,
    role: str,
    customer: Customer | None = None,
    extension_number: str = "",
) -> Membership:
    """Give a person of the realm one more role. Raises ValidationError."""
    reach.check_role(actor, role, user.reseller, customer)
    reach.check_extension(role, customer, extension_number)
    membership = Membership.objects.create(
        user=user,
        role=role,
        reseller=user.reseller,
        customer=customer,
        extension_number=extension_number,
    )
    _note(actor, "person.role_given", membership, after=_snapshot(membership))
    return membership


def _snapshot(membership: Membership) -> dict[str, object]:
    return audit.snapshot(membership, FIELDS)


def _note(
    actor: Actor,
    verb: str,
    membership: Membership,
    *,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    """Write about a person into the log of the owner of one of the person's roles."""
    customer = membership.customer
    user = membership.user
    audit.record(actor, verb, user, customer=customer, before=before, after=after)


def _held(actor: Actor, membership: Membership) -> Membership:
    """Return the row, locked, if the actor may decide about its role and person."""
    rows = Membership.objects.select_related("user", "reseller", "customer__reseller")
    locked = rows.select_for_update(of=("self",)).filter(pk=membership.pk).first()
    if locked is None:
        raise ValidationError(_("Somebody else took this role away a moment ago."))
    reach.check_not_self(actor, locked.user)
    reach.check_role(actor, locked.role, locked.reseller, locked.customer)
    return locked


@transaction.atomic
def change_role(
    actor: Actor, *, membership: Membership, role: str, extension_number: str = ""
) -> Membership:
    """Change role and extension at the same level. Raises ValidationError."""
    held = _held(actor, membership)
    reach.check_role(actor, role, held.reseller, held.customer)
    reach.check_extension(role, held.customer, extension_number)
    if role != held.role:
        reach.check_not_last(held)
    before = _snapshot(held)
    held.role, held.extension_number = role, extension_number
    held.full_clean()
    held.save()
    end_sessions([held.user_id])
    _note(actor, "person.role_changed", held, before=before, after=_snapshot(held))
    return held


@transaction.atomic
def take_role(actor: Actor, *, membership: Membership) -> None:
    """Take one role away. The account stays, with whatever other roles it has."""
    held = _held(actor, membership)
    reach.check_not_last(held)
    _note(actor, "person.role_taken", held, before=_snapshot(held))
    held.delete()
    end_sessions([held.user_id])


@transaction.atomic
def rename(actor: Actor, *, user: User, name: str) -> User:
    """Change how a person is called."""
    reach.check_covers(actor, user)
    before = audit.snapshot(user, ["name"])
    user.name = name
    user.full_clean()
    user.save(update_fields=["name"])
    after = audit.snapshot(user, ["name"])
    _note(actor, "person.renamed", _any_role(user), before=before, after=after)
    return user


@transaction.atomic
def set_active(actor: Actor, *, user: User, active: bool) -> None:
    """Let a person in again, or out: then every session and device ends at once."""
    reach.check_not_self(actor, user)
    reach.check_covers(actor, user)
    roles = list(Membership.objects.filter(user_id=user.pk))
    for membership in [] if active else roles:
        reach.check_not_last(membership)
    user.is_active = active
    user.save(update_fields=["is_active"])
    if not active:
        end_sessions([user.pk])
    verb = "person.activated" if active else "person.deactivated"
    _note(actor, verb, _any_role(user))


def _any_role(user: User) -> Membership:
    """Return a role of the person in the scope, fully loaded."""
    rows = Membership.objects.select_related("user", "customer__reseller")
    return rows.filter(user_id=user.pk).order_by("customer_id", "pk")[0]
