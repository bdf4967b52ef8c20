from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded import waiting
from embedded.say import Refusal
from embedded.service import Backoff, Service
from embedded.state import Mark, State, clean_up
from embedded.supervisor import Supervisor

STAYS = "import signal; print('here', flush=True); signal.pause()"


def python(name: str, code: str, **more: object) -> Service:
    command = [sys.executable, "-u", "-c", code]
    return Service(name, command, dict(os.environ), **more)  # type: ignore[arg-type]


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    made = Supervisor(State(tmp_path / "run.json"), tmp_path / "log", show=True)
    yield made
    made.stop()


def pid_of(supervisor: Supervisor, name: str) -> int:
    return supervisor.running[name].process.pid


def test_it_keeps_what_a_process_says(supervisor: Supervisor) -> None:
    supervisor.start(python("web", STAYS))
    log = supervisor.logs / "web.log"
    said = lambda: log.exists() and "here" in log.read_text()  # noqa: E731
    assert waiting.until(said, seconds=10)


def test_it_waits_until_a_service_is_ready(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    flag = tmp_path / "flag"
    code = f"open({str(flag)!r}, 'w'); {STAYS}"
    supervisor.start(python("web", code, ready=flag.exists))
    assert flag.exists()


def test_it_says_why_a_service_did_not_start(
    supervisor: Supervisor, capsys: pytest.CaptureFixture[str]
) -> None:
    dies = python("web", "print('no table'); raise SystemExit(3)", ready=lambda: False)
    with pytest.raises(Refusal, match="web ended with code 3"):
        supervisor.start(dies)
    supervisor.running["web"].reader.join()  # type: ignore[union-attr]
    assert "no table" in (supervisor.logs / "web.log").read_text()


def test_it_starts_a_dead_process_again_and_says_so(
    supervisor: Supervisor, capsys: pytest.CaptureFixture[str]
) -> None:
    supervisor.start(python("worker", STAYS))
    first = pid_of(supervisor, "worker")
    os.kill(first, signal.SIGKILL)
    supervisor.watch(also=lambda: pid_of(supervisor, "worker") != first)
    assert supervisor.running["worker"].process.poll() is None
    assert "worker ended with code -9; starting it again" in capsys.readouterr().out
    assert supervisor.state.processes["worker"].pid == pid_of(supervisor, "worker")


def test_it_stops_everything_it_started_and_nothing_else(
    supervisor: Supervisor,
) -> None:
    with subprocess.Popen([sys.executable, "-c", STAYS]) as stranger:
        supervisor.start(python("web", STAYS))
        supervisor.start(python("beat", STAYS))
        ours = [Mark.of(pid_of(supervisor, name)) for name in ("web", "beat")]
        supervisor.stop()
        assert not any(mark.alive() for mark in ours)
        assert stranger.poll() is None
        stranger.kill()


def test_it_ends_the_children_of_a_process_that_ignores_them(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    note = tmp_path / "child"
    child = f"[{sys.executable!r}, '-c', {STAYS!r}]"
    code = (
        f"import subprocess; p = subprocess.Popen({child}); "
        f"open({str(note)!r}, 'w').write(str(p.pid)); {STAYS}"
    )
    noted = lambda: note.exists() and note.read_text() != ""  # noqa: E731
    supervisor.start(python("web", code, ready=noted))
    left = Mark.of(int(note.read_text()))
    assert left.alive()
    supervisor.stop()
    assert waiting.until(lambda: not left.alive(), seconds=10)


def test_it_ends_a_process_that_does_not_listen(supervisor: Supervisor) -> None:
    deaf = (
        "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        "print('deaf', flush=True); signal.pause(); signal.pause()"
    )
    log = supervisor.logs / "web.log"
    ready = lambda: log.exists() and "deaf" in log.read_text()  # noqa: E731
    supervisor.start(python("web", deaf, ready=ready, stop_seconds=0.2))
    mark = Mark.of(pid_of(supervisor, "web"))
    supervisor.stop()
    assert not mark.alive()


def test_it_leaves_the_watch_when_told(supervisor: Supervisor) -> None:
    watching = threading.Thread(target=supervisor.watch)
    watching.start()
    supervisor.stopping.set()
    watching.join(10)
    assert not watching.is_alive()


def test_it_waits_longer_each_time_and_forgets_after_a_good_run() -> None:
    backoff = Backoff(good_run=30, longest=8)
    assert [backoff.next(0) for _ in range(5)] == [1, 2, 4, 8, 8]
    assert backoff.next(31) == 1


def test_it_cleans_up_its_own_leftovers_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def process() -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-c", STAYS], start_new_session=True)

    with process() as left, process() as reused:
        # The second number belongs to another process now: its start time differs.
        marks = {"web": Mark.of(left.pid), "beat": Mark(reused.pid, 1)}
        clean_up(State(tmp_path / "run.json", processes=marks))
        assert left.wait(10) == -signal.SIGTERM
        assert reused.poll() is None
        reused.kill()
    assert "left running: web" in capsys.readouterr().out
