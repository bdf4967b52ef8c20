from __future__ import annotations

import ast
import subprocess
from pathlib import Path

import pytest

from embedded import environment
from embedded.paths import PROJECT
from embedded.say import Refusal
from tests.embedded.support import settings_of


def read_by_settings() -> set[str]:
    """The variables that settings.py asks for without a default."""
    tree = ast.parse((PROJECT / "pbx_console" / "settings.py").read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    asked = [call for call in calls if ast.unparse(call.func) == "env.text"]
    return {
        str(call.args[0].value)
        for call in asked
        if len(call.args) == 1 and isinstance(call.args[0], ast.Constant)
    }


def test_it_gives_every_variable_that_the_settings_need() -> None:
    asked = read_by_settings()
    assert {"PBX_SECRET_KEY", "REDIS_URL"} <= asked
    assert asked <= set(settings_of("demo").console())


def test_it_names_the_test_database_for_test_instances_only() -> None:
    assert settings_of("demo").console()["DATABASE_URL"].endswith("/pbx")
    assert settings_of("test").console()["DATABASE_URL"].endswith("/pbx_test")
    assert settings_of("test").asterisk_database()["DB_NAME"] == "pbx_test"


def test_it_uses_a_database_that_is_given() -> None:
    url = "postgresql://me:se%3Acret@db.example:6000/mine"
    given = settings_of("demo", DATABASE_URL=url, PBX_ASTERISK_DATABASE_URL=url)
    assert given.console()["DATABASE_URL"] == url
    assert given.asterisk_database() == {
        "DB_HOST": "db.example",
        "DB_PORT": "6000",
        "DB_NAME": "mine",
        "DB_USER": "me",
        "DB_PASSWORD": "se:cret",
    }


def test_it_uses_an_asterisk_that_is_given() -> None:
    console = settings_of(
        "demo",
        PBX_AMI_HOST="10.0.0.5",
        PBX_AMI_READER_SECRET="r",
        PBX_AMI_WRITER_SECRET="w",
        PBX_JOURNAL_DIR="/var/spool/journal",
    ).console()
    assert (console["PBX_AMI_HOST"], console["PBX_AMI_PORT"]) == ("10.0.0.5", "5038")
    assert console["PBX_JOURNAL_DIR"] == "/var/spool/journal"


@pytest.mark.parametrize(
    ("given", "absent"),
    [
        ({"DATABASE_URL": "x"}, "DATABASE_OWNER_URL"),
        ({"DATABASE_URL": "x", "DATABASE_OWNER_URL": "x"}, "PBX_ASTERISK_DATABASE_URL"),
        ({"PBX_AMI_HOST": "x"}, "PBX_JOURNAL_DIR"),
    ],
)
def test_it_says_what_else_a_given_server_needs(
    given: dict[str, str], absent: str
) -> None:
    with pytest.raises(Refusal, match=absent):
        environment.external(given)


def test_it_does_not_take_its_own_servers_for_given_ones() -> None:
    ours = settings_of("dev").console()
    assert not environment.external(ours).postgres


def test_it_writes_lines_that_a_shell_reads_back(tmp_path: Path) -> None:
    hostile = {"A": 'it\'s $HOME `x` "y"'}
    (tmp_path / "env").write_text(environment.shell_lines(hostile))
    script = f'. {tmp_path}/env; printf %s "$A"'
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True)
    assert done.stdout == hostile["A"]
