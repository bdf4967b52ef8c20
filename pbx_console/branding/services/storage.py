"""What this room counts against a contract: the bytes of pictures."""

from __future__ import annotations

from django.db.models import F, Func, IntegerField, QuerySet, Sum

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import Customer, Reseller
from pbx_console.accounts.services.quotas import Owner, Quota, check_storage, counted
from pbx_console.branding.models import BrandFile, CustomerLogo


class _Length(Func):
    """The size of a column, read without the column."""

    function = "octet_length"


def _bytes(rows: QuerySet[BrandFile] | QuerySet[CustomerLogo]) -> int:
    found = rows.aggregate(n=Sum(_Length(F("content"), output_field=IntegerField())))
    return int(found["n"] or 0)


@counted(Quota.STORAGE)
def stored(owner: Owner) -> int:
    """Return the bytes of an owner; a reseller's with those of its customers."""
    if isinstance(owner, Customer):
        return _bytes(CustomerLogo.objects.filter(customer=owner))
    own = _bytes(BrandFile.objects.filter(brand__reseller=owner))
    return own + _bytes(CustomerLogo.objects.filter(customer__reseller=owner))


def check_room(
    size: int, *, reseller: Reseller | None, customer: Customer | None = None
) -> None:
    """Make sure that a picture fits into the contract. Raises ValidationError."""
    level = "reseller" if customer is None else "customer"
    check_storage(Actor(None, "", level), reseller, customer, size)
