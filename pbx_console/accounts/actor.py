"""Who acts. Every service takes one as its first argument and the audit log keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pbx_console.accounts.models import User


@dataclass(frozen=True, slots=True)
class Actor:
    """A person (or the system itself), the level acted at and the network address.

    `acted_as` names whose place a person has taken (`Administrator of …`), else empty.
    """

    user: User | None
    name: str
    level: str = ""
    address: str | None = None
    acted_as: str = ""


SYSTEM = Actor(user=None, name="System", level="system")
