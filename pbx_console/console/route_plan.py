"""All routes of a scope as one table: per prefix the trunks in the order of their turn."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby

from pbx_console.accounts.models import Reseller
from pbx_console.pbx.models import OutboundRoute, Trunk


@dataclass
class Turn:
    """Trunks that share the calls of one position, each with its share in percent."""

    trunks: list[tuple[Trunk, int]]

    @property
    def is_shared(self) -> bool:
        """Say whether more than one trunk has this turn."""
        return len(self.trunks) > 1


@dataclass
class Way:
    """Where calls to one prefix go, for one reseller or for all."""

    prefix: str
    reseller: Reseller | None
    turns: list[Turn] = field(default_factory=list)


def ways() -> list[Way]:
    """Return the routes over active trunks, the dialplan's order: position, then share."""
    rows = OutboundRoute.objects.filter(trunk__is_active=True)
    rows = rows.select_related("trunk__health", "reseller")
    ordered = sorted(
        rows, key=lambda r: (r.prefix, r.reseller_id or 0, r.position, r.pk)
    )
    return [
        Way(prefix, own[0].reseller, _turns(own))
        for (prefix, _owner), found in groupby(
            ordered, key=lambda r: (r.prefix, r.reseller_id)
        )
        if (own := list(found))
    ]


def _turns(routes: list[OutboundRoute]) -> list[Turn]:
    turns = []
    for _position, found in groupby(routes, key=lambda r: r.position):
        sharing = list(found)
        total = sum(r.weight for r in sharing)
        turns.append(Turn([(r.trunk, round(100 * r.weight / total)) for r in sharing]))
    return turns
