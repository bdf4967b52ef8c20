"""A piece that cannot be had: one sentence, which piece, what to do."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from embedded import (
    asterisk_root,
    debian,
    exchange,
    postgres,
    python_env,
    redis,
    shell,
    stamps,
)
from embedded.paths import PROJECT
from embedded.say import Refusal
from tests.embedded.support import settings_of


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ("Asterisk 22.10.1+dfsg+~cs6.17.60671434-1", (22, 10, 1)),
        ("Asterisk 18.9.0", (18, 9, 0)),
        ("", ()),
    ],
)
def test_it_reads_the_version_of_an_asterisk(
    said: str, version: tuple[int, ...]
) -> None:
    assert asterisk_root.version_of(said) == version


def test_it_uses_an_asterisk_on_path_only_when_it_is_new_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = tmp_path / "asterisk"
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    for said, usable in (("22.10.0", False), ("22.10.1", True), ("23.0.0", True)):
        fake.write_text(f"#!/bin/sh\necho Asterisk {said}\n")
        fake.chmod(0o755)
        assert asterisk_root.system_asterisk() is usable


def test_it_says_what_to_install_when_we_are_not_root(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(debian, "missing", list)
    monkeypatch.setattr(debian, "is_root", lambda: False)
    with pytest.raises(Refusal, match=r"`apt-get install postgresql` as root"):
        debian.install(("postgresql",), why="the private servers")


def test_it_says_that_asterisk_needs_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asterisk_root, "is_root", lambda: False)
    monkeypatch.setattr(asterisk_root, "ASTERISK_ROOT", Path("/nowhere"))
    monkeypatch.setattr(asterisk_root, "system_asterisk", lambda: False)
    with pytest.raises(Refusal, match="set PBX_AMI_HOST"):
        asterisk_root.ensure()


def test_it_says_which_server_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "programs", lambda: None)
    monkeypatch.setattr(redis, "program", lambda: None)
    with pytest.raises(Refusal, match="set DATABASE_URL"):
        postgres.service(settings_of("test-nowhere"))
    with pytest.raises(Refusal, match="set REDIS_URL"):
        redis.service(settings_of("test-nowhere"))


def test_it_shows_the_end_of_what_a_failed_step_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(
        Refusal, match=r"no network here \(exit 7; everything it said: "
    ):
        shell.run(
            ["sh", "-c", "echo could not resolve; exit 7"],
            title="A failing step of the tests",
            refusal="no network here",
        )
    assert "could not resolve" in capsys.readouterr().out


def test_it_ends_with_code_2_and_one_sentence() -> None:
    environ = {**os.environ, "DATABASE_URL": "postgresql://x", "PBX_EMBEDDED": ""}
    del environ["PBX_EMBEDDED"]
    environ.pop("DATABASE_OWNER_URL", None)
    done = subprocess.run(
        [sys.executable, "-m", "embedded", "servers", "--instance", "test-refused"],
        cwd=PROJECT,
        env=environ,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("pbx: DATABASE_URL is set, so DATABASE_OWNER_URL")
    assert done.stderr.count("\n") == 1


def test_it_needs_nothing_but_the_standard_library() -> None:
    code = "import sys, embedded.__main__; print(*sys.modules, sep='\\n')"
    command = [
        sys.executable,
        "-I",
        "-S",
        "-c",
        f"import sys; sys.path.insert(0, {str(PROJECT)!r}); {code}",
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    foreign = loaded - set(sys.stdlib_module_names) - {"embedded", "__main__"}
    assert not foreign, done.stderr


def test_it_installs_from_locked_files_with_hashes() -> None:
    for profile in python_env.PROFILES:
        for path in python_env.lock_files(profile):
            assert "--hash=sha256:" in path.read_text()


def test_it_repeats_a_step_when_a_source_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stamps, "PROJECT", tmp_path)
    source = tmp_path / "assets"
    source.mkdir()
    (source / "a.css").write_text("a {}")
    stamp = stamps.Stamp("stamp", tmp_path)
    stamp.set(stamps.digest([source]))
    assert stamp.holds(stamps.digest([source]))
    (source / "a.css").write_text("b {}")
    assert not stamp.holds(stamps.digest([source]))


def test_a_tree_is_replaced_while_somebody_reads_it(tmp_path: Path) -> None:
    """An Asterisk that plays never misses a prompt, however often the tree is made."""
    target, missed, done = tmp_path / "sounds", [], threading.Event()
    _tree(target, "0")

    def listen() -> None:
        while not done.is_set():
            if not (target / "de" / "hello.wav16").exists():
                missed.append(1)

    listener = threading.Thread(target=listen)
    listener.start()
    for turn in range(300):
        fresh = tmp_path / f"fresh-{turn}"
        _tree(fresh, str(turn))
        exchange.put(fresh, target)
        shutil.rmtree(fresh)
    done.set()
    listener.join()
    assert (target / "de" / "hello.wav16").read_text() == "299"
    assert not missed


def _tree(folder: Path, text: str) -> None:
    (folder / "de").mkdir(parents=True)
    (folder / "de" / "hello.wav16").write_text(text)


def test_sounds_are_made_beside_those_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is half made or fails never stands where Asterisk looks."""
    target = asterisk_root.sounds(tmp_path)
    _tree(target, "old")

    def build(source: Path, folder: Path, **_more: object) -> None:
        assert (target / "de" / "hello.wav16").read_text() == "old"
        _tree(folder, "new")
        if fails:
            raise OSError("no room")

    monkeypatch.setattr(asterisk_root.speech, "build", build)
    monkeypatch.setattr(asterisk_root, "_install_sound_packages", lambda root: None)
    fails = True
    with pytest.raises(Refusal, match="no room"):
        asterisk_root._ensure_sounds(tmp_path)
    assert (target / "de" / "hello.wav16").read_text() == "old"
    fails = False
    asterisk_root._ensure_sounds(tmp_path)
    assert (target / "de" / "hello.wav16").read_text() == "new"
    assert [path.name for path in target.parent.iterdir()] == [target.name]
    asterisk_root._ensure_sounds(tmp_path)  # nothing changed: nothing is made
