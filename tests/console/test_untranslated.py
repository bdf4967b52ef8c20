"""No untranslated text reaches a page: all of them, opened in a marked language."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

import pytest
from babel import Locale
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation

from pbx_console.accounts.rights import has_right
from pbx_console.console.forms.phones import label_of
from pbx_console.pbx.models.holidays import Region
from pbx_console.provisioning.render.catalogue import FAMILIES, MODELS
from pbx_console.provisioning.soft_clients import CLIENTS
from tests import pseudo
from tests.conftest import Tenant, World
from tests.leaks.pages import body, url_of
from tests.meta.addresses import Address, addresses

ROLES = ("operator", "owner", "admin", "end_user", "")
# What may stand unmarked, each with the reason. Whole texts, after taking the cast's own
# names, numbers and days away.
EXEMPT = {
    r"(Deutsch|English|Nederlands)": "a language is offered in its own name",
    r"[A-Z][A-Za-z_]+(/[A-Z][A-Za-z_ ]+)+|UTC": "a time zone's name in the IANA table",
    r"(EUR|CHF|USD|GBP)": "currency codes (ISO 4217)",
    r"(SIP|SRTP|MAC|CSV|XLSX|JSON|PDF|TOTP|SHA(-256)?|UDP|TCP|TLS|DNS|TXT|SPF|DKIM|DMARC|CNAME|"
    r"MX|SVG|PNG|JPEG|WebP|kB|MB|px|min|ms|vh|Hz)": "names of formats and units",
    r"(?=\w*\d)([0-9a-f]{4,}|[a-z0-9]{5,6}(-\d+)?)|[A-Z2-7]{16,}": "hashes, codes",
    r"[0-9a-f]{4} [0-9a-f]{4}…?": "the beginning of a hash",
    r"[0-9a-f]{5}-[0-9a-f]{5}": "recovery codes",
    r"#[0-9a-f]{6}": "colours",
    r"([0-9A-F]{2}:){5}[0-9A-F]{2}": "MAC addresses",
    r"usage-[\w-]+(\.\w+)+": "names of files",
    r"(: )?https?://.*|[\w.+-]+@[\w.-]+|[\w-]+(\.[\w-]+)+(:\d+)?": "addresses",
    r"[a-z]+(_[a-z]+)+": "columns of a file, fixed",
    r"(Ctrl|Strg|Esc|Tab|Enter)( \w)?": "keys",
    r"X-[A-Z]\w+: \w+": "an example of a SIP header",
    r"\w{1,2}": "initials",
}

DAYS = re.compile(
    rf"(?i)\b({'|'.join(sorted(map(re.escape, pseudo.calendar_words()), key=len)[::-1])})"
    r"\b\.?"
)
# Countries in the reader's language (Babel), and German states in their own.
PLACES = {str(name) for name in Locale("nl").territories.values()}
PLACES |= {str(name) for _key, name in Region.choices}


def own_words(world: World) -> list[str]:
    """What the cast itself typed in: longest first, so that parts do not remain."""
    words = {"Own", "Carrier", "Reception", "Wholesale", "Germany", "Workshop"}
    words |= {"Console", "Nordbel", "Zuidlijn", "carrier", "wholesale", "System"}
    words |= {"Netherlands"}
    words |= {"retail-nordbel", "Retail-Nordbel", "own-nordbel", "nordbel", "zuidlijn"}
    words |= {"Retail-Zuidlijn", "retail-zuidlijn", "own-zuidlijn"}
    for tenant in (world.nordbel, world.zuidlijn):
        words |= {tenant.customer.name, tenant.customer.code, tenant.host}
        words |= {person.name for person in tenant.people.values()}
        words |= {person.email for person in tenant.people.values()}
    words |= {world.operator.name, world.operator.email, "pbx1"}
    # Invented people of the previews of brand and mails, and the typefaces' own names.
    words |= {"Mara Okonkwo", "Ilse Varga", "Studio 2", "Inter", "Figtree"}
    words |= {"Instrument Sans", "Matrix", "Musterweg 5, 20095 Hamburg"}
    # Phones and programs have the names that their makers gave them.
    words |= {label_of(model) for model in MODELS.values()}
    words |= {f"{family.vendor} {family.name}" for family in FAMILIES.values()}
    words |= {client.name for client in CLIENTS}
    return sorted(words, key=len, reverse=True)


def left(text: str, own: list[str]) -> str:
    """Return what remains of a text without the cast's words, days and numbers."""
    for word in own:
        text = text.replace(word, " ")
    text = DAYS.sub(" ", text)
    text = re.sub(r"Midden-Europese \w+|gecoördineerde wereldtijd", " ", text)
    return text.strip(" \t\n.,:;·–-−+()/%€|→…'\"“”*0123456789\u00a0")


