"""Choosing the price list by which a customer or a reseller pays."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import AuditEntry, Customer, Reseller
from pbx_console.accounts.services import audit, undo
from pbx_console.metering.models import CustomerTariff, PriceList, ResellerTariff
from pbx_console.metering.services.legs import requeue_unpriced
from pbx_console.pbx.services.limits import forget_money

FIELDS = ["price_list"]


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
    if before and before.price_list.currency != price_list.currency:
        forget_money(customer)
    tariff, _made = CustomerTariff.objects.update_or_create(
        customer=customer, defaults={"price_list": price_list}
    )
    requeue_unpriced(price_list)
    audit.record(
        actor,
        "customer.price_list_chosen",
        customer,
        key=customer.code,
        before=_logged(before),
        after=_logged(tariff),
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
    if before and before.price_list.currency != price_list.currency:
        forget_money(reseller)
    tariff, _made = ResellerTariff.objects.update_or_create(
        reseller=reseller, defaults={"price_list": price_list}
    )
    requeue_unpriced(price_list)
    audit.record(
        actor,
        "reseller.price_list_chosen",
        reseller,
        key=reseller.slug,
        before=_logged(before),
        after=_logged(tariff),
    )
    return tariff


def currency_for(owner: Reseller | Customer) -> str:
    """Return the currency that an owner pays in; empty without a price list."""
    lists = (
        PriceList.objects.filter(reseller_tariffs__reseller=owner)
        if isinstance(owner, Reseller)
        else PriceList.objects.filter(customer_tariffs__customer=owner)
    )
    return lists.values_list("currency", flat=True).first() or ""


def _logged(tariff: CustomerTariff | ResellerTariff | None) -> dict[str, Any]:
    return {} if tariff is None else audit.snapshot(tariff, FIELDS)


# ── taking it back ───────────────────────────────────────────────────────────────────


@undo.way(
    "customer.price_list_chosen", family="customer-price-list", right="prices.manage"
)
def _undo_for_customer(actor: Actor, entry: AuditEntry) -> Customer:
    rows = CustomerTariff.objects.select_related("customer", "price_list")
    tariff = undo.locked(rows.filter(customer__code=entry.object_key))
    values = _earlier(tariff, entry)
    choose_for_customer(actor, customer=tariff.customer, **values)
    return tariff.customer


@undo.way(
    "reseller.price_list_chosen", family="reseller-price-list", right="prices.wholesale"
)
def _undo_for_reseller(actor: Actor, entry: AuditEntry) -> Reseller:
    rows = ResellerTariff.objects.select_related("reseller", "price_list")
    tariff = undo.locked(rows.filter(reseller__slug=entry.object_key))
    choose_for_reseller(actor, reseller=tariff.reseller, **_earlier(tariff, entry))
    return tariff.reseller


def _earlier(
    tariff: CustomerTariff | ResellerTariff, entry: AuditEntry
) -> dict[str, Any]:
    if not entry.before:
        raise ValidationError(_("There was no price list before. Choose another one."))
    values = undo.values_before(tariff, entry, FIELDS)
    return {"price_list": tariff.price_list, **values}
