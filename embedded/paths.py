"""Where things lie: the project, `var/`, and one instance inside it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
VAR = PROJECT / "var"
VENV = PROJECT / ".venv"
ASTERISK_ROOT = VAR / "asterisk-root"
TEMPLATES = PROJECT / "asterisk_conf" / "etc"


@dataclass(frozen=True)
class Instance:
    """One private set of servers, e.g. `demo`, `dev` or `test`."""

    name: str

    @property
    def home(self) -> Path:
        """Everything of this instance, outside the Asterisk root."""
        return VAR / self.name

    @property
    def logs(self) -> Path:
        """One log file per process."""
        return self.home / "log"

    @property
    def secrets(self) -> Path:
        """Generated passwords, one file each, readable by the owner only."""
        return self.home / "secrets"

    def prepare(self) -> None:
        """Make the directories."""
        for path in (self.home, self.logs, self.secrets):
            path.mkdir(parents=True, exist_ok=True)
        self.secrets.chmod(0o700)


def set_aside(logs: Path) -> None:
    """Each start writes new log files; those of the start before stay as `*.log.1`."""
    for path in logs.glob("*.log"):
        path.replace(path.with_suffix(".log.1"))


def is_root() -> bool:
    """Installing packages and changing the root directory need it."""
    return os.geteuid() == 0
