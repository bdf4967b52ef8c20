"""When is enough: failed sign-ins per address within a window. Pure, bounded, no clock."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

# A wrong password happens to honest people; an account that does not exist is a scan.
WEIGHTS = {"password": 1, "account": 3}
MOST_ADDRESSES = 5_000
MOST_ACCOUNTS = 20


@dataclass(frozen=True, slots=True)
class Rules:
    """What is too much: `points` within `seconds` from one address."""

    points: int = 30
    seconds: float = 600.0


@dataclass(slots=True)
class Tries:
    """What one address did since `began`."""

    began: float
    points: int = 0
    count: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    accounts: dict[str, int] = field(default_factory=dict)

    @property
    def reason(self) -> str:
        """Return what it mostly did, as `Ban.Reason` says it."""
        guessed = self.kinds.get("account", 0)
        return "accounts" if guessed > self.kinds.get("password", 0) else "passwords"


class Attempts:
    """Counts per address; the address that was quiet longest is forgotten first."""

    def __init__(self, rules: Rules | None = None) -> None:
        """Begin with nothing counted."""
        self.rules = rules or Rules()
        self.tries: OrderedDict[str, Tries] = OrderedDict()

    def add(
        self,
        address: str,
        kind: str,
        account: str,
        *,
        now: float,
        known: bool = False,
        times: int = 1,
    ) -> Tries | None:
        """Count; return what the address did when that is enough, and begin anew.

        `known`: phones are registered from there, so nothing counts. A datagram says what
        its sender likes: who writes a customer's address on it must not silence it.
        """
        if known or kind not in WEIGHTS:
            return None
        tries = self._tries(address, now)
        tries.points += WEIGHTS[kind] * times
        tries.count += times
        tries.kinds[kind] = tries.kinds.get(kind, 0) + times
        if account in tries.accounts or len(tries.accounts) < MOST_ACCOUNTS:
            tries.accounts[account] = tries.accounts.get(account, 0) + times
        return self.tries.pop(address) if tries.points >= self.rules.points else None

    def _tries(self, address: str, now: float) -> Tries:
        tries = self.tries.pop(address, None)
        if tries is None or now - tries.began > self.rules.seconds:
            tries = Tries(now)
        self.tries[address] = tries
        if len(self.tries) > MOST_ADDRESSES:
            self.tries.popitem(last=False)
        return tries
