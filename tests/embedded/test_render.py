from __future__ import annotations

from pathlib import Path

import pytest

from embedded import asterisk, render
from embedded.asterisk import Place
from embedded.paths import TEMPLATES
from tests.embedded.support import settings_of


def write(directory: Path, **files: str) -> Path:
    directory.mkdir(exist_ok=True)
    for name, content in files.items():
        (directory / f"{name}.conf").write_text(content)
    return directory


def test_it_puts_values_where_the_templates_name_them(tmp_path: Path) -> None:
    source = write(tmp_path / "in", rtp="rtpstart = @@RTP_START@@\n")
    render.directory(source, tmp_path / "out", {"RTP_START": "40000"})
    assert (tmp_path / "out" / "rtp.conf").read_text() == "rtpstart = 40000\n"


def test_it_lets_nobody_else_read_what_may_hold_passwords(tmp_path: Path) -> None:
    source = write(tmp_path / "in", manager="secret = @@WORD@@\n")
    render.directory(source, tmp_path / "out", {"WORD": "x"})
    assert (tmp_path / "out" / "manager.conf").stat().st_mode & 0o007 == 0


def test_it_refuses_a_name_without_a_value_and_writes_nothing(tmp_path: Path) -> None:
    source = write(tmp_path / "in", a="fine\n", b="port = @@NOBODY_KNOWS@@\n")
    with pytest.raises(render.RenderError, match=r"b\.conf: @@NOBODY_KNOWS@@"):
        render.directory(source, tmp_path / "out", {})
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("hostile", ["a\nb", "a\rb", "a;b", "a\x00b"])
def test_it_refuses_a_value_that_would_end_its_line(hostile: str) -> None:
    with pytest.raises(render.RenderError, match="line break"):
        render.text("secret = @@WORD@@", {"WORD": hostile}, name="manager.conf")


def test_it_removes_files_whose_template_is_gone(tmp_path: Path) -> None:
    target = write(tmp_path / "out", old="left over\n")
    render.directory(write(tmp_path / "in", new="x\n"), target, {})
    assert [path.name for path in target.iterdir()] == ["new.conf"]


def test_it_reads_secrets_of_a_container_from_files(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from a file\n")
    values = render.Environment({"A": "plain", "B_FILE": str(tmp_path / "secret")})
    assert render.text("@@A@@ @@B@@", values, name="x") == "plain from a file"
    assert "C" not in values


def test_it_says_as_a_program_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write(tmp_path / "in", x="@@SURELY_NOT_SET@@\n")
    assert render.main([str(source), str(tmp_path / "out")]) == 2
    assert "set SURELY_NOT_SET" in capsys.readouterr().err


def test_it_fills_every_placeholder_of_the_templates(tmp_path: Path) -> None:
    (tmp_path / "usr/lib/x86_64-linux-gnu/asterisk/modules").mkdir(parents=True)
    (tmp_path / "usr/share/asterisk/documentation").mkdir(parents=True)
    known = asterisk.values(settings_of("test"), Place(tmp_path, Path("/srv/test")))
    for template in TEMPLATES.iterdir():
        render.text(template.read_text("utf-8"), known, name=template.name)
    assert known["MODULES_DIR"] == "/usr/lib/x86_64-linux-gnu/asterisk/modules"
    assert known["JOURNAL_DIR"] == "/srv/test/journal"
