"""Keyset paging: a page starts behind a row, never at a number. No OFFSET, no count.

The position in the address is the values of the order's keys in the last (or first) row
shown, so a page costs the same at row 50 and at row 5,000,000.
"""

from __future__ import annotations

import datetime as dt
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Model, Q, QuerySet

SIZE = 50


@dataclass(frozen=True, slots=True)
class Page:
    """Rows with the positions of the pages around them; None where there is none."""

    rows: list[Any] = field(default_factory=list)
    before: str | None = None
    after: str | None = None

    @property
    def is_whole(self) -> bool:
        """Say whether everything that was found is on this page."""
        return self.before is None and self.after is None


def page(
    rows: QuerySet[Any], keys: Sequence[str], asked: Mapping[str, str], size: int = SIZE
) -> Page:
    """Return one page of `rows` ordered by `keys` (`name`, `-answered_at`, last unique).

    `asked` is the query string: `after` or `before` hold a position. An unreadable
    position shows the first page.
    """
    backwards = "before" in asked
    place = _read(rows.model, keys, asked.get("before" if backwards else "after", ""))
    order = [_turned(key) for key in keys] if backwards and place else list(keys)
    found = list(_from(rows, order, place)[: size + 1])
    if backwards and place:
        return _page_before(found, keys, size)
    shown = found[:size]
    return Page(
        shown,
        before=_position(shown[0], keys) if place and shown else None,
        after=_position(shown[-1], keys) if len(found) > size else None,
    )


def _page_before(found: list[Any], keys: Sequence[str], size: int) -> Page:
    shown = list(reversed(found[:size]))
    if not shown:
        return Page()
    more = _position(shown[0], keys) if len(found) > size else None
    return Page(shown, before=more, after=_position(shown[-1], keys))


def _from(rows: QuerySet[Any], order: Sequence[str], place: list[Any] | None) -> Any:
    rows = rows.order_by(*order)
    return rows.filter(_beyond(order, place)) if place else rows


def _turned(key: str) -> str:
    return key[1:] if key.startswith("-") else f"-{key}"


def _beyond(order: Sequence[str], place: Sequence[Any]) -> Q:
    """Return the condition of rows behind a place: lexicographic, key by key.

    The first key is also bounded by itself, so that an index on it can be used.
    """
    first, value = order[0], place[0]
    condition = Q(**{f"{first.lstrip('-')}__{_way(first)}e": value})
    options = Q()
    for depth, key in enumerate(order):
        same = {k.lstrip("-"): v for k, v in zip(order[:depth], place, strict=False)}
        options |= Q(**same, **{f"{key.lstrip('-')}__{_way(key)}": place[depth]})
    return condition & options


def _way(key: str) -> str:
    return "lt" if key.startswith("-") else "gt"


def _position(row: Any, keys: Iterable[str]) -> str:
    values = [_plain(_value(row, key.lstrip("-"))) for key in keys]
    return urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def _value(row: Any, path: str) -> Any:
    for name in path.split("__"):
        row = getattr(row, name)
    return row


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def _read(model: type[Model], keys: Sequence[str], text: str) -> list[Any] | None:
    """Return the values of a position, as the fields' own types; None if unreadable."""
    try:
        values = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        fields = [_field(model, key.lstrip("-")) for key in keys]
        return [f.to_python(v) for f, v in zip(fields, values, strict=True)]
    except (ValueError, TypeError, ValidationError, FieldDoesNotExist):
        return None


def _field(model: type[Model], path: str) -> Any:
    *relations, last = path.split("__")
    for name in relations:
        model = model._meta.get_field(name).related_model  # type: ignore[assignment]
    return model._meta.get_field(last)
