"""The call path as a page shows it: asked of the step functions, named and placed.

The walk is `pbx.paths`, the words `call_words`, the places of boxes `call_picture`. The
functions `asterisk.seen_*` answer inside the scope only, whoever asks.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from pbx_console.accounts.models import Customer
from pbx_console.console import call_words as words
from pbx_console.console.call_days import Day, day_of
from pbx_console.console.call_picture import Picture, draw
from pbx_console.console.formats import phone
from pbx_console.pbx import presence
from pbx_console.pbx.models import Destination, Kind
from pbx_console.pbx.paths import Node, Path, Step, Way, walk

NOWHERE = "d0"  # the dialplan asks for an empty token: there is no such destination


@dataclass(slots=True)
class Place:
    """What is said of one node."""

    kind: str
    title: str
    aside: str
    sentence: str
    url: str = ""
    again: bool = False
    here: bool = False  # a test call is there now
    phones: list[tuple[str, str]] = field(default_factory=list)  # number, presence


@dataclass(slots=True)
class Told:
    """One line of the list of other ways: from where, when, and what happens then."""

    start: Place
    when: str
    end: Place


@dataclass(slots=True)
class Shown:
    """A whole call path, ready for the template."""

    picture: Picture
    taken: list[Place]
    others: list[Told]
    cut: bool
    day: Day | None = None


def ask(customer: Customer, token: str, at: dt.datetime | None = None) -> Step:
    """Return what the dialplan would be told at a token; `+49…` is a number called."""
    with connection.cursor() as cursor:
        if token.startswith("+"):
            cursor.execute(
                "SELECT asterisk.seen_number(%s, %s)", [customer.code, token]
            )
            (held,) = cursor.fetchone()
            return _called(token, held)
        cursor.execute(
            "SELECT * FROM asterisk.seen_step(%s, %s, '', %s)",
            [customer.code, token, at],
        )
        names = [column.name for column in cursor.description]
        return Step(dict(zip(names, cursor.fetchone(), strict=True)))


def _called(number: str, held: str | None) -> Step:
    if held is None:
        return Step({"action": "refuse", "reason": "unknown_number", "e164": number})
    return Step({"action": "number", "e164": number, "next": held or NOWHERE})


def path_of(
    customer: Customer,
    token: str,
    at: dt.datetime | None = None,
    words_of: Mapping[str, str] | None = None,
) -> Path:
    """Walk from a token. `words_of`: presence per endpoint, None where it is unknown."""
    return walk(
        token,
        lambda asked: ask(customer, asked, at),
        away=lambda step: is_away(step, words_of),
    )


def is_away(step: Step, words_of: Mapping[str, str] | None) -> bool:
    """Say whether none of a step's phones is registered, as far as that is known."""
    if words_of is None or not step.phones:
        return False
    return not any(words_of.get(each) in presence.HERE for each in step.phones)


def shown(
    customer: Customer, token: str, at: dt.datetime | None = None, here: str = ""
) -> Shown:
    """Return the picture and the sentences; phones' states count for now only.

    `here` is the token at which a test call is.
    """
    found = presence.words_of([customer.code]) if at is None else None
    states = found[customer.code] if found is not None else None
    path = path_of(customer, token, at, states)
    named = _Names(customer, path, states, here)
    others = [
        Told(
            named.place(start),
            words.conditions(start.step, way) or "",
            named.place(way.node),
        )
        for start, way in path.others
    ]
    plan = named.schedule(path)
    moment = at or timezone.now()
    day = day_of(plan.object_id, plan.name, moment) if plan else None
    return Shown(
        draw(path.first, named.place, words.on_line),
        [named.place(node) for node in path.taken],
        others,
        path.cut,
        day,
    )


