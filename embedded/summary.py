"""The end of a start: addresses, logins, telephones."""

from __future__ import annotations

import json
from typing import Any

from embedded import say


def show(world: dict[str, Any], *, seconds: float) -> None:
    """What a person needs to go on; all of it is in demo.json too."""
    say.line()
    say.line(json.dumps(world, indent=1, ensure_ascii=False))
    say.done(f"Everything runs ({seconds:.0f} s).")
