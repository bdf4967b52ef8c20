"""Taking back the last change of an object, as another change: saved by the same service,
so it is validated, projected and audited like any other.

Each room registers how its verbs are taken back (`@way(…)`); nothing here knows a noun.
An entry can be taken back when it is the newest of its family about its object, when what
it changed still stands as it left it, and when no secret would have to be known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import AuditEntry
from pbx_console.accounts.rights import has_right
from pbx_console.accounts.services import audit

M = TypeVar("M", bound=models.Model)
Restore = Callable[[Actor, AuditEntry], models.Model | None]
Right = str | Callable[[AuditEntry], str]


@dataclass(frozen=True, slots=True)
class Way:
    """How a verb is taken back: by what, with which right, and whose order counts.

    `from_nothing` where there need not have been anything before.
    """

    restore: Restore
    right: Right
    family: str
    from_nothing: bool = False

    def right_for(self, entry: AuditEntry) -> str:
        """Return the right that taking this entry back needs."""
        return self.right(entry) if callable(self.right) else self.right


_ways: dict[str, Way] = {}
GUARDED = {"require_second_factor"}
"""Fields that are set only after a fresh proof of who one is; a button is none."""


def way(
    *verbs: str, family: str, right: Right, from_nothing: bool = False
) -> Callable[[Restore], Restore]:
    """Register a function that takes entries of these verbs back.

    It gets the actor (with `undoes` set) and the entry, and returns the object as it is
    then, None when it is gone. It raises ValidationError with a sentence to show.
    """

    def register(restore: Restore) -> Restore:
        chosen = Way(restore, right, family, from_nothing)
        _ways.update(dict.fromkeys(verbs, chosen))
        return restore

    return register


@transaction.atomic
def undo(actor: Actor, entry: AuditEntry, *, role: str) -> models.Model | None:
    """Take a change back; return the object as it is then, None when it is gone.

    Raises PermissionDenied without the noun's right, ValidationError (a sentence) when
    the change cannot be taken back; then nothing is changed.
    """
    chosen = _ways.get(entry.verb)
    if chosen is None:
        raise ValidationError(_("This cannot be taken back."))
    if not has_right(role, chosen.right_for(entry)):
        raise PermissionDenied
    if entry.pk not in newest([entry]):
        raise ValidationError(
            _("It was changed again since. Only the last change can be taken back.")
        )
    if changed_names(entry) & GUARDED:
        raise ValidationError(_("This is changed on its own page only."))
    if audit.REPLACED in entry.after.values():
        raise ValidationError(
            _(
                "A password was replaced, and the earlier one is kept nowhere. Type it in."
            )
        )
    return chosen.restore(replace(actor, undoes=entry.pk), entry)


def offered(entries: Sequence[AuditEntry], role: str) -> set[int]:
    """Return those of the entries that this role may try to take back: one query."""
    able = [e for e in entries if _may(e, role)]
    return newest(able) if able else set()


def _may(entry: AuditEntry, role: str) -> bool:
    known = _ways.get(entry.verb)
    if known is None or audit.REPLACED in entry.after.values():
        return False
    if entry.before == entry.after or not (entry.before or known.from_nothing):
        return False
    if changed_names(entry) & GUARDED:
        return False
    return has_right(role, known.right_for(entry))


def newest(entries: Iterable[AuditEntry]) -> set[int]:
    """Return those of the entries that are the last of their family about their object."""
    by_object = {(e.object_type, e.object_key, _ways[e.verb].family) for e in entries}
    latest = (
        AuditEntry.objects.filter(
            object_type__in={kind for kind, _key, _family in by_object},
            object_key__in={key for _kind, key, _family in by_object},
            verb__in=list(_ways),
        )
        .order_by()
        .values_list("object_type", "object_key", "verb")
        .annotate(last=Max("id"))
    )
    found: dict[tuple[str, str, str], int] = {}
    for kind, key, verb, last in latest:
        place = (kind, key, _ways[verb].family)
        found[place] = max(found.get(place, 0), last)
    return {last for place, last in found.items() if place in by_object}


# ── for those who register a way ─────────────────────────────────────────────────────


def values_before(
    obj: models.Model, entry: AuditEntry, fields: Sequence[str]
) -> dict[str, Any]:
    """Return what a save must be given so that the changed fields are as before.

    Raises ValidationError when one of them is not as the entry left it, or when it would
    lead to an object that is gone.
    """
    changed = [name for name in fields if _differs(obj, name, entry)]
    ensure_as_left(obj, entry, changed)
    return {name: _value(obj, name, entry) for name in changed}


def ensure_as_left(obj: models.Model, entry: AuditEntry, names: Sequence[str]) -> None:
    """Raise ValidationError when one of these is not as the entry left it."""
    now = audit.snapshot(obj, list(names))
    for name in names:
        column = getattr(audit.field_of(obj, name), "attname", name)
        if now.get(column) != entry.after.get(column):
            raise ValidationError(
                _("It is no longer as this change left it, so it stays as it is.")
            )


def values_of(
    obj: models.Model, entry: AuditEntry, fields: Sequence[str]
) -> dict[str, Any]:
    """Return everything that a deleted object was, to be made again.

    Raises ValidationError when one of them would lead to an object that is gone.
    """
    known = [name for name in fields if _column(obj, name) in entry.before]
    return {name: _value(obj, name, entry) for name in known}


def changed_names(entry: AuditEntry) -> set[str]:
    """Return the fields that an entry changed, objects told apart by their keys."""
    both = {*entry.before, *entry.after}
    differs = {k for k in both if entry.before.get(k) != entry.after.get(k)}
    return {
        k.removesuffix("_id") if k.removesuffix("_id") in both else k for k in differs
    }


def _column(obj: models.Model, name: str) -> str:
    field: Any = obj._meta.get_field(name)
    return str(field.attname)


def _differs(obj: models.Model, name: str, entry: AuditEntry) -> bool:
    column = _column(obj, name)
    return column in entry.before and entry.before[column] != entry.after.get(column)


def _value(obj: models.Model, name: str, entry: AuditEntry) -> Any:
    field: Any = obj._meta.get_field(name)
    value = entry.before[field.attname]
    if not field.is_relation or value is None:
        return value
    found = field.related_model._default_manager.filter(pk=value).first()
    if found is None:
        words = _("“%(name)s”, as it was before, no longer exists.")
        raise ValidationError(words % {"name": entry.before.get(name, "")})
    return found


def locked(rows: models.QuerySet[M]) -> M:
    """Return the one object that is to be put back, held until the transaction ends.

    Raises ValidationError when it is gone.
    """
    found = rows.select_for_update(of=("self",), no_key=True).first()
    if found is None:
        raise ValidationError(_("It no longer exists."))
    return found