def untranslated(world: World, texts: list[str]) -> list[str]:
    """Return the texts for which no exemption holds."""
    own = own_words(world)
    return [text for text in texts if not _allowed(text, left(text, own))]


def _allowed(text: str, remaining: str) -> bool:
    """Does an exemption cover the whole text, or each word that remains of it?"""
    if text in PLACES or not re.search(r"[^\W\d_]{2,}", remaining):
        return True
    return _exempt(text) or all(_exempt(word) for word in remaining.split())


def _exempt(text: str) -> bool:
    return any(re.fullmatch(pattern, text) for pattern in EXEMPT)


@pytest.mark.parametrize("role", ROLES)
def test_every_text_of_every_page_is_translated(
    world: World, role: str, as_person: Any
) -> None:
    _nothing_untranslated(world, role, as_person, "get")


@pytest.mark.parametrize("role", ["operator", "owner", "admin", ""])
def test_every_text_of_every_refused_form_is_translated(
    world: World, role: str, as_person: Any
) -> None:
    _nothing_untranslated(world, role, as_person, "post")


def _nothing_untranslated(world: World, role: str, as_person: Any, method: str) -> None:
    """Open every address of a role; a text that many pages show is looked at once."""
    client, places = _client(world, role, as_person), dict[str, str]()
    signed_in = deepcopy(client.cookies)
    for address in _reached(role):
        client.cookies = deepcopy(signed_in)
        response = _open(world, role, address, client, method)
        if response["Content-Type"].startswith("text/html"):
            for text in pseudo.unmarked_html(body(response).decode()):
                places.setdefault(text, address.name)
    if found := untranslated(world, list(places)):
        pytest.fail("\n".join(f"{places[text]}: {text}" for text in found))


def test_every_error_page_is_translated(world: World, as_person: Any) -> None:
    client = _client(world, "end_user", as_person)
    with pseudo.marked():
        answers = [
            client.get("/there/is/nothing"),
            client.get(reverse("console:customers")),
            Client(headers={"host": "nobody.localhost", "accept-language": "nl"}).get(
                "/"
            ),
        ]
    for response in answers:
        html = response.content.decode()
        assert pseudo.OPEN in html
        assert untranslated(world, pseudo.unmarked_html(html)) == []


def test_it_sees_a_text_that_was_not_translated(world: World) -> None:
    with pseudo.marked(), translation.override(pseudo.LANGUAGE):
        name = translation.gettext("Name")
        assert name == "⟦Naam⟧"
        assert translation.gettext("A text that no catalogue holds").startswith("A")
    html = f'<h1>{name}</h1><p>Hello <b title="Look here">you</b></p><i>201</i>'
    found = untranslated(world, pseudo.unmarked_html(html))
    assert found == ["Hello", "Look here", "you"]


def test_no_script_says_anything_itself() -> None:
    """Texts for people come from the page (data attributes), never from a script."""
    shown = re.compile(
        r"(?:textContent|innerText|title|ariaLabel|placeholder)\s*=\s*"
        r"[\"'`]([^\"'`]*[^\W\d_]{2,}[^\"'`]*)[\"'`]"
        r"|(?:alert|confirm|prompt)\(\s*[\"'`]"
        r"|setAttribute\(\s*[\"'](?:aria-label|title|alt|placeholder)[\"'],\s*[\"'`]\w"
    )
    for script in (settings.BASE_DIR / "assets" / "js").rglob("*.js"):
        assert shown.findall(script.read_text("utf-8")) == [], script.name


def _reached(role: str) -> list[Address]:
    return [
        address
        for address in addresses()
        if address.name != "console:sign_out"
        and (
            not (right := getattr(address.view, "right", "") or "")
            or has_right(role, right)
        )
    ]


def _client(world: World, role: str, as_person: Any) -> Client:
    tenant = world.nordbel
    if not role:
        client = Client(headers={"host": tenant.host})
    elif role == "operator":
        client = as_person(world.operator, world.operator_host)
    else:
        client = as_person(tenant.people[role], tenant.host)
    client.cookies["language"] = pseudo.LANGUAGE
    return client


def _open(
    world: World, role: str, address: Address, client: Client, method: str
) -> Any:
    """Open an address and forget what that changed."""
    tenant: Tenant = world.nordbel
    url = url_of(address, tenant, role)
    with transaction.atomic(), pseudo.marked():
        response = getattr(client, method)(url)
        transaction.set_rollback(True)
    return response
