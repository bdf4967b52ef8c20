"""Sealed exports as the page shows them: chain, files checked on disk, reconciliation."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from pbx_console.accounts.models import Reseller
from pbx_console.console.figures import Amounts
from pbx_console.lib.money import NO_CURRENCY
from pbx_console.metering import exports
from pbx_console.metering.models import Charge, UsageExport
from pbx_console.metering.models.charges import Level

CHECKED_BYTES = 64 * 1024 * 1024
"""Files up to this size are hashed when the page is asked for; larger ones by the run."""
MOST = 100_000


@dataclass(frozen=True, slots=True)
class Link:
    """An export with what the chain says about it."""

    export: UsageExport
    retail: Amounts
    is_broken: bool


@dataclass(frozen=True, slots=True)
class File:
    """One rendering: `state` is same, changed, missing or large."""

    rendering: str
    name: str
    size: int
    sha256: str
    state: str


@dataclass(frozen=True, slots=True)
class Check:
    """One comparison before sealing, in words."""

    words: str
    one: str
    other: str
    ok: bool


def links(shown: Sequence[UsageExport]) -> list[Link]:
    """Return the exports with whether each names the hash of the one before it."""
    before = _hashes_before(shown)
    return [
        Link(
            row,
            without_free(row.sums.get(Level.RETAIL, {})),
            row.previous_sha256 != before.get(row.sequence - 1, ""),
        )
        for row in shown
    ]


def _hashes_before(shown: Sequence[UsageExport]) -> dict[int, str]:
    if not shown:
        return {}
    rows = UsageExport.objects.filter(
        reseller=shown[0].reseller_id,
        schema_version=shown[0].schema_version,
        sequence__in=[row.sequence - 1 for row in shown],
    )
    return dict(rows.values_list("sequence", "sha256"))


def without_free(amounts: Amounts) -> Amounts:
    """Leave out free calls of customers without a price list."""
    return {
        code: micro for code, micro in amounts.items() if code != NO_CURRENCY or micro
    }


def waiting(reseller: Reseller) -> int:
    """Return how many charges wait for the next file (counted up to `MOST`)."""
    rows = Charge.objects.filter(reseller=reseller, export=None).order_by()
    return rows[:MOST].count()


def files(export: UsageExport) -> list[File]:
    """Return the renderings, each compared with the hash that was sealed."""
    return [
        File(key, entry["name"], entry["bytes"], entry["sha256"], _state(export, key))
        for key, entry in sorted(export.files.items())
    ]


def _state(export: UsageExport, rendering: str) -> str:
    path = exports.path_of(export, rendering)
    if path is None:
        return "missing"
    if path.stat().st_size > CHECKED_BYTES:
        return "large"
    return "same" if _digest(path) == export.files[rendering]["sha256"] else "changed"


def _digest(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def sums(export: UsageExport) -> list[tuple[str, Amounts]]:
    """Return the sums of the file by level, in words."""
    words = {Level.WHOLESALE: _("Purchase"), Level.RETAIL: _("Sales")}
    return [
        (word, without_free(export.sums.get(level, {})))
        for level, word in words.items()
    ]


def checks(export: UsageExport) -> list[Check]:
    """Return what was compared before sealing (`metering.reconcile`)."""
    found = export.reconciliation
    if not found:
        return []
    problems = set(found.get("problems", []))
    legs = found.get("legs", {})
    charges = _standing(found.get("charges", {}))
    return [
        _journal(problems),
        Check(
            _("Calls that ended = rated calls and calls that are not billed"),
            str(legs.get("ended", 0)),
            str(legs.get("rated", 0) + legs.get("waived", 0)),
            not problems & {"legs_waiting", "legs_unpriced", "legs_flagged"},
        ),
        Check(
            _("Two charges (purchase, sale) for each rated call"),
            str(charges),
            str(2 * legs.get("rated", 0)),
            "charges_per_leg" not in problems,
        ),
        Check(
            _("Charges one by one = sums of the day"),
            str(charges),
            str(_standing(found.get("roll_up", {}))),
            "sums" not in problems,
        ),
    ]


def _journal(problems: set[str]) -> Check:
    ok = not problems & {"journal_rows", "journal_behind"}
    word = _("complete") if ok else _("behind")
    return Check(
        _("Records written by the telephone system = records read"), word, "", ok
    )


def _standing(levels: dict[str, dict[str, dict[str, int]]]) -> int:
    return sum(
        entry["charges"] for level in levels.values() for entry in level.values()
    )
