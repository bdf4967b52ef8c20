"""Adding a reseller: contract, dress, host, purchase list and the owner's invitation."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import Reseller
from pbx_console.accounts.services.invitations import invite
from pbx_console.branding.services.opening import open_reseller
from pbx_console.metering.models import PriceList
from pbx_console.metering.services.tariffs import choose_for_reseller


@transaction.atomic
def add_reseller(
    actor: Actor,
    *,
    owner_name: str = "",
    owner_email: str = "",
    owner_language: str = "",
    price_list: PriceList | None = None,
    **values: Any,
) -> Reseller:
    """Make a reseller whose owner can begin at once. Raises ValidationError; nothing is
    half made, and no mail leaves for what was refused."""
    reseller = open_reseller(actor, **values)
    if price_list is not None:
        choose_for_reseller(actor, reseller=reseller, price_list=price_list)
    if owner_email:
        _invite(actor, reseller, owner_name, owner_email, owner_language)
    return reseller


def _invite(
    actor: Actor, reseller: Reseller, name: str, email: str, language: str
) -> None:
    try:
        invite(
            actor,
            reseller=reseller,
            role="owner",
            email=email,
            name=name,
            language=language,
        )
    except ValidationError as error:
        raise _at_owner(error) from error


def _at_owner(error: ValidationError) -> ValidationError:
    """Put what the invitation refuses at the owner's fields of the form."""
    if not hasattr(error, "error_dict"):
        return error
    ours = {"email": "owner_email", "name": "owner_name"}
    return ValidationError(
        {ours.get(field, "owner_email"): e for field, e in error.error_dict.items()}
    )
