"""What this room counts against a contract: extensions, numbers, sounds and files."""

from __future__ import annotations

from django.db.models import F, Func, IntegerField, Model, QuerySet, Sum

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import Customer
from pbx_console.accounts.services.quotas import (
    Owner,
    Quota,
    counted,
    look_again,
    take,
)
from pbx_console.pbx import stored_files
from pbx_console.pbx.models import Did, Extension, MusicTrack, NumberRange, Prompt


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


class _Length(Func):
    """The size of a column, read without the column."""

    function = "octet_length"


def _bytes(rows: QuerySet[Model]) -> int:
    found = rows.aggregate(n=Sum(_Length(F("data"), output_field=IntegerField())))
    return int(found["n"] or 0)


@counted(Quota.STORAGE)
def sounds(owner: Owner) -> int:
    """Return the bytes of an owner's prompts and music."""
    whose = "customer" if isinstance(owner, Customer) else "customer__reseller"
    prompts: QuerySet[Model] = Prompt.objects.filter(**{whose: owner})
    tracks: QuerySet[Model] = MusicTrack.objects.filter(**{f"music__{whose}": owner})
    return _bytes(prompts) + _bytes(tracks)


@counted(Quota.STORAGE)
def files(owner: Owner) -> int:
    """Return the bytes of an owner's files: voicemail, and what `stored_files` knows."""
    if isinstance(owner, Customer):
        return stored_files.total([owner.code])
    own = Customer.objects.filter(reseller=owner)
    return stored_files.total(own.values_list("code", flat=True))


def make_room(actor: Actor, customer: Customer, size: int) -> None:
    """Make sure that `size` bytes more fit into the contracts. Raises QuotaExceeded."""
    stored_files.forget(customer.code)
    if size > 0:
        take(actor, Quota.STORAGE, customer, customer.reseller, adding=size)


def look_again_at(customer: Customer) -> None:
    """Arm the warning again, or warn: something was removed, or came by itself."""
    stored_files.forget(customer.code)
    look_again(customer, customer.reseller)
