"""The system account that a server runs as when we are root."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embedded.paths import is_root


@dataclass(frozen=True)
class Account:
    """A user to change to, or nobody to change to (`name` empty)."""

    name: str = ""

    def options(self) -> dict[str, Any]:
        """Keyword arguments for `subprocess.Popen`."""
        if not self.name:
            return {}
        found = pwd.getpwnam(self.name)
        return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Hand a directory to this account."""
        if self.name:
            found = pwd.getpwnam(self.name)
            path.chmod(0o700)
            os.chown(path, found.pw_uid, found.pw_gid)

    def reaches(self, path: Path) -> bool:
        """Can this account walk to `path`? (Not below /root, for example.)"""
        done = subprocess.run(["test", "-x", str(path)], **self.options(), cwd="/")
        return done.returncode == 0


def account(*candidates: str) -> Account:
    """The first existing candidate when we are root, else ourselves."""
    if not is_root():
        return Account()
    known = {entry.pw_name for entry in pwd.getpwall()}
    return Account(next((name for name in candidates if name in known), "nobody"))
