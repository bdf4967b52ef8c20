"""Rows inside a form: members, opening hours, own days. They work without JavaScript.

Row 2 of `members` is the fields `members-2-…`. Some rows are empty for more; a button that
asks for another row, or for another order, sends the form and gets it back rearranged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.http import QueryDict

from pbx_console.console.forms.flow import FlowForm

MOST_ROWS = 60
Fields = Callable[[], dict[str, forms.Field]]


class RowsForm(FlowForm):
    """A noun with rows: a subclass calls `add_rows` and reads `rows_of`."""

    def __init__(
        self, *args: Any, typed: dict[str, Any] | None = None, **kwargs: Any
    ) -> None:
        """Take `typed` as it stands, unchecked: rows were only rearranged."""
        super().__init__(*args, **kwargs)
        self.typed = typed
        if typed is not None:
            for name in self.fields:
                self.initial[name] = typed.get(name)

    def add_rows(
        self, part: str, fields: Fields, values: Sequence[dict[str, Any]], more: int = 2
    ) -> None:
        """Add rows: as many as were sent, or those of `values` and some empty ones."""
        count = len(values) + more
        sent = self.data if self.is_bound else self.typed
        if sent is not None:
            count = _highest(sent, part) + 1
        for place in range(min(count, MOST_ROWS)):
            start = values[place] if place < len(values) else {}
            for name, field in fields().items():
                key = f"{part}-{place}-{name}"
                field.initial = start.get(name) if self.typed is None else None
                if self.typed is not None:
                    field.initial = self.typed.get(key)
                self.fields[key] = field

    def shown_rows(self, part: str) -> list[list[forms.BoundField]]:
        """Return the rows as they are drawn."""
        rows: dict[int, list[forms.BoundField]] = {}
        for name in self.fields:
            if found := re.match(rf"{part}-([0-9]+)-", name):
                rows.setdefault(int(found[1]), []).append(self[name])
        return list(rows.values())

    def plain_fields(self) -> list[forms.BoundField]:
        """Return the fields that are in no row."""
        return [bound for bound in self.visible_fields() if "-" not in bound.name]

    def take_rows(
        self, data: dict[str, Any], part: str
    ) -> list[tuple[int, dict[str, Any]]]:
        """Take the rows out of the cleaned data: (place, values), empty ones left out."""
        rows: dict[int, dict[str, Any]] = {}
        for name in [name for name in data if name.startswith(f"{part}-")]:
            _part, place, field = name.split("-", 2)
            rows.setdefault(int(place), {})[field] = data.pop(name)
        return [
            (place, row)
            for place, row in sorted(rows.items())
            if any(value not in (None, "") for value in row.values())
        ]


def _highest(data: Any, part: str) -> int:
    found = (re.match(rf"{part}-([0-9]{{1,3}})-", name) for name in data)
    return max((int(match[1]) for match in found if match), default=-1)


def rearranged(sent: QueryDict) -> dict[str, Any] | None:
    """Return what was typed, in the order that a button asks for; None without one.

    `row=members-2-up` changes rows 1 and 2, `row=members-7-more` adds a row.
    """
    asked = re.fullmatch(r"([a-z]+)-([0-9]{1,2})-(up|down|more)", sent.get("row", ""))
    if asked is None:
        return None
    part, place, act = asked[1], int(asked[2]), asked[3]
    other = {"up": place - 1, "down": place + 1}.get(act, place)
    swap = {str(place): str(other), str(other): str(place)}
    typed: dict[str, Any] = {}
    if act == "more":
        typed[f"{part}-{place}-more"] = ""
    for name, value in sent.items():
        found = re.fullmatch(rf"{part}-([0-9]+)-(.+)", name)
        if found and other >= 0:
            name = f"{part}-{swap.get(found[1], found[1])}-{found[2]}"
        typed[name] = value
    return typed
