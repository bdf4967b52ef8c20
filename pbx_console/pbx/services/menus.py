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
from pbx_console.pbx.services.nouns import drop, store, undeletes, unmakes

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
    drop(actor, menu, [*FIELDS, *LOGGED])


@undo.way("menu.saved", family="menu", right="callflow.manage")
def _undo_save(actor: Actor, entry: AuditEntry) -> Menu:
    menu = undo.locked(Menu.objects.filter(pk=entry.object_key))
    values = undo.values_before(menu, entry, FIELDS)
    if entry.before.get("key_ids") != entry.after.get("key_ids"):
        values["keys"] = _keys_of(entry.before)
    return save_menu(actor, menu=menu, **values)


def _keys_of(before: dict[str, Any]) -> dict[str, Destination]:
    """Return the keys as they were. Raises ValidationError when a place is gone."""
    pairs = [text.split("=") for text in before.get("key_ids") or []]
    rows = Destination.objects.in_bulk([int(place) for _key, place in pairs])
    if len(rows) < len({place for _key, place in pairs}):
        raise ValidationError(_("A key led to something that no longer exists."))
    return {key: rows[int(place)] for key, place in pairs}


def _again(actor: Actor, menu: Menu, values: dict[str, Any]) -> Menu:
    keys = _keys_of(values.pop("_before"))
    return save_menu(actor, menu=menu, keys=keys, **values)


undeletes(Menu, FIELDS, _again, right="callflow.manage")
unmakes(Menu, delete_menu, right="callflow.manage")
