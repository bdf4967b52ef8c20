"""Settings of an instance without any server."""

from __future__ import annotations

from embedded import passwords
from embedded.environment import External, Settings
from embedded.paths import Instance
from embedded.ports import NAMES

SECRETS = {name: f"word-of-{name}" for name in (*passwords.NAMES, "field_key")}
PORTS = {name: 20000 + place for place, name in enumerate(NAMES)} | {"rtp_start": 40000}


def settings_of(name: str, **given: str) -> Settings:
    return Settings(Instance(name), PORTS, SECRETS, External(given))
