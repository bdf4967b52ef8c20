"""Health checks of the console's containers; standard library only.

python deploy/healthy.py web PORT          the console answers that it is ready
python deploy/healthy.py worker            this host's worker answers a ping
python deploy/healthy.py fresh FILE        the file was written in the last ten minutes
python deploy/healthy.py connected PORT    a connection to this port is open
"""

from __future__ import annotations

import platform
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

_ESTABLISHED = "01"  # of the kernel's include/net/tcp_states.h


def web(port: str) -> bool:
    """Ask the console over HTTP."""
    address = f"http://127.0.0.1:{int(port)}/api/health/ready"
    with urllib.request.urlopen(address, timeout=4) as answer:
        return bool(answer.status == 200)


def worker() -> bool:
    """Ask the worker over its broker."""
    command = ["celery", "-A", "pbx_console", "inspect", "ping", "--timeout", "10"]
    here = ["--destination", f"celery@{platform.node()}"]
    done = subprocess.run([*command, *here], capture_output=True)  # noqa: S603 - fixed words
    return done.returncode == 0


def fresh(path: str) -> bool:
    """Beat writes its schedule every three minutes."""
    return time.time() - Path(path).stat().st_mtime < 600


def connected(port: str) -> bool:
    """The container has its own network, so every connection is this process's."""
    tables = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
    return any(_has(table.read_text(), int(port)) for table in tables if table.exists())


def _has(table: str, port: int) -> bool:
    rows = (line.split() for line in table.splitlines()[1:])
    return any(
        row[3] == _ESTABLISHED and int(row[2].rpartition(":")[2], 16) == port
        for row in rows
    )


CHECKS: dict[str, Callable[..., bool]] = {
    "web": web,
    "worker": worker,
    "fresh": fresh,
    "connected": connected,
}


def main(arguments: list[str]) -> int:
    """0 when healthy, 1 when not, whatever the reason."""
    name, *rest = arguments
    try:
        return 0 if CHECKS[name](*rest) else 1
    except OSError as error:
        sys.stderr.write(f"{name}: {error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
