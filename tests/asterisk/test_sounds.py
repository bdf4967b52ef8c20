"""What callers hear is there in every language, and nothing names the software."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from embedded import asterisk_root, speech
from pbx_console.pbx.migrations import _prompts_sql

PROJECT = Path(__file__).resolve().parents[2]
TEXTS = PROJECT / "asterisk_conf" / "sounds"
PLAYED = re.compile(r"\bpbx/([a-z0-9][a-z0-9-]*)\b(?!/|\.py)")
# What voicemail, queues and conferences say while nobody does anything wrong.
NEEDED = ("vm-youhave", "vm-password", "vm-messages", "queue-thereare", "conf-getpin")
NEEDED += ("digits/1", "digits/20", "beep", "vm-login", "pbx/leave-message")


def tree() -> Path:
    """Where the languages lie, seen from here."""
    private = (
        Path(settings.JOURNAL_DIR)
        .resolve()
        .is_relative_to(asterisk_root.ASTERISK_ROOT.resolve())
    )
    return asterisk_root.sounds(asterisk_root.ASTERISK_ROOT if private else Path("/"))


def played() -> set[str]:
    """Our own announcements that the dialplan or a step names."""
    files = [*(PROJECT / "asterisk_conf" / "etc").glob("*.conf")]
    texts = [path.read_text() for path in files]
    texts += re.findall(r"'pbx/[a-z-]*[a-z]'", _prompts_sql.SAID)
    pairs = re.findall(r"'(pbx/[a-z-]*-)'", _prompts_sql.SAID)
    texts += [f"{stem}{word}" for stem in pairs for word in ("on", "off")]
    lines = [line for text in texts for line in text.splitlines() if line[:1] != ";"]
    return {name for line in lines for name in PLAYED.findall(line)} - {"migrations"}


def test_every_announcement_that_is_played_is_spoken() -> None:
    for language in speech.LANGUAGES:
        spoken = speech.texts(TEXTS, language)
        assert not {n for n in played() if f"pbx/{n}" not in spoken}


@pytest.mark.parametrize("language", speech.LANGUAGES)
def test_every_language_has_what_is_needed(language: str) -> None:
    names = {path.with_suffix("").name for path in (tree() / language).iterdir()}
    for name in NEEDED:
        folder, _slash, last = name.rpartition("/")
        assert list((tree() / language / folder).glob(f"{last}.*")), name
    assert len(names) > 100


@pytest.mark.parametrize("language", speech.LANGUAGES)
def test_nobody_hears_the_name_of_the_software(language: str) -> None:
    spoken = speech.texts(TEXTS, language)
    heard = " ".join(spoken.values()).lower()
    assert "asterisk" not in heard.replace("asterisk (*)", "")
    assert "comedian" not in heard
    for name in ("vm-login", "vm-newuser"):
        (file,) = (tree() / language).glob(f"{name}.*")
        assert name in spoken
        assert file.suffix == ".wav16"
    assert not list((tree() / language).glob("demo-*"))
