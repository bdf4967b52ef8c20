"""Rights at once: whose role, password or firm changed is signed out everywhere.

Sessions and remembered devices go in the transaction of the change; open pages are told
after the commit and go to the door.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from pbx_console.accounts.announce import announce_ended
from pbx_console.accounts.models import (
    Customer,
    Membership,
    RememberedDevice,
    Reseller,
    Session,
    User,
)
from pbx_console.accounts.scope import as_everyone


@transaction.atomic
def end_sessions(user_ids: Iterable[int], *, keep: str | None = "") -> None:
    """End all sessions and remembered devices of these people.

    `keep` is the key of a session that stays: the own one of somebody who changes the
    own password.
    """
    ids = sorted(set(user_ids))
    with as_everyone("rights end at once"):
        Session.objects.filter(user_id__in=ids).exclude(session_key=keep or "").delete()
        RememberedDevice.objects.filter(user_id__in=ids).delete()
    transaction.on_commit(lambda: announce_ended(ids))


def end_customer(customer: Customer) -> None:
    """End the sessions of everybody with a role in a customer that was closed."""
    with as_everyone("a customer is closed"):
        people = Membership.objects.filter(customer=customer)
        end_sessions(_with_sessions(people.values_list("user_id", flat=True)))


def end_reseller(reseller: Reseller) -> None:
    """End the sessions of everybody in the realm of a reseller that was closed."""
    with as_everyone("a reseller is closed"):
        people = User.objects.filter(reseller=reseller)
        end_sessions(_with_sessions(people.values_list("pk", flat=True)))


def _with_sessions(user_ids: Iterable[int]) -> list[int]:
    """Keep those who are signed in or remembered: the others need not be told."""
    ids = list(user_ids)
    signed_in = Session.objects.filter(user_id__in=ids)
    remembered = RememberedDevice.objects.filter(user_id__in=ids)
    found = {*signed_in.values_list("user_id", flat=True)} - {None}
    found |= {*remembered.values_list("user_id", flat=True)}
    return [user_id for user_id in found if user_id is not None]
