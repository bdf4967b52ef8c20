"""PostgreSQL, Redis and Asterisk of one instance: those that the user does not have."""

from __future__ import annotations

from collections.abc import Iterator

from embedded import asterisk, postgres, redis, say
from embedded.environment import LOOPBACK, External, Settings, shell_lines
from embedded.service import Service
from embedded.supervisor import Supervisor


def packages(given: External) -> Iterator[str]:
    """Debian packages of the servers that are neither given nor installed."""
    if not given.postgres and postgres.programs() is None:
        yield from postgres.PACKAGES
    if not given.redis and redis.program() is None:
        yield from redis.PACKAGES


def start_databases(supervisor: Supervisor, settings: Settings) -> None:
    """PostgreSQL with roles and database, and Redis."""
    if not settings.external.postgres:
        _start(supervisor, postgres.service(settings), settings.ports["postgres"])
        postgres.prepare(settings)
    if not settings.external.redis:
        _start(supervisor, redis.service(settings), settings.ports["redis"])


def start_asterisk(supervisor: Supervisor, settings: Settings) -> None:
    """Asterisk, fully booted."""
    if not settings.external.asterisk:
        _start(supervisor, asterisk.service(settings), settings.ports["sip"])


def _start(supervisor: Supervisor, service: Service, port: int) -> None:
    say.step(f"Starting {service.name} on {LOOPBACK}:{port}")
    supervisor.start(service)


def write_environment(settings: Settings) -> None:
    """`var/<instance>/env`: `. var/<instance>/env` gives a shell every variable."""
    path = settings.instance.home / "env"
    path.touch(mode=0o600)
    path.write_text(shell_lines(settings.console()))
