"""Debian's packages: what is missing is installed, and no service is started."""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from embedded import shell
from embedded.paths import is_root
from embedded.say import Refusal

POLICY = Path("/usr/sbin/policy-rc.d")
POLICY_TEXT = "#!/bin/sh\nexit 101\n"
# Told apart from a policy of the machine's own, which stays.
_OURS = "#!/bin/sh\n# by pbx-console, only while it installs\nexit 101\n"
NO_CLUSTER = Path("/etc/postgresql-common/createcluster.d/pbx-console.conf")
QUIET = {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1", "LC_ALL": "C.UTF-8"}


def release() -> str:
    """The code name, e.g. `bookworm`; empty when this is not Debian."""
    for text in _os_release():
        key, _, value = text.partition("=")
        if key == "VERSION_CODENAME":
            return value.strip().strip('"')
    return ""


def _os_release() -> list[str]:
    path = Path("/etc/os-release")
    return path.read_text().splitlines() if path.exists() else []


def mirror() -> str:
    """The archive that this machine's own apt uses for its release."""
    wanted = release()
    targets = shell.output(
        ["apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE)"]
    )
    for text in targets.splitlines():
        uri, _, name = text.partition(" ")
        if name == wanted:
            return uri
    raise Refusal(
        "apt names no archive for this Debian release; put one into "
        "/etc/apt/sources.list and start again."
    )


def missing(packages: Sequence[str]) -> list[str]:
    """Those of `packages` that are not installed."""
    return [name for name in packages if not _installed(name)]


def _installed(name: str) -> bool:
    state = shell.output(["dpkg-query", "-W", "-f", "${db:Status-Status}", name])
    return state == "installed"


def install(packages: Sequence[str], *, why: str) -> None:
    """Install what is missing of `packages`; nothing is started by it."""
    needed = missing(packages)
    if not needed:
        return
    names = " ".join(needed)
    _check_possible(names, why)
    with _no_service_starts(), _no_system_cluster():
        _update()
        # What a Ctrl-C left half installed would stop every later attempt.
        shell.output(["dpkg", "--configure", "-a"], **QUIET)
        shell.run(
            ["apt-get", "install", "-y", "--no-install-recommends", *needed],
            title=f"Installing Debian packages: {names}",
            refusal=f"apt could not install {names}, needed for {why}; "
            f"check the network, or run `apt-get install {names}` to see why",
            env=QUIET,
        )


def _check_possible(names: str, why: str) -> None:
    if shutil.which("apt-get") is None:
        raise Refusal(f"{why} needs {names}; this is not Debian, so install it first.")
    if not is_root():
        raise Refusal(
            f"{why} needs the packages {names}; run `apt-get install {names}` as root, "
            "or start this command as root."
        )


@functools.cache
def _update() -> None:
    """Once per start."""
    shell.run(
        ["apt-get", "update"],
        title="Reading Debian's package lists",
        refusal="Debian's archive cannot be reached; check the network and "
        "/etc/apt/sources.list",
        env=QUIET,
    )


@contextlib.contextmanager
def _no_service_starts() -> Iterator[None]:
    """invoke-rc.d and deb-systemd-invoke ask this file before they start anything."""
    with _file_for_a_while(POLICY, _OURS, mode=0o755):
        yield


@contextlib.contextmanager
def _no_system_cluster() -> Iterator[None]:
    """postgresql-common makes no cluster of its own while this file stands."""
    with _file_for_a_while(NO_CLUSTER, "create_main_cluster = false\n", mode=0o644):
        yield


@contextlib.contextmanager
def _file_for_a_while(path: Path, text: str, *, mode: int) -> Iterator[None]:
    if path.exists() and path.read_text() != text:
        yield
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.chmod(path, stat.S_IMODE(mode))
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
