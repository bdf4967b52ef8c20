"""Where the boxes and lines of a call path stand. Pure arithmetic; the template draws it.

The call's own way is the first row, straight from left to right; everything else hangs
below it. Sizes are those of the stylesheet (`assets/css/call_path.css`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from pbx_console.pbx.paths import Node, Way

WIDTH, HEIGHT, TALL = 168, 58, 90
GAP, BETWEEN, EDGE = 100, 16, 8
BEND = 18  # where a line turns down, after its box
MIDDLE = HEIGHT // 2
LETTERS = 20  # of a title; a letter is about 7 px wide
KIND_LETTERS = 21
LABEL_LETTERS = (14, 11)  # on a straight line, on one that turns


@dataclass(frozen=True, slots=True)
class Lamp:
    """One phone at the foot of a box."""

    number: str
    word: str
    x: int

    @property
    def text_x(self) -> int:
        """Return where its number begins."""
        return self.x + 8


@dataclass(slots=True)
class Box:
    """One node with its place."""

    shown: Any
    column: int
    row: int
    taken: bool
    first: bool
    x: int = 0
    y: int = 0

    @property
    def height(self) -> int:
        """Return 58, or 90 with lamps below the name."""
        return TALL if self.shown.phones else HEIGHT

    @property
    def title(self) -> str:
        """Return the name as far as it fits."""
        return cut(self.shown.title, LETTERS)

    @property
    def kind(self) -> str:
        """Return the word above the name, with room for the text beside it."""
        return cut(self.shown.kind, KIND_LETTERS - len(self.shown.aside))

    @property
    def lamps(self) -> list[Lamp]:
        """Return the phones that ring here, side by side."""
        return [
            Lamp(number, word, 18 + 36 * place)
            for place, (number, word) in enumerate(self.shown.phones)
        ]


@dataclass(slots=True)
class Line:
    """One line between two boxes, with its word."""

    start: Box
    end: Box
    word: str
    taken: bool
    dashed: bool

    @property
    def path(self) -> str:
        """Return the line as SVG path data."""
        x, y = self.start.x + WIDTH, self.start.y + MIDDLE
        down = "" if self.start.row == self.end.row else f" H{x + BEND} V{self._end_y}"
        return f"M{x} {y}{down} H{self.end.x}"

    @property
    def _end_y(self) -> int:
        return self.end.y + MIDDLE

    @property
    def label(self) -> str:
        """Return the word as far as it fits."""
        return cut(self.word, LABEL_LETTERS[self.start.row != self.end.row])

    @property
    def label_x(self) -> int:
        """Return where the word begins."""
        turns = self.start.row != self.end.row
        return self.start.x + WIDTH + (BEND + 5 if turns else 10)

    @property
    def label_y(self) -> int:
        """Return the base line of the word."""
        return self._end_y - 8


@dataclass(slots=True)
class Picture:
    """All boxes and lines, and the size of the whole."""

    boxes: list[Box] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    width: int = 0
    height: int = 0

    @property
    def columns(self) -> int:
        """Return how many boxes stand side by side."""
        return max(box.column for box in self.boxes) + 1

    @property
    def journey(self) -> str:
        """Return the taken way as one path, for the dot that travels along it."""
        return " ".join(line.path for line in self.lines if line.taken)


def draw(
    first: Node, shown: Callable[[Node], Any], word: Callable[..., str]
) -> Picture:
    """Place a tree of nodes; `shown` tells what is in a box, `word` what is on a line."""
    picture = Picture()
    _place(picture, first, shown, word, column=0, row=0)
    tops = _tops(picture.boxes)
    for box in picture.boxes:
        box.x, box.y = EDGE + box.column * (WIDTH + GAP), tops[box.row]
    picture.width = max(box.x for box in picture.boxes) + WIDTH + EDGE
    picture.height = max(box.y + box.height for box in picture.boxes) + EDGE
    return picture


def _place(
    picture: Picture, node: Node, shown: Any, word: Any, *, column: int, row: int
) -> tuple[Box, int]:
    """Put a node and what is behind it; return its box and the next free row."""
    box = Box(shown(node), column, row, node.taken, first=not picture.boxes)
    picture.boxes.append(box)
    free = row
    for way in _straight_first(node.ways):
        end, free = _place(
            picture, way.node, shown, word, column=column + 1, row=max(free, row)
        )
        dashed = not (way.taken or way.outcomes[0].startswith("key"))
        picture.lines.append(Line(box, end, word(node, way), way.taken, dashed))
    return box, max(free, row + 1)


def _straight_first(ways: Sequence[Way]) -> list[Way]:
    return sorted(ways, key=lambda way: not way.taken)


def _tops(boxes: Sequence[Box]) -> list[int]:
    rows = max(box.row for box in boxes) + 1
    heights = [
        max((b.height for b in boxes if b.row == r), default=0) for r in range(rows)
    ]
    return list(accumulate((h + BETWEEN for h in heights[:-1]), initial=EDGE))


def cut(text: str, letters: int) -> str:
    """Return `text`, at most so many letters long."""
    return text if len(text) <= letters else text[: letters - 1].rstrip() + "…"
