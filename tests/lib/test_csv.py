"""CSV in and out."""

from __future__ import annotations

import csv as standard
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbx_console.lib import csv

COLUMNS = ["prefix", "name"]


def rows(text: str) -> list[csv.Row | csv.RowError]:
    return list(csv.read(text, columns=COLUMNS, required=["prefix"]))


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_it_finds_the_separator_in_the_header(mark: str) -> None:
    found = rows(f"Name{mark} Prefix\r\nBerlin{mark}4930\r\n")
    assert found == [csv.Row(2, {"name": "Berlin", "prefix": "4930"})]


def test_it_counts_rows_as_a_person_sees_them() -> None:
    found = rows('prefix,name\n49,"two\nlines"\n\n50\n51,c\n')
    assert [row.number if isinstance(row, csv.Row) else row.row for row in found] == [
        2,
        5,
        6,
    ]
    assert isinstance(found[1], csv.RowError)
    assert "has 1 values, the header has 2" in str(found[1])


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", (0, "")),
        ("prefix,colour\n", (1, "colour")),
        ("prefix,prefix\n", (1, "prefix")),
        ("name\n", (1, "prefix")),
        ('prefix,name\n49,"x"y\n', (2, "")),
        ('prefix,name\n49,"never closed\n', (2, "")),
    ],
)
def test_it_says_where_a_file_is_broken(text: str, place: tuple[int, str]) -> None:
    with pytest.raises(csv.CsvError) as caught:
        rows(text)
    assert (caught.value.error.row, caught.value.error.column) == place


def test_it_names_the_row_that_is_not_utf8() -> None:
    with pytest.raises(csv.CsvError) as caught:
        csv.decode("prefix,name\n43,Österreich\n".encode("latin-1"))
    assert caught.value.error.row == 2
    assert csv.decode("\ufeffä".encode()) == "ä"


def test_it_refuses_files_that_are_too_large_or_binary() -> None:
    with pytest.raises(csv.CsvError, match="larger than 1 MB"):
        csv.decode(b"x" * 1_048_577, max_bytes=1_048_576)
    with pytest.raises(csv.CsvError, match="NUL"):
        csv.decode(b"a\0b")


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=5)
)
def test_it_writes_records_that_every_reader_understands(values: list[str]) -> None:
    line = csv.machine_line(values)
    assert line.endswith("\r\n")
    if "\0" not in line:
        assert list(standard.reader(io.StringIO(line, newline=""))) == [values]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])
def test_it_neutralises_formulas_for_people_only(start: str) -> None:
    text = start + "HYPERLINK()"
    assert "'" + text in csv.spreadsheet_line([text]).replace('"', "")
    assert "'" not in csv.machine_line([text])


def test_it_leaves_numbers_alone_in_spreadsheets() -> None:
    assert csv.spreadsheet_line([-5, "a;b"]) == '-5;"a;b"\r\n'
