"""What a step can answer, the dialplan can do and the picture can say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.db import connection

from pbx_console.console.call_words import ACTIONS, OUTCOMES

pytestmark = pytest.mark.django_db
DIALPLAN = Path(__file__).parents[2] / "asterisk_conf" / "etc"
_SET = re.compile(r"\baction\s*:=([^;]*);")
_WORD = re.compile(r"'([a-z-]+)'")


def actions() -> set[str]:
    """Every action in the text of a function of schema `asterisk`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT prosrc FROM pg_proc WHERE pronamespace = 'asterisk'::regnamespace"
        )
        texts = [text for (text,) in cursor.fetchall()]
    return {word for text in texts for part in _SET.findall(text)
            for word in _WORD.findall(part)}  # fmt: skip


def test_the_functions_are_read() -> None:
    assert {"extension", "outside", "refuse", "page"} <= actions()


def test_each_action_has_its_context_in_the_dialplan() -> None:
    text = "".join(path.read_text() for path in DIALPLAN.glob("*.conf"))
    contexts = set(re.findall(r"^\[do-([a-z-]+)\]", text, re.M))
    assert actions() - contexts == set()


def test_each_action_has_a_word_in_the_picture() -> None:
    assert actions() - set(ACTIONS) == set()


def test_each_outcome_has_a_word_in_the_picture() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = 'asterisk.route'::regclass"
            " AND (attname = 'next' OR attname LIKE 'on\\_%')"
        )
        columns = {name for (name,) in cursor.fetchall()}
    assert columns == set(OUTCOMES)
