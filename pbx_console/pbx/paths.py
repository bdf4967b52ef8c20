"""What happens to a call, as a tree: a pure walk over the answers of the step functions.

The dialplan asks `asterisk.step` for one token at a time and goes where the call's fate
leads; `walk` asks the same for every outcome that an answer names, so that picture and
call cannot differ. The branch that a call takes when nobody picks up and nobody presses a
key is *taken*. Nothing here knows a noun: an action of tomorrow is walked like the others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

MOST = 60  # nodes of one picture; what is beyond is said, not drawn
OUTCOMES = ("next", "on_busy", "on_offline", "on_full")
NOBODY = "nobody"  # an option that says: as things stand, nobody is there
MEMBER = "m"  # such a pair of `keys` says who rings, not where the call goes


@dataclass(frozen=True, slots=True)
class Step:
    """One answer of `asterisk.step`: what is done, and the token per outcome."""

    row: Mapping[str, Any]

    def __getattr__(self, name: str) -> Any:
        """Return a column; empty text where the answer has nothing."""
        found = self.row.get(name)
        return "" if found is None else found

    @property
    def outcomes(self) -> dict[str, list[str]]:
        """Return token -> the outcomes that lead there, in the order of drawing."""
        found: dict[str, list[str]] = {}
        for name in OUTCOMES:
            if token := self.row.get(name):
                found.setdefault(token, []).append(name)
        for key, token in self._pairs():
            if key != MEMBER:
                found.setdefault(token, []).append(f"key {key}")
        return found

    def _pairs(self) -> list[tuple[str, str]]:
        """Return what `keys` says: `1=d12,2=d15`."""
        parts = [pair.strip().partition("=") for pair in str(self.keys).split(",")]
        return [(key, token) for key, _sign, token in parts if token]

    @property
    def phones(self) -> list[str]:
        """Return the endpoints that ring at this step, as Dial is told them."""
        found = re.findall(
            r"PJSIP/([a-z0-9]+-[0-9]+(?:-[0-9]+)?)(?=[&|,]|$)", self.target
        )
        return list(dict.fromkeys(found))

    @property
    def leads_on(self) -> str:
        """Return the token that a step stands for when it does nothing itself."""
        return str(self.next) if self.action == "forward" else ""


@dataclass(slots=True)
class Node:
    """One place of the picture."""

    token: str
    step: Step
    ways: list[Way] = field(default_factory=list)
    taken: bool = False
    again: bool = False  # drawn in full elsewhere, or the call goes round

    def nodes(self) -> Iterator[Node]:
        """Return this node and everything behind it."""
        yield self
        for way in self.ways:
            yield from way.node.nodes()


@dataclass(slots=True)
class Way:
    """One line of the picture: after which outcomes the call goes to which node."""

    outcomes: list[str]
    node: Node
    taken: bool = False


@dataclass(frozen=True, slots=True)
class Path:
    """The whole picture. `cut`: there is more than what is drawn."""

    first: Node
    cut: bool

    @property
    def taken(self) -> list[Node]:
        """Return the nodes that the call passes, in order."""
        return list(_taken(self.first))

    @property
    def others(self) -> list[tuple[Node, Way]]:
        """Return every line that the call does not go along, with where it begins."""
        return [(n, w) for n in self.first.nodes() for w in n.ways if not w.taken]


def _taken(node: Node) -> Iterator[Node]:
    yield node
    for way in node.ways:
        if way.taken:
            yield from _taken(way.node)


Ask = Callable[[str], Step]
Away = Callable[[Step], bool]


def walk(
    token: str, ask: Ask, *, away: Away = lambda step: False, most: int = MOST
) -> Path:
    """Return the picture of what happens at `token`.

    `away` says whether no phone of a step is there: the call then goes on as the dialplan
    does, along `on_offline`.
    """
    return _Walk(ask, away, most).from_(token)


@dataclass
class _Walk:
    """One walk: each token is asked once, and drawn in full once."""

    ask: Ask
    away: Away
    most: int
    asked: dict[str, Step] = field(default_factory=dict)
    drawn: set[str] = field(default_factory=set)
    cut: bool = False

    def from_(self, token: str) -> Path:
        first = self._node(token, taken=True)
        return Path(first, self.cut)

    def _node(self, token: str, *, taken: bool) -> Node:
        token = self._behind(token)
        known = token in self.drawn
        self.drawn.add(token)
        step = self._step(token)
        node = Node(token, step, taken=taken, again=known and bool(step.outcomes))
        if not node.again:
            self._go_on(node)
        return node

    def _step(self, token: str) -> Step:
        if token not in self.asked:
            self.asked[token] = self.ask(token)
        return self.asked[token]

    def _behind(self, token: str) -> str:
        """Return the token behind those that only lead on (a forward's own)."""
        passed = {token}
        while not token.startswith("d") and (on := self._step(token).leads_on):
            if on in passed:
                break
            passed.add(on)
            token = on
        return token

    def _go_on(self, node: Node) -> None:
        wanted = self._outcome(node.step) if node.taken else ""
        found = node.step.outcomes
        # The call's own branch first, so that it is the one drawn in full.
        drawn: dict[str, Way] = {}
        for token in sorted(found, key=lambda t: wanted not in found[t]):
            if len(self.asked) >= self.most and token not in self.asked:
                self.cut = True
                continue
            on = wanted in found[token]
            drawn[token] = Way(found[token], self._node(token, taken=on), on)
        node.ways = [drawn[token] for token in found if token in drawn]

    def _outcome(self, step: Step) -> str:
        if step.action == "busy":
            return "on_busy"
        if NOBODY in str(step.options).split() or (step.phones and self.away(step)):
            return "on_offline"
        return "next"
