"""Who may show which number: recorded rights and the policy of a customer."""

from __future__ import annotations

from typing import Any

import phonenumbers
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import Customer
from pbx_console.accounts.services import audit
from pbx_console.pbx.models import CallerPolicy, ShownRight
from pbx_console.pbx.services import nouns

FIELDS = ["customer", "number", "extension", "document", "valid_until"]


@transaction.atomic
def save_shown_right(
    actor: Actor, *, right: ShownRight | None = None, **values: Any
) -> ShownRight:
    """Record the right to show a number that is not the customer's. Raises
    ValidationError, also for numbers that nobody may show."""
    right = right or ShownRight(customer=values["customer"])
    right.granted_by = actor.name or "–"
    ensure_showable(values.get("number", right.number))
    return nouns.store(actor, right, FIELDS, values)


@transaction.atomic
def delete_shown_right(actor: Actor, right: ShownRight) -> None:
    """Withdraw it; the next call shows the customer's own number."""
    nouns.drop(actor, right, FIELDS)


@transaction.atomic
def save_caller_policy(
    actor: Actor, *, customer: Customer, shows_original: bool
) -> CallerPolicy:
    """Say whether forwarded calls show the original caller."""
    policy, made = CallerPolicy.objects.get_or_create(customer=customer)
    before = {} if made else audit.snapshot(policy, ["shows_original"])
    policy.shows_original = shows_original
    policy.save()
    after = audit.snapshot(policy, ["shows_original"])
    audit.record(
        actor,
        "callerpolicy.saved",
        policy,
        key=customer.code,
        before=before,
        after=after,
    )
    return policy


def ensure_showable(number: str) -> None:
    """Raise ValidationError for what is no whole number, and for emergency, premium,
    directory, mass and short service numbers; the dialplan asks the same function."""
    try:
        parsed = phonenumbers.parse(number, None)
        whole = phonenumbers.is_possible_number(parsed)
    except phonenumbers.NumberParseException:
        whole = False
    if not whole:
        raise ValidationError({"number": _("This is no whole number: +49 30 123456.")})
    with connection.cursor() as cursor:
        cursor.execute("SELECT asterisk.may_be_shown(%s)", [number])
        (allowed,) = cursor.fetchone()
    if not allowed:
        message = _("Emergency, premium and service numbers may not be shown.")
        raise ValidationError({"number": message})
