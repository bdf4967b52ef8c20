from __future__ import annotations

from pathlib import Path

import pytest

from embedded import debian


def test_it_leaves_no_policy_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(debian, "POLICY", tmp_path / "policy-rc.d")
    with debian._no_service_starts():
        assert debian.POLICY.stat().st_mode & 0o111
        assert "exit 101" in debian.POLICY.read_text()
    assert not debian.POLICY.exists()


def test_it_removes_a_policy_that_a_killed_start_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(debian, "POLICY", tmp_path / "policy-rc.d")
    debian.POLICY.write_text(debian._OURS)
    with debian._no_service_starts():
        pass
    assert not debian.POLICY.exists()


def test_it_keeps_a_policy_of_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(debian, "POLICY", tmp_path / "policy-rc.d")
    debian.POLICY.write_text("#!/bin/sh\nexit 0\n")
    with debian._no_service_starts():
        pass
    assert debian.POLICY.read_text() == "#!/bin/sh\nexit 0\n"


def test_it_takes_the_mirror_from_apt_for_this_release(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    targets = (
        "http://security.example/ trixie-security\nhttp://mirror.example/d/ trixie\n"
    )
    monkeypatch.setattr(debian.shell, "output", lambda *_, **__: targets)
    monkeypatch.setattr(debian, "release", lambda: "trixie")
    assert debian.mirror() == "http://mirror.example/d/"
