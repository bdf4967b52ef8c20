"""Menus: save with their keys, delete what nothing leads to."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import AuditEntry, Customer
from pbx_console.accounts.services import undo
from pbx_console.pbx.models import Destination, Menu, MenuKey, Prompt
from pbx_console.pbx.models.menus import KEYS
from pbx_console.pbx.services.nouns import drop, store

FIELDS = [
    "number",
    "name",
    "prompt",
    "timeout_seconds",
    "tries",
    "on_timeout",
    "on_invalid",
    "direct_dialling",
]
LOGGED = ("listed_keys", "key_ids")


@transaction.atomic
def save_menu(
    actor: Actor,
    *,
    customer: Customer | None = None,
    menu: Menu | None = None,
    keys: dict[str, Destination] | None = None,
    **values: Any,
) -> Menu:
    """Create or change a menu; `keys` is all its keys and where they lead.

    Raises ValidationError for a menu that would be silent.
    """
    menu = menu or Menu(customer=customer)
    refuse_silent(values.get("prompt"))
    _check_keys(menu, keys or {})

    def parts() -> None:
        if keys is not None:
            menu.keys.all().delete()
            MenuKey.objects.bulk_create(
                MenuKey(menu=menu, key=key, destination=keys[key])
                for key in KEYS
                if keys.get(key)
            )

    return store(actor, menu, FIELDS, values, parts=parts, logged=LOGGED)


def refuse_silent(prompt: Prompt | None) -> None:
    """Raise ValidationError for a prompt without sound."""
    if prompt is not None and not prompt.sound:
        raise ValidationError({"prompt": _("There is no sound in this prompt yet.")})


def _check_keys(menu: Menu, keys: dict[str, Destination]) -> None:
    if not set(keys) <= set(KEYS):
        raise ValidationError(_("Keys are 0 to 9, * and #."))
    if any(place.customer_id != menu.customer_id for place in keys.values() if place):
        raise ValidationError(_("Choose one of this customer's."))


@transaction.atomic
def delete_menu(actor: Actor, menu: Menu) -> None:
    """Delete a menu. Raises ValidationError with the uses when something leads there."""
    drop(actor, menu, FIELDS)


@undo.way("menu.saved", family="menu", right="callflow.manage")
def _undo_save(actor: Actor, entry: AuditEntry) -> Menu:
    menu = undo.locked(Menu.objects.filter(pk=entry.object_key))
    values = undo.values_before(menu, entry, FIELDS)
    before = entry.before.get("key_ids")
    if before != entry.after.get("key_ids"):
        pairs = [text.split("=") for text in before]
        rows = Destination.objects.in_bulk([int(place) for _key, place in pairs])
        values["keys"] = {
            key: rows[int(place)] for key, place in pairs if int(place) in rows
        }
    return save_menu(actor, menu=menu, **values)
