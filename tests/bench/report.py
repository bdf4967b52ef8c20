"""The line that a benchmark prints, and stop watches."""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Result:
    """A figure with the baseline of the same run. `more` is whatever explains it."""

    name: str
    figure: float
    unit: str
    baseline: float
    baseline_is: str
    more: dict[str, Any] = field(default_factory=dict)

    def print(self, bench: str) -> None:
        """Print one line of JSON."""
        line = {
            "name": self.name,
            "figure": round(self.figure, 2),
            "unit": self.unit,
            "baseline": round(self.baseline, 2),
            "baseline_is": self.baseline_is,
            "ratio": round(self.figure / self.baseline, 3) if self.baseline else None,
            **self.more,
            "command": f"python -m tests.bench {bench}",
        }
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
        sys.stdout.flush()


Bench = Callable[[], Iterator[Result]]


def seconds(work: Callable[[], object]) -> float:
    """Return how long `work` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def middle(values: list[float]) -> float:
    """Return the median."""
    return statistics.median(values)


def high(values: list[float]) -> float:
    """Return the 95th percentile."""
    return sorted(values)[int(len(values) * 0.95)] if len(values) > 1 else values[0]
