"""German and Dutch are complete: every message id of the code has its translation."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from django.conf import settings
from django.test import Client
from django.urls import reverse

from pbx_console.accounts.models import Customer, User
from pbx_console.accounts.scope import as_everyone
from tests.conftest import World

LOCALE = Path("pbx_console/locale")
LANGUAGES = ("de", "nl")
PLACE = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
TAG = re.compile(r"</?[a-z][^>]*>")
# Where a translation may be the English text itself, with the reason.
SAME = {
    r"[\W\d]*(%\(\w+\)s[\W\d]*(m?s\b)?[\W\d]*)*": "places for values, no words",
    r"\+?\d+…": "a number's beginning",
    r"(?i)(admin|administrator|code|server|port|account|journal|export|exports|live|logo"
    r"|logos|name|text|person|status|filter|minimum|object|system|browser|pdfs?|csv|mail"
    r"|mails|version %\(n\)s|passkeys?|contract|contrast|type|platform|support|domain"
    r"|domains|prefix|reseller|resellers|trunk|trunks|offline|console|tags?|wert|sms"
    r"|%\(counter\)s offline|%\(n\)s resellers?|menu|sample|ctrl k|route|routes"
    r"|privacy|optional|inter, neutral|navigation|agents?|agent %\(n\)s|codes|pin|pause"
    r"|tcp|tls|udp|voicemail|data|fax|lunch|postcode|transport|carrier|firmware|model"
    r"|open: %\(names\)s)": (
        "the same word in both languages, as people who work with telephones say it"
    ),
}


def messages(language: str) -> list[Message]:
    """Return the messages of a language's catalogue, without its head."""
    path = settings.BASE_DIR / LOCALE / language / "LC_MESSAGES" / "django.po"
    with path.open("rb") as file:
        return [message for message in read_po(file) if message.id]


def texts(message: Message) -> list[str]:
    """Return all forms of a translation."""
    found = message.string
    return [found] if isinstance(found, str) else list(found)


def sources(message: Message) -> list[str]:
    """Return all forms of the English text."""
    return [message.id] if isinstance(message.id, str) else list(message.id)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_complete_and_never_guessed(language: str) -> None:
    missing = [m.id for m in messages(language) if m.fuzzy or not all(texts(m))]
    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_has_both_its_forms(language: str) -> None:
    assert [m.id for m in messages(language) if len(texts(m)) != len(sources(m))] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_keeps_the_places_for_values_and_the_markup(language: str) -> None:
    wrong = []
    for message in messages(language):
        wanted = [set(PLACE.findall(source)) for source in sources(message)]
        marks = [Counter(TAG.findall(source)) for source in sources(message)]
        for number, text in enumerate(texts(message)):
            places = set(PLACE.findall(text))
            if places - set.union(*wanted) or wanted[number] - places:
                wrong.append(text)
            if Counter(TAG.findall(text)) != marks[number]:
                wrong.append(text)
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_english_text_stands_only_where_it_is_the_word(language: str) -> None:
    same = {text for m in messages(language) for text in texts(m) if text in sources(m)}
    assert sorted(t for t in same if not any(re.fullmatch(p, t) for p in SAME)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_shouts_or_pleads(language: str) -> None:
    loud = re.compile(r"!$|\bbitte\b|\balstublieft\b|\berfolgreich|\bsuccesvol", re.I)
    assert [t for m in messages(language) for t in texts(m) if loud.search(t)] == []


def test_dutch_says_u() -> None:
    familiar = re.compile(r"\b(je|jij|jouw|jullie)\b", re.I)
    assert [t for m in messages("nl") for t in texts(m) if familiar.search(t)] == []


def test_german_says_sie() -> None:
    familiar = re.compile(r"\b(du|dein\w*|dich|dir)\b", re.I)
    assert [t for m in messages("de") for t in texts(m) if familiar.search(t)] == []


def test_each_has_every_message_id_of_the_code(tmp_path: Path) -> None:
    copy = tmp_path / "pbx_console"
    ignored = shutil.ignore_patterns("static", "__pycache__", "*.mo")
    shutil.copytree(settings.BASE_DIR / "pbx_console", copy, ignore=ignored)
    shutil.copy(settings.BASE_DIR / "manage.py", tmp_path)
    before = {language: _ids(tmp_path, language) for language in LANGUAGES}
    subprocess.run(
        ["python", "../manage.py", "makemessages", "-l", "de", "-l", "nl", "--no-wrap"],
        cwd=copy,
        check=True,
        capture_output=True,
    )
    for language in LANGUAGES:
        assert _ids(tmp_path, language) - before[language] == set()


def _ids(root: Path, language: str) -> set[str]:
    path = root / LOCALE / language / "LC_MESSAGES" / "django.po"
    return set(re.findall(r'^msgid "(.+)"$', path.read_text("utf-8"), re.M))


@pytest.mark.parametrize("language", LANGUAGES)
def test_gettext_accepts_it(language: str, tmp_path: Path) -> None:
    path = settings.BASE_DIR / LOCALE / language / "LC_MESSAGES" / "django.po"
    command = ["msgfmt", "--check-format", "-o", str(tmp_path / "x.mo"), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr == ""


def test_the_door_offers_every_language_in_its_own_name(world: World) -> None:
    client = Client(headers={"host": world.zuidlijn.host, "accept-language": "nl"})
    page = client.get(reverse("console:sign_in")).content.decode()
    assert '<html lang="nl"' in page
    for code, name in (("de", "Deutsch"), ("en", "English"), ("nl", "Nederlands")):
        assert f'value="{code}" lang="{code}"' in page
        assert f">{name}</button>" in page
    assert "Inloggen" in page


def test_the_person_comes_before_the_customer_and_the_customer_before_the_browser(
    world: World, as_person: object
) -> None:
    tenant = world.zuidlijn
    admin = tenant.people["admin"]
    client = as_person(admin, tenant.host)  # type: ignore[operator]
    home = reverse("console:home")
    asked = {"accept-language": "en"}
    assert client.get(home, headers=asked)["Content-Language"] == "de"  # the customer's
    _speak(tenant.customer, "nl")
    assert client.get(home, headers=asked)["Content-Language"] == "nl"
    _speak(admin, "en")
    assert client.get(home, headers=asked)["Content-Language"] == "en"


def test_a_language_nobody_speaks_is_as_if_not_chosen(world: World) -> None:
    client = Client(headers={"host": world.nordbel.host, "accept-language": "nl"})
    client.cookies["language"] = "../xx"
    assert client.get(reverse("console:sign_in"))["Content-Language"] == "nl"


def _speak(somebody: User | Customer, language: str) -> None:
    with as_everyone("test"):
        type(somebody).objects.filter(pk=somebody.pk).update(language=language)
