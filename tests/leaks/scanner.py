"""What a reseller's people and callers must never read, and a scanner that finds it.

The cast: reseller A is Nordbel, reseller B is Zuidlijn, and the platform's own brand gets
a name that stands nowhere by chance.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.conftest import Tenant, World

PLATFORM_PRODUCT = "Wolkenstern"
PLATFORM_PERSON = "Olga Obenauf"

PROJECT = (r"pbx[ _-]?console",)
# Our word for the platform's people, in each language.
OPERATOR = (r"\boperators?\b", r"\bBetreiber", r"\bexploitant", r"\bplatt?form")
SOFTWARE = (
    r"uvicorn|django|channels|asterisk|pjsip|pjproject|nginx|caddy|postgres|psycopg"
    r"|celery|python|typst|whitenoise|redis|xlsxwriter|openpyxl|werkzeug|gunicorn",
    r"csrfmiddlewaretoken",
)


# Keys and tokens are drawn by lot, and one may spell a word.
DRAWN = re.compile(r"\b[A-Za-z0-9]{32,}\b")


@dataclass(frozen=True)
class Leak:
    """A forbidden word, where it stood and what was around it."""

    place: str
    word: str
    around: str


@dataclass(frozen=True)
class Exemption:
    """A place and a word that may stand there, and why."""

    place: str
    word: str
    reason: str

    def covers(self, leak: Leak) -> bool:
        """Does it allow this leak?"""
        return bool(
            re.search(self.place, leak.place)
            and re.fullmatch(self.word, leak.word, re.I)
        )


EXEMPTIONS = (
    Exemption(
        r"^(page|mail|error|post) .* body$",
        "csrfmiddlewaretoken",
        "the name of the form field is fixed inside the framework; no banner, and"
        " renaming it means a fork of its CSRF protection",
    ),
    Exemption(
        r"^(page|post) /api/health/ready body$",
        "redis",
        "asked by the container engine; the proxy answers 404 to everybody else",
    ),
)


@dataclass
class Scanner:
    """Finds forbidden words; collects what it found and which exemptions it used."""

    patterns: tuple[re.Pattern[str], ...]
    exemptions: tuple[Exemption, ...] = EXEMPTIONS
    used: set[Exemption] = field(default_factory=set)

    def scan(self, place: str, text: str | bytes) -> list[Leak]:
        """Return the leaks of a text; bytes are read as Latin-1, so none is skipped."""
        if isinstance(text, bytes):
            text = text.decode("latin-1") + text.decode("utf-8", "ignore")
        text = DRAWN.sub("", text)
        found = (
            Leak(place, hit[0], text[max(0, hit.start() - 60) : hit.end() + 60])
            for pattern in self.patterns
            for hit in pattern.finditer(text)
        )
        return [leak for leak in found if not self._allowed(leak)]

    def _allowed(self, leak: Leak) -> bool:
        for exemption in self.exemptions:
            if exemption.covers(leak):
                self.used.add(exemption)
                return True
        return False


def words_of(tenant: Tenant, numbers: Iterable[str] = ()) -> list[str]:
    """Return what names a reseller: names, hosts, codes, people, numbers."""
    found = [
        tenant.reseller.name,
        tenant.reseller.slug,
        tenant.host,
        tenant.customer.name,
        tenant.customer.code,
        tenant.number,
        tenant.number.removeprefix("+"),
        *(person.email for person in tenant.people.values()),
        *(person.name for person in tenant.people.values()),
        *numbers,
    ]
    return [re.escape(word) for word in found]


def scanner(world: World, *more: str) -> Scanner:
    """Return a scanner for reseller A: the platform, the project, reseller B."""
    names = [
        re.escape(PLATFORM_PRODUCT),
        re.escape(PLATFORM_PERSON),
        re.escape(world.operator.email),
        re.escape(world.operator_host),
        *PROJECT,
        *OPERATOR,
        *SOFTWARE,
        *words_of(world.zuidlijn),
        *more,
    ]
    return Scanner(tuple(re.compile(name, re.I) for name in names))
