"""One supervised run of an instance: lock, leftovers, signals, orderly end."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from embedded import environment, shell, state
from embedded.environment import Settings
from embedded.paths import Instance
from embedded.say import Refusal
from embedded.state import Mark, State
from embedded.supervisor import Supervisor


@dataclass(frozen=True)
class Session:
    """What a command works with while its servers run."""

    settings: Settings
    supervisor: Supervisor
    state: State

    def up(self) -> None:
        """Tell `make up` and `make status` that everything runs."""
        self.state.phase = "up"
        self.state.save()


@contextlib.contextmanager
def opened(instance: Instance, *, show: bool, fresh: bool = False) -> Iterator[Session]:
    """Everything started inside is ended at the end, whatever ends it.

    `fresh` forgets the data of earlier runs.
    """
    instance.prepare()
    with state.lock(instance.home / "lock", wait=False) as mine:
        if not mine:
            raise Refusal(
                f"{instance.name} runs already; `make status` shows it, `make down` "
                "ends it."
            )
        _clean_up(instance, fresh=fresh)
        with _run(instance, show=show) as session:
            yield session


def _clean_up(instance: Instance, *, fresh: bool) -> None:
    left = state.load(instance)
    state.clean_up(left)
    left.save()
    if fresh:
        forget_data(instance)


def forget_data(instance: Instance) -> None:
    """The next start is a first start; nothing of the instance may run."""
    for name in ("postgres", "asterisk", "data", "mail"):
        _forget(instance.home / name)


def _forget(path: Path) -> None:
    """Remove a directory, or the one that a link names, and the link."""
    shutil.rmtree(path.resolve(), ignore_errors=True)
    if path.is_symlink():
        path.unlink()


@contextlib.contextmanager
def _run(instance: Instance, *, show: bool) -> Iterator[Session]:
    now = state.load(instance)
    now.supervisor, now.phase = Mark.of(os.getpid()), "starting"
    now.save()
    supervisor = Supervisor(now, instance.logs, show=show)
    _end_on_signals()
    try:
        yield Session(environment.settle(instance), supervisor, now)
    finally:
        _ignore_signals()
        shell.stop_all()
        supervisor.stop()
        now.supervisor, now.phase = None, "down"
        now.save()


class Ended(BaseException):
    """Ctrl-C, `make down` or a closed terminal."""


_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _end_on_signals() -> None:
    def end(number: int, _: object) -> None:
        raise Ended(signal.Signals(number).name)

    for number in _SIGNALS:
        signal.signal(number, end)


def _ignore_signals() -> None:
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