class _Names:
    """Tells what each node is called and where its page is."""

    def __init__(
        self,
        customer: Customer,
        path: Path,
        states: Mapping[str, str] | None,
        here: str = "",
    ) -> None:
        """Look up every destination of the path at once."""
        self.customer, self.states, self.here = customer, states, here
        nodes = list(path.first.nodes())
        ids = [int(n.token[1:]) for n in nodes if n.token.startswith("d")]
        numbers = {str(n.step.accountcode) for n in nodes if n.step.accountcode}
        rows = Destination.objects.filter(customer=customer)
        self.by_id = {row.pk: row for row in rows.filter(pk__in=ids)}
        self.by_number = {row.number: row for row in rows.filter(number__in=numbers)}

    def place(self, node: Node) -> Place:
        """Return what is said of a node."""
        step, says = node.step, words.says(node.step)
        row = self._row(node)
        kind = str(row.get_kind_display() if row else says.word)
        return Place(
            kind=f"{kind} {row.number}" if row and row.number else kind,
            title=row.name if row else self._plain(node),
            aside=words.aside(step),
            sentence=words.sentence(step, away=is_away(step, self.states)),
            url=self._url(node, row),
            again=node.again,
            here=bool(self.here) and node.token == self.here and not node.again,
            phones=self._phones(step),
        )

    def schedule(self, path: Path) -> Destination | None:
        """Return the first schedule that the call passes: its day is shown."""
        for node in path.taken:
            row = self._row(node)
            if row is not None and row.kind == Kind.SCHEDULE:
                return row
        return None

    def _row(self, node: Node) -> Destination | None:
        if node.token.startswith("d"):
            return self.by_id.get(int(node.token[1:]))
        inside = node.step.action not in ("outside", "refuse", "number")
        return self.by_number.get(node.step.accountcode) if inside else None

    def _plain(self, node: Node) -> str:
        return words.number_of(node.step) or str(words.says(node.step).word)

    def _phones(self, step: Step) -> list[tuple[str, str]]:
        """Return number and lamp of up to four phones; none while nothing is known."""
        if self.states is None:
            return []
        found: dict[str, str] = {}
        for each in step.phones:  # the first that is registered speaks for a number
            number, state = each.split("-")[1], self.states.get(each, "off")
            if found.get(number, "off") == "off":
                found[number] = state
        return list(found.items())[:4]

    def _url(self, node: Node, row: Destination | None) -> str:
        if node.token.startswith("+"):
            return address("number", digits=node.token[1:])
        return page_of(self.customer, row) if row else ""


def page_of(customer: Customer, row: Destination) -> str:
    """Return the page of a destination; empty while the noun has none."""
    if row.kind == "extension":
        return address("extension", code=customer.code, number=row.number)
    stem = {"voicemail": "voicemail_box"}.get(row.kind, row.kind)
    return address(stem, code=customer.code, key=row.object_id)


def address(name: str, **arguments: Any) -> str:
    """Return an address of the console, empty when it does not exist."""
    try:
        return reverse(f"console:{name}", kwargs=arguments)
    except NoReverseMatch:
        return ""


def begins_at(customer: Customer, token: str) -> str:
    """Return the token at which a call to a number or destination begins to walk; empty
    where it leads nowhere."""
    if not token.startswith("+"):
        return token
    found = str(ask(customer, token).next)
    return "" if found == NOWHERE else found


def first_of(customer: Customer) -> str:
    """Return what the page shows when nothing was chosen: the main number before all."""
    did = customer.dids.order_by("-is_main", "number").first()
    if did is not None:
        return did.number
    row = Destination.objects.filter(customer=customer).first()
    return f"d{row.pk}" if row else ""


def title_of(customer: Customer, token: str) -> tuple[str, str]:
    """Return number and name of where a path begins, for the head of the page."""
    if token.startswith("+"):
        return phone(token), ""
    row = Destination.objects.filter(customer=customer, pk=int(token[1:])).first()
    return (row.number or "", row.name) if row else ("", "")


__all__ = ["Node", "Place", "Shown", "Way", "path_of", "shown"]
