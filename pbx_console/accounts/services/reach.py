"""Who may decide about whom. The scope bounds the level, the table in `rights` the roles.

A person may hold roles that the one who decides cannot see: what concerns the person as a
whole (name, deactivation) needs reach over every one of them.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import Customer, Membership, Reseller, Role, User
from pbx_console.accounts.models.memberships import CUSTOMER_ROLES, RESELLER_ROLES
from pbx_console.accounts.rights import may_give
from pbx_console.accounts.scope import as_everyone


def roles_of_level(
    reseller: Reseller | None, customer: Customer | None
) -> tuple[Role, ...]:
    """Return the roles that exist at a level."""
    if customer is not None:
        return CUSTOMER_ROLES
    return RESELLER_ROLES if reseller is not None else (Role.OPERATOR,)


def gives(actor: Actor, role: str) -> bool:
    """Say whether the actor may give or take this role."""
    return actor.level == "system" or may_give(actor.role, role)


def check_role(
    actor: Actor, role: str, reseller: Reseller | None, customer: Customer | None
) -> None:
    """Raise ValidationError for a role above the actor's or of another level."""
    if role not in roles_of_level(reseller, customer) or not gives(actor, role):
        raise ValidationError({"role": _("You cannot give this role.")})


def check_extension(role: str, customer: Customer | None, number: str) -> None:
    """Raise ValidationError for a number that is no extension of this customer."""
    if role == Role.END_USER and not number:
        message = _("Choose the extension that belongs to this person.")
        raise ValidationError({"extension_number": message})
    known = customer is not None and customer.extensions.filter(number=number).exists()
    if number and not known:
        message = _("There is no extension %(number)s.") % {"number": number}
        raise ValidationError({"extension_number": message})


def covers(actor: Actor, user: User) -> bool:
    """Say whether every role of a person is within the actor's scope and gift."""
    seen = {row.pk: row.role for row in Membership.objects.filter(user_id=user.pk)}
    with as_everyone("all roles of a person"):
        held = set(
            Membership.objects.filter(user_id=user.pk).values_list("pk", flat=True)
        )
    within = held == set(seen) and all(gives(actor, role) for role in seen.values())
    return bool(held) and within


def check_covers(actor: Actor, user: User) -> None:
    """Raise ValidationError where a person also belongs to somebody else."""
    if not covers(actor, user):
        message = _(
            "%(name)s also has a role elsewhere. Take the role away here instead."
        )
        raise ValidationError(message % {"name": user.name})


def check_not_self(actor: Actor, user: User) -> None:
    """Raise ValidationError for somebody who would lock the own door."""
    if actor.user is not None and actor.user.pk == user.pk:
        raise ValidationError(_("You cannot do this to yourself. Ask a colleague."))


def check_not_last(membership: Membership) -> None:
    """Raise ValidationError for the last owner or the last person of the platform.

    The rows stay locked, so that two people cannot remove each other at the same time.
    """
    if membership.role not in (Role.OWNER, Role.OPERATOR):
        return
    rows = Membership.objects.filter(
        role=membership.role, reseller=membership.reseller
    ).select_related("user")
    others = [
        row
        for row in rows.order_by("pk").select_for_update(of=("self", "user"))
        if row.user_id != membership.user_id and row.user.is_active
    ]
    if not others:
        raise ValidationError(
            _("This is the last owner. Give somebody else the role first.")
            if membership.role == Role.OWNER
            else _("This is the last person of the platform. Invite another one first.")
        )
