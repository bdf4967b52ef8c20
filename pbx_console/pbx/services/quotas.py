"""What this room counts against a contract: extensions and numbers."""

from __future__ import annotations

from pbx_console.accounts.models import Customer
from pbx_console.accounts.services.quotas import Owner, Quota, counted
from pbx_console.pbx.models import Did, Extension, NumberRange


@counted(Quota.EXTENSIONS)
def extensions(owner: Owner) -> int:
    """Return how many extensions an owner has."""
    if isinstance(owner, Customer):
        return Extension.objects.filter(customer=owner).count()
    return Extension.objects.filter(customer__reseller=owner).count()


@counted(Quota.NUMBERS)
def numbers(owner: Owner) -> int:
    """Return how many outside numbers an owner holds; a reseller's free ones count."""
    own = {"customer": owner} if isinstance(owner, Customer) else {"reseller": owner}
    ranges = sum(row.size for row in NumberRange.objects.filter(**own))
    return Did.objects.filter(**own).count() + ranges
