"""A migrated database, quickly: migrated once per set of migrations, then read from a file.

Sixty migrations cost ten seconds of pure Python, and a suite makes six databases. The
first one is migrated by `manage.py migrate` and dumped to `var/schema/<hash>.sql`; the
others, and the next runs, read that file. The hash is over everything that migrations are
made of, so a changed one is run again. `PBX_TEST_MIGRATE=always` does without the file.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "var" / "schema"
MADE_OF = (
    "pbx_console/*/migrations/*.py",
    "pbx_console/*/ddl.py",
    "pbx_console/*/rls.py",
    "pbx_console/pbx/*_ranges.py",
    "pbx_console/pbx/data/*",
    "requirements/base.txt",
    "deploy/roles.sql",
)
ROWS = "-c pbx.scope=everyone"  # the owner is bound by row-level security, too


def migrate(env: Mapping[str, str]) -> None:
    """Bring the empty database of `env["DATABASE_OWNER_URL"]` to the newest schema."""
    url = env["DATABASE_OWNER_URL"]
    kept = KEPT / f"{_hash(url)}.sql"
    if kept.exists() and env.get("PBX_TEST_MIGRATE") != "always":
        _read(url, kept)
        return
    command = [sys.executable, "manage.py", "migrate", "-v0", "--skip-checks"]
    owner = {**env, "PBX_DB_LOGIN": "owner"}
    subprocess.run(command, check=True, env=owner, cwd=ROOT)
    _keep(url, kept)


def _hash(url: str) -> str:
    found = hashlib.sha256(_run("psql", url, "-Atc", "SHOW server_version").encode())
    for pattern in MADE_OF:
        for path in sorted(ROOT.glob(pattern)):
            found.update(str(path.relative_to(ROOT)).encode() + b"\0")
            found.update(path.read_bytes())
    return found.hexdigest()[:24]


def _read(url: str, kept: Path) -> None:
    _run("psql", url, "-q", "-v", "ON_ERROR_STOP=1", "--single-transaction", "-f", kept)


def _keep(url: str, kept: Path) -> None:
    """Write the dump beside its place and rename it: two suites may run at once."""
    KEPT.mkdir(parents=True, exist_ok=True)
    part = kept.with_suffix(f".{os.getpid()}")
    _run("pg_dump", url, "--enable-row-security", "--clean", "--if-exists", "-f", part)
    for older in KEPT.glob("*.sql"):
        older.unlink(missing_ok=True)
    part.rename(kept)


def _run(program: str, url: str, *arguments: str | Path) -> str:
    command = [_program(program), "-d", url, *map(str, arguments)]
    env = {**os.environ, "PGOPTIONS": ROWS}
    done = subprocess.run(command, check=True, env=env, capture_output=True, text=True)
    return done.stdout


def _program(name: str) -> str:
    """Return PostgreSQL's own program beside the newest server, else the one on PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(found[-1]) if found else name
