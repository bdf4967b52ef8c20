"""The console's processes: one table for the supervisor and for docker-compose.yml.

A test compares docker-compose.yml with it, so what `make demo` proves holds there too.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Process:
    """One long-running process; `{host}`, `{port}`, `{data}` and more are filled in."""

    name: str
    arguments: tuple[str, ...]

    def command(self, **filled: str | int) -> list[str]:
        """The command line; the first word is a program of the virtual environment."""
        return [argument.format(**filled) for argument in self.arguments]


WEB = Process(
    "web",
    (
        "uvicorn",
        "pbx_console.asgi:application",
        "--host",
        "{host}",
        "--port",
        "{port}",
        "--timeout-graceful-shutdown",
        "5",
        "--no-server-header",
        "--no-access-log",
    ),
)
WORKER = Process(
    "worker", ("celery", "-A", "pbx_console", "worker", "-c", "2", "--loglevel", "INFO")
)
BEAT = Process(
    "beat",
    (
        "celery",
        "-A",
        "pbx_console",
        "beat",
        "--loglevel",
        "INFO",
        "--schedule",
        "{data}/beat-schedule",
        "--pidfile=",
    ),
)
LISTENER = Process("listener", ("python", "manage.py", "listen_ami"))
FOLLOWER = Process("follower", ("python", "manage.py", "follow_journal"))

# Only where mails may not leave: `make demo`, never docker-compose.yml.
CATCHER = Process(
    "catcher",
    (
        "python",
        "-m",
        "embedded.catcher",
        "--smtp",
        "{smtp}",
        "--web",
        "{mail}",
        "--folder",
        "{folder}",
    ),
)

CONSOLE = (WEB, WORKER, BEAT, LISTENER, FOLLOWER)
MIGRATE = ("python", "manage.py", "migrate", "--no-input")
