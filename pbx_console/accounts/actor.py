"""Who acts. Every service takes one as its first argument and the audit log keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pbx_console.accounts.models import User


@dataclass(frozen=True, slots=True)
class Actor:
    """A person (or the system itself), the level acted at and the network address.

    `role` bounds which roles this person may give (`rights.may_give`).
    `acted_as` names whose place a person has taken (`Administrator of …`), else empty.
    `undoes` is the audit entry that this act takes back.
    """

    user: User | None
    name: str
    level: str = ""
    address: str | None = None
    acted_as: str = ""
    role: str = ""
    undoes: int | None = None


SYSTEM = Actor(user=None, name="System", level="system")
