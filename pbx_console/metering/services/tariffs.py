"""Choosing the price list by which a customer or a reseller pays."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import Customer, Reseller
from pbx_console.accounts.services import audit
from pbx_console.metering.models import CustomerTariff, PriceList, ResellerTariff
from pbx_console.metering.services.legs import requeue_unpriced


@transaction.atomic
def choose_for_customer(
    actor: Actor, *, customer: Customer, price_list: PriceList
) -> CustomerTariff:
    """Let a customer pay by a list of its own reseller, for calls from now on.

    Calls that waited for a price are rated by it too. Raises ValidationError.
    """
    if price_list.reseller_id != customer.reseller_id:
        raise ValidationError({"price_list": _("Choose one of your own price lists.")})
    before = CustomerTariff.objects.filter(customer=customer).first()
    tariff, _made = CustomerTariff.objects.update_or_create(
        customer=customer, defaults={"price_list": price_list}
    )
    requeue_unpriced(price_list)
    audit.record(
        actor,
        "customer.price_list_chosen",
        customer,
        key=customer.code,
        before={"price_list": before.price_list.name} if before else {},
        after={"price_list": price_list.name},
    )
    return tariff


@transaction.atomic
def choose_for_reseller(
    actor: Actor, *, reseller: Reseller, price_list: PriceList
) -> ResellerTariff:
    """Let a reseller pay by a list of the platform. Raises ValidationError."""
    if price_list.kind != PriceList.Kind.WHOLESALE:
        raise ValidationError({"price_list": _("Choose a purchase list.")})
    before = ResellerTariff.objects.filter(reseller=reseller).first()
    tariff, _made = ResellerTariff.objects.update_or_create(
        reseller=reseller, defaults={"price_list": price_list}
    )
    requeue_unpriced(price_list)
    audit.record(
        actor,
        "reseller.price_list_chosen",
        reseller,
        key=reseller.slug,
        before={"price_list": before.price_list.name} if before else {},
        after={"price_list": price_list.name},
    )
    return tariff
