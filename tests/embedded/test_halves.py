"""The closing line of a suite that ran in two halves."""

from __future__ import annotations

from embedded.commands.halves import closing

GREEN = (
    "....\n=============== 120 passed, 3 warnings in 61.07s (0:01:01) ===============\n"
)
RED = "F\n===== 1 failed, 41 passed, 7 deselected, 1 warning in 9.50s =====\n"


def test_it_adds_both_halves_up() -> None:
    assert closing([GREEN, RED], 70) == (
        "=== 1 failed, 161 passed, 4 warnings in 70.00s ==="
    )


def test_a_half_that_never_ended_is_an_error() -> None:
    assert closing([GREEN, "pbx: Redis is missing\n"], 5) == (
        "=== 120 passed, 3 warnings, 1 errors in 5.00s ==="
    )
