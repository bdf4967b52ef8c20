"""What saving and deleting has in common for the nouns that calls can be sent to.

A noun's own service file says its fields and its checks and calls these; they run in the
caller's transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import AuditEntry
from pbx_console.accounts.services import audit, undo
from pbx_console.pbx.models.destinations import Destination, Reachable

M = TypeVar("M", bound=models.Model)


def store(
    actor: Actor,
    noun: M,
    fields: list[str],
    values: dict[str, Any],
    *,
    key: str = "",
    parts: Callable[[], None] | None = None,
    logged: Sequence[str] = (),
    replaced: Sequence[str] = (),
) -> M:
    """Set `values` on `noun`, check and save it, and write the audit entry.

    `parts` saves the rows that belong to it, once it has its key; `logged` names what
    the entry keeps of them, `replaced` which secrets are others now. The verb is
    `<model>.created` or `<model>.saved`. Raises ValidationError.
    """
    unsaved = noun._state.adding
    told = [*fields, *logged]
    before = {} if unsaved else audit.snapshot(noun, told)
    for name in fields:
        if name in values:
            setattr(noun, name, values[name])
    refuse_foreign(noun, fields)
    noun.full_clean()
    noun.save()
    if parts is not None:
        parts()
    verb = f"{noun._meta.model_name}.{'created' if unsaved else 'saved'}"
    after = audit.snapshot(noun, told)
    after |= {} if unsaved else dict.fromkeys(replaced, audit.REPLACED)
    audit.record(actor, verb, noun, key=key or str(noun.pk), before=before, after=after)
    return noun


def drop(
    actor: Actor, noun: models.Model, fields: list[str], *, key: str = ""
) -> AuditEntry:
    """Delete `noun` unless something leads there; return the audit entry of it."""
    if isinstance(noun, Reachable):
        ensure_unused(noun.destination)
    before = audit.snapshot(noun, fields)
    verb = f"{noun._meta.model_name}.deleted"
    entry = audit.record(actor, verb, noun, key=key or str(noun.pk), before=before)
    noun.delete()
    return entry


def undeletes(
    model: type[M],
    fields: Sequence[str],
    save: Callable[[Actor, M, dict[str, Any]], M],
    *,
    right: str,
) -> None:
    """Register how a deleted noun is made again, with the key that it had.

    `save` gets the unsaved noun and what it was, `entry.before` under `_before` included.
    """
    name = str(model._meta.model_name)

    @undo.way(f"{name}.deleted", family=name, right=right)
    def restore(actor: Actor, entry: AuditEntry) -> M:
        noun = model(pk=int(entry.object_key), customer=entry.customer)
        if any(field.name == "reseller" for field in model._meta.fields):
            noun.reseller = entry.reseller  # type: ignore[attr-defined]
        values = undo.values_of(noun, entry, fields)
        return save(actor, noun, values | {"_before": entry.before})


def unmakes(model: type[M], delete: Callable[[Actor, M], None], *, right: str) -> None:
    """Register how a new noun goes away again, while nothing leads there."""
    name = str(model._meta.model_name)

    @undo.way(f"{name}.created", family=name, right=right, from_nothing=True)
    def remove(actor: Actor, entry: AuditEntry) -> None:
        noun = undo.locked(model._default_manager.filter(pk=entry.object_key))
        delete(actor, noun)


def refuse_foreign(noun: models.Model, fields: list[str]) -> None:
    """Raise ValidationError when a chosen object belongs to another customer."""
    customer_id = getattr(noun, "customer_id", None)
    for name in fields:
        chosen = getattr(noun, name, None)
        theirs = getattr(chosen, "customer_id", customer_id)
        if isinstance(chosen, models.Model) and theirs != customer_id:
            raise ValidationError({name: _("Choose one of this customer's.")})


def uses_of(destination: Destination) -> list[str]:
    """Return what leads to a destination, as texts: `Menu 700 Reception, key 1`.

    Every foreign key to Destination counts. A row that is part of something says what
    it is part of in `part_of`; what is part of the destination itself does not count.
    """
    uses = []
    for relation in _pointing_here():
        rows = relation.related_model._default_manager.filter(
            **{relation.field.name: destination}
        )
        uses += [use_text(row) for row in rows if not _is_own(row, destination)]
    return uses


def _pointing_here() -> list[Any]:
    """Return the relations of all foreign keys to Destination, `+` ones included."""
    fields = Destination._meta.get_fields(include_hidden=True)
    return [f for f in fields if f.auto_created and not f.concrete and f.one_to_many]


def _is_own(row: models.Model, destination: Destination) -> bool:
    whole = getattr(row, "part_of", row)
    kind = getattr(whole, "kind", None)
    return kind == destination.kind and whole.pk == destination.object_id


def use_text(row: models.Model) -> str:
    """Return a row that leads somewhere as people know it."""
    whole = getattr(row, "part_of", None)
    named = whole if isinstance(whole, models.Model) else row
    word = str(named._meta.verbose_name)
    text = f"{word[:1].upper()}{word[1:]} {named}"
    return text if named is row else f"{text}, {row}"


def ensure_unused(destination: Destination) -> None:
    """Raise ValidationError with the list of uses when something leads there."""
    if uses := uses_of(destination):
        raise in_use(uses)


def in_use(uses: Sequence[str]) -> ValidationError:
    """Return the refusal of a deletion, with the list of uses."""
    shown = "; ".join(uses[:10]) + ("; …" if len(uses) > 10 else "")
    return ValidationError(
        _("It is in use and stays: %(uses)s. Lead these elsewhere first."),
        code="in_use",
        params={"uses": shown},
    )
