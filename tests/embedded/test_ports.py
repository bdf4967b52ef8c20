from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from embedded import ports


@contextmanager
def listening(port: int = 0) -> Iterator[int]:
    with socket.socket() as server:
        server.bind((ports.HOST, port))
        server.listen()
        yield server.getsockname()[1]


def test_it_keeps_the_ports_of_the_last_start(tmp_path: Path) -> None:
    first = ports.settle(tmp_path / "ports.json")
    assert ports.settle(tmp_path / "ports.json") == first


def test_it_gives_every_server_a_port_of_its_own(tmp_path: Path) -> None:
    chosen = ports.settle(tmp_path / "ports.json")
    assert len(set(chosen.values())) == len(chosen)


def test_it_says_when_a_port_is_taken_and_chooses_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "ports.json"
    before = ports.settle(path)
    with listening(before["ami"]) as taken:
        after = ports.settle(path)
    assert after["ami"] != taken
    assert {**after, "ami": 0} == {**before, "ami": 0}
    assert f"Port {taken} (ami) is taken" in capsys.readouterr().out


def test_it_sees_ports_taken_by_udp_too() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.bind((ports.HOST, 0))
        assert not ports.is_free(phone.getsockname()[1])


def test_it_takes_another_web_port_when_the_usual_one_is_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with listening() as taken:
        monkeypatch.setattr(ports, "WEB", taken)
        assert ports.choose("web", set()) != taken


def test_it_starts_anew_from_an_unreadable_file(tmp_path: Path) -> None:
    (tmp_path / "ports.json").write_text("{half")
    chosen = ports.settle(tmp_path / "ports.json")
    assert json.loads((tmp_path / "ports.json").read_text()) == chosen
