"""Inviting people by mail: once, for seven days, and only for who can read that mail.

The token is in the mail and nowhere else; the table keeps its SHA-256. Whoever holds it
has shown to own the address, so a person who exists already in the realm may be told so
on the invitation's page, and gets the further role after signing in.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.mailer import mail
from pbx_console.accounts.models import (
    Customer,
    Invitation,
    Membership,
    Reseller,
    User,
)
from pbx_console.accounts.models.invitations import digest, end_of_life, new_token
from pbx_console.accounts.models.resellers import Language
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services import audit, reach
from pbx_console.accounts.services.throttle import (
    TooManyMails,
    TooManyMailsThere,
    count_invitation,
)

FIELDS = ["email", "role", "extension_number"]
# Stands for a token's digest until the mail is written; SHA-256 in hex never begins so.
WAITING = "waiting:"


class InvitationGone(Exception):
    """Unknown, used, withdrawn, out of date or of another realm: all the same."""


class PersonExists(Exception):
    """The address has an account in this realm: sign in, then take the role."""


@transaction.atomic
def invite(
    actor: Actor,
    *,
    email: str,
    name: str,
    role: str,
    reseller: Reseller | None = None,
    customer: Customer | None = None,
    extension_number: str = "",
    language: str = "",
) -> Invitation:
    """Offer a role by mail. Raises ValidationError (field -> messages)."""
    realm = customer.reseller if customer else reseller
    invitation = Invitation(
        reseller=realm,
        customer=customer,
        email=email.strip().lower(),
        name=name,
        role=role,
        extension_number=extension_number,
        language=language or language_for(customer),
        invited_by=actor.user,
    )
    reach.check_role(actor, role, realm, customer)
    reach.check_extension(role, customer, extension_number)
    _check_new(invitation)
    _count(actor, invitation)
    write_mail(invitation)
    _note(actor, "invitation.sent", invitation)
    return invitation


def language_for(customer: Customer | None) -> str:
    """Return the language of a customer, else the one in force."""
    spoken = customer.language if customer else (get_language() or "en")[:2]
    return spoken if spoken in Language.values else "en"


def _check_new(invitation: Invitation) -> None:
    """Refuse who has this role, is deactivated (as far as can be seen), or is invited."""
    place = {"reseller": invitation.reseller, "customer": invitation.customer}
    same = Membership.objects.filter(
        user__email=invitation.email, role=invitation.role, **place
    )
    if same.filter(extension_number=invitation.extension_number).exists():
        raise ValidationError({"email": _("This person has this role already.")})
    seen = User.objects.filter(reseller=invitation.reseller, email=invitation.email)
    if seen.filter(is_active=False).exists():
        message = _("This person is deactivated. Activate the account instead.")
        raise ValidationError({"email": message})
    waiting = open_invitations().filter(email=invitation.email, **place)
    if waiting.filter(role=invitation.role).exists():
        message = _("This person is invited already. Send the invitation again.")
        raise ValidationError({"email": message})


def _count(actor: Actor, invitation: Invitation) -> None:
    """Refuse to flood many people or one. What the system sends is not counted."""
    if actor.user is None:
        return
    try:
        count_invitation(actor.user.pk, invitation.reseller_id, invitation.email)
    except TooManyMails as error:
        message = _("You have invited 200 people within an hour. Go on in an hour.")
        raise ValidationError(message) from error
    except TooManyMailsThere as error:
        message = _(
            "This address got five invitations within a day. Send the next one tomorrow."
        )
        raise ValidationError({"email": message}) from error


def open_invitations() -> Any:
    """Return the invitations of the scope that are neither used nor withdrawn."""
    rows = Invitation.objects.filter(accepted_at=None, withdrawn_at=None)
    return rows.select_related("reseller", "customer", "customer__reseller")


def write_mail(invitation: Invitation) -> None:
    """Make a new token, keep its digest and queue the mail that carries it."""
    token = new_token()
    invitation.token_digest = digest(token)
    invitation.ends_at = end_of_life()
    # Whoever acts for a customer cannot be seen from inside of it: the scope is right.
    invitation.full_clean(exclude=["reseller", "customer", "invited_by"])
    invitation.save()
    mail(
        invitation.reseller,
        "invitation",
        to=invitation.email,
        name=invitation.name,
        language=invitation.language,
        context={
            "inviter": _inviter(invitation),
            "organisation": str(invitation.customer or invitation.reseller or ""),
            "role": invitation.role,
            "path": f"/invitation/{token}/",
            "ends_at": invitation.ends_at,
        },
    )


def _inviter(invitation: Invitation) -> str:
    """Return who invites; platform staff have no name for anybody below them."""
    who = invitation.invited_by
    if who is None or (who.reseller_id is None and invitation.reseller_id):
        return ""
    return who.name


def _note(actor: Actor, verb: str, invitation: Invitation) -> None:
    after = audit.snapshot(invitation, FIELDS)
    audit.record(actor, verb, invitation, after=after)


def _locked(actor: Actor, invitation: Invitation) -> Invitation:
    """Return the row, held until the end of the transaction, if it still waits."""
    rows = open_invitations().select_for_update(of=("self",))
    found: Invitation | None = rows.filter(pk=invitation.pk).first()
    if found is None:
        raise ValidationError(_("This invitation is used or withdrawn already."))
    reach.check_role(actor, found.role, found.reseller, found.customer)
    return found


@transaction.atomic
def send_again(actor: Actor, invitation: Invitation) -> Invitation:
    """Send a new mail with seven new days; the earlier mail's address is dead."""
    found = _locked(actor, invitation)
    found.invited_by = actor.user
    _count(actor, found)
    write_mail(found)
    _note(actor, "invitation.sent_again", found)
    return found


