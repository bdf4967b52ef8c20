"""Writing a mail into the table, in the transaction of what it tells about."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import validate_email
from django.utils import translation
from django.utils.translation import get_language

from pbx_console.accounts.models import Reseller, Role, User
from pbx_console.accounts.models.memberships import RESELLER_ROLES
from pbx_console.accounts.models.resellers import Language
from pbx_console.accounts.scope import as_everyone
from pbx_console.branding import tasks
from pbx_console.branding.mail.kinds import KINDS, Audience, Kind
from pbx_console.branding.models import Brand, OutgoingMail

_LANGUAGE_OF_COUNTRY = {"DE": "de", "AT": "de", "NL": "nl"}


class WrongRecipient(ValueError):
    """A mail for staff was about to reach somebody who is none."""


def send(
    reseller: Reseller | None,
    kind: str,
    *,
    to: str,
    name: str = "",
    language: str = "",
    context: Mapping[str, Any] | None = None,
) -> OutgoingMail:
    """Queue one mail of a kind in the brand of a realm; see `mail.kinds` for `context`.

    `reseller` None is the platform's own staff. Raises KeyError for an unknown kind,
    ValidationError for what is no mail address, WrongRecipient when the kind is not for
    this person, Brand.DoesNotExist for a realm without a brand.
    """
    known = KINDS[kind]
    validate_email(to)
    with as_everyone("queue a mail"):
        _check_audience(known, reseller, to)
        mail = OutgoingMail.objects.create(
            brand=Brand.objects.get(reseller=reseller),
            kind=kind,
            to=to,
            name=_one_line(name)[:80],
            language=_language(language, reseller),
            payload=_payload(context, _language(language, reseller)),
        )
    tasks.hint(mail.pk)
    return mail


def _payload(context: Mapping[str, Any] | None, language: str) -> str:
    """Return the context as it is kept; lazy texts in the reader's language."""
    with translation.override(language):
        return json.dumps(dict(context or {}), cls=DjangoJSONEncoder)


def send_to_reseller(
    reseller: Reseller, kind: str, *, context: Mapping[str, Any] | None = None
) -> list[OutgoingMail]:
    """Queue one mail per owner of a reseller, each in the owner's language."""
    with as_everyone("owners of a reseller"):
        owners = list(
            User.objects.filter(
                is_active=True,
                memberships__role=Role.OWNER,
                memberships__reseller=reseller,
            ).distinct()
        )
    return [
        send(
            reseller,
            kind,
            to=owner.email,
            name=owner.name,
            language=owner.language,
            context=context,
        )
        for owner in owners
    ]


def _check_audience(kind: Kind, reseller: Reseller | None, to: str) -> None:
    """Refuse a mail for staff that would reach anybody else (a customer, a stranger)."""
    if kind.audience == Audience.PERSON:
        return
    wanted: list[Role] = list(RESELLER_ROLES)
    if kind.audience == Audience.PLATFORM or reseller is None:
        wanted = [Role.OPERATOR]
    people = User.objects.filter(email=to.lower(), is_active=True, reseller=reseller)
    if not people.filter(
        memberships__role__in=wanted, memberships__reseller=reseller
    ).exists():
        raise WrongRecipient(f"{kind.name} is not for {to}")


def _language(language: str, reseller: Reseller | None) -> str:
    """Return the reader's language, else that of the reseller's country."""
    if language in Language.values:
        return language
    if reseller is not None:
        return _LANGUAGE_OF_COUNTRY.get(reseller.country, "en")
    return (get_language() or "en")[:2]


def _one_line(text: str) -> str:
    """Return a name without anything that could end a header."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
