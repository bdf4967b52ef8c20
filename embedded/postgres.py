"""A private PostgreSQL: Debian's packages, our own cluster, loopback, passwords only."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from embedded.account import Account, account
from embedded.environment import LOOPBACK, Settings
from embedded.paths import PROJECT
from embedded.say import Refusal
from embedded.service import Service

PACKAGES = ("postgresql",)
OLDEST = 15
_ROLES = PROJECT / "deploy" / "roles.sql"


def programs() -> Path | None:
    """The directory of the newest server programs of version 15 or newer."""
    versions = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    found = {int(path.parts[4]): path.parent for path in versions}
    if found and max(found) >= OLDEST:
        return found[max(found)]
    on_path = shutil.which("postgres")
    return Path(on_path).resolve().parent if on_path else None


def _programs() -> Path:
    found = programs()
    if found is None:
        raise Refusal(
            "PostgreSQL 15 or newer is not installed; run `apt-get install postgresql` "
            "as root, or set DATABASE_URL and DATABASE_OWNER_URL."
        )
    return found


def service(settings: Settings) -> Service:
    """The server, with its cluster made when missing."""
    bin_directory = _programs()
    runs_as, data = account("postgres"), _data(settings)
    if not (data / "PG_VERSION").exists():
        _initdb(settings, data, runs_as)
    return Service(
        name="postgres",
        command=[str(bin_directory / "postgres"), "-D", str(data), *_options(settings)],
        env={"LC_ALL": "C.UTF-8", "PATH": os.environ.get("PATH", "")},
        account=runs_as,
        cwd=Path("/"),
        ready=lambda: _answers(settings),
        stop_signal=signal.SIGINT,
        stop_seconds=30,
    )


def _data(settings: Settings) -> Path:
    """`var/<instance>/postgres`, a link elsewhere where postgres cannot walk there."""
    link = settings.instance.home / "postgres"
    if link.exists():
        return link.resolve()
    if account("postgres").reaches(link.parent):
        link.mkdir()
        return link
    digest = hashlib.sha256(str(link).encode()).hexdigest()[:12]
    target = Path("/var/lib/postgresql") / f"pbx-console-{digest}"
    target.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(target)
    return target


def _initdb(settings: Settings, data: Path, runs_as: Account) -> None:
    runs_as.own(data)
    password = data.parent / f".{data.name}-password"
    password.write_text(settings.secrets["superuser_password"] + "\n")
    runs_as.own(password)
    try:
        _run_initdb(data, password, runs_as)
    finally:
        password.unlink()


def _run_initdb(data: Path, password: Path, runs_as: Account) -> None:
    done = subprocess.run(
        [
            str(_programs() / "initdb"),
            *("-D", str(data), "-U", "postgres", "--encoding=UTF8"),
            *("--locale=C.UTF-8", "--auth=scram-sha-256", f"--pwfile={password}"),
        ],
        capture_output=True,
        text=True,
        cwd="/",
        **runs_as.options(),
    )
    if done.returncode != 0:
        raise Refusal(
            f"PostgreSQL's cluster could not be made in {data}: {done.stderr.strip()}"
        )


def _options(settings: Settings) -> Sequence[str]:
    chosen = {
        "listen_addresses": LOOPBACK,
        "port": str(settings.ports["postgres"]),
        "unix_socket_directories": "",
        "max_connections": "200",
        "shared_buffers": "256MB",
        "jit": "off",
    }
    if settings.may_be_lost:
        # Every commit is quicker for it.
        chosen |= {
            "fsync": "off",
            "full_page_writes": "off",
            "synchronous_commit": "off",
        }
    return [
        part for name, value in chosen.items() for part in ("-c", f"{name}={value}")
    ]


def _psql(
    settings: Settings, *arguments: str, script: str = ""
) -> subprocess.CompletedProcess[str]:
    where = ["-h", LOOPBACK, "-p", str(settings.ports["postgres"]), "-U", "postgres"]
    fixed = ["psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", *where]
    password = settings.secrets["superuser_password"]
    return subprocess.run(
        [*fixed, *arguments],
        input=script,
        capture_output=True,
        text=True,
        env={**os.environ, "PGPASSWORD": password, "PGCONNECT_TIMEOUT": "3"},
    )


def _answers(settings: Settings) -> bool:
    return _psql(settings, "-d", "postgres", "-c", "SELECT 1").returncode == 0


def prepare(settings: Settings) -> None:
    """Roles with their passwords, and the database."""
    roles = ("owner", "console", "asterisk")
    # By standard input: a command line can be read by everybody on the machine.
    names = {f"{role}_password": settings.secrets[f"{role}_password"] for role in roles}
    variables = "".join(f"\\set {name} '{value}'\n" for name, value in names.items())
    script = variables + _ROLES.read_text("utf-8")
    _must(_psql(settings, "-d", "postgres", script=script))
    if not _exists(settings):
        create = f'CREATE DATABASE "{settings.database}" OWNER pbx_owner'
        _must(_psql(settings, "-d", "postgres", "-c", create))


def identity(settings: Settings) -> str:
    """Which cluster and database this is: both numbers change when it is made anew."""
    query = (
        "SELECT system_identifier, oid FROM pg_control_system(), pg_database "  # noqa: S608
        f"WHERE datname = '{settings.database}'"  # ours, not input
    )
    return _must(_psql(settings, "-d", "postgres", "-c", query))


def _exists(settings: Settings) -> bool:
    query = f"SELECT 1 FROM pg_database WHERE datname = '{settings.database}'"  # noqa: S608 - ours
    return _psql(settings, "-d", "postgres", "-c", query).stdout.strip() == "1"


def _must(done: subprocess.CompletedProcess[str]) -> str:
    if done.returncode != 0:
        raise Refusal(
            f"The private PostgreSQL refused to be prepared: {done.stderr.strip()}"
        )
    return done.stdout.strip()