@transaction.atomic
def withdraw(actor: Actor, invitation: Invitation) -> None:
    """Take an invitation back; its address is dead at once."""
    found = _locked(actor, invitation)
    found.withdrawn_at = timezone.now()
    found.save(update_fields=["withdrawn_at"])
    _note(actor, "invitation.withdrawn", found)


def find(token: str, realm: Reseller | None) -> Invitation | None:
    """Return the open invitation of a realm that a token stands for."""
    with as_everyone("invitation"):
        return _usable(Invitation.objects.all(), token, realm)


def _usable(rows: Any, token: str, realm: Reseller | None) -> Invitation | None:
    rows = rows.select_related("reseller", "customer", "customer__reseller")
    found: Invitation | None = rows.filter(token_digest=digest(token)).first()
    if found is None or not found.is_open:
        return None
    same = found.reseller_id == (realm.pk if realm else None)
    owners = [owner for owner in (found.reseller, found.customer) if owner]
    return found if same and all(owner.is_active for owner in owners) else None


def account_of(invitation: Invitation) -> User | None:
    """Return the account that the invited address has in the realm already."""
    with as_everyone("invitation"):
        people = User.objects.filter(reseller=invitation.reseller)
        return people.filter(email=invitation.email.lower()).first()


@transaction.atomic
def accept(
    token: str,
    *,
    realm: Reseller | None,
    name: str,
    password: str,
    address: str | None = None,
) -> Membership:
    """Make the account and give the role, once.

    Raises InvitationGone, PersonExists or ValidationError; then nothing is changed.
    """
    with as_everyone("invitation"):
        invitation = _claim(token, realm)
        if account_of(invitation) is not None:
            raise PersonExists
        user = User(
            email=invitation.email,
            name=name,
            reseller=invitation.reseller,
            language=invitation.language,
        )
        _set_password(user, password)
        return _give(invitation, user, address)


def _set_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise ValidationError({"password": error.messages}) from error
    user.set_password(password)
    user.full_clean()
    user.save()


@transaction.atomic
def join(
    token: str, *, realm: Reseller | None, user: User, address: str | None = None
) -> Membership:
    """Give the role to a person who has an account already and is signed in, once.

    Raises InvitationGone, also when the invitation is for another address.
    """
    with as_everyone("invitation"):
        invitation = _claim(token, realm)
        if invitation.email.lower() != user.email or user.reseller_id != (
            invitation.reseller_id
        ):
            raise InvitationGone
        return _give(invitation, user, address)


def _claim(token: str, realm: Reseller | None) -> Invitation:
    """Return the row, held: of two who accept at the same time one finds it used."""
    rows = Invitation.objects.select_for_update(of=("self",))
    invitation = _usable(rows, token, realm)
    if invitation is None:
        raise InvitationGone
    return invitation


def _give(invitation: Invitation, user: User, address: str | None) -> Membership:
    membership, _new = Membership.objects.get_or_create(
        user=user,
        role=invitation.role,
        reseller=invitation.reseller,
        customer=invitation.customer,
        extension_number=invitation.extension_number,
    )
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    actor = Actor(user=user, name=user.name, level=membership.level, address=address)
    audit.record(
        actor, "invitation.accepted", invitation, after={"role": membership.role}
    )
    return membership
