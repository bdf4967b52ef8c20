"""More phones, forwards and rights of the invented extensions."""

from __future__ import annotations

from collections.abc import Sequence

from pbx_console.accounts.actor import Actor
from pbx_console.pbx.models import Extension
from pbx_console.pbx.services.devices import add_device
from pbx_console.pbx.services.extensions import save_extension
from pbx_console.pbx.services.forwards import save_forward


def add_phones(actor: Actor, extensions: Sequence[Extension]) -> None:
    """Let the first people of a customer use what an extension can do."""
    if len(extensions) < 3:
        return
    first, second, third, *_others = extensions
    _forward(actor, first, "busy", second)
    add_device(actor, extension=second, name="Home")
    _forward(actor, second, "no_answer", first)
    held = third.customer
    rights = {"dial_class": "national", "call_waiting": False}
    save_extension(actor, customer=held, extension=third, **rights)


def _forward(actor: Actor, row: Extension, condition: str, to: Extension) -> None:
    save_forward(actor, extension=row, condition=condition, destination=to.destination)
