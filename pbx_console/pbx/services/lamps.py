"""The names of lamps: what a key on a phone subscribes to."""

from __future__ import annotations

from collections.abc import Callable

from pbx_console.accounts.models import Customer
from pbx_console.pbx.models.lamps import LampWord


def lamp_of(customer: Customer, number: str) -> str:
    """Return the lamp of an internal number of this customer: `205-3f9ab0c71d24`."""
    return lamps_of(customer)(number)


def lamps_of(customer: Customer) -> Callable[[str], str]:
    """Return what makes a number of this customer a lamp; asked once for many keys."""
    word, _made = LampWord.objects.get_or_create(customer=customer)
    return word.lamp
