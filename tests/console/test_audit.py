"""The audit log as sentences, in the reader's language."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.utils import timezone, translation

from pbx_console.accounts.actor import SYSTEM, Actor
from pbx_console.accounts.models import AuditEntry
from pbx_console.accounts.scope import as_reseller
from pbx_console.accounts.services.customers import save_customer
from pbx_console.console.history import changes, sentence
from pbx_console.console.history_words import ACTS, SENTENCES
from pbx_console.metering.models import UsageExport
from pbx_console.pbx.services.extensions import delete_extension, save_extension
from tests.conftest import World
from tests.console.conftest import Opens, text_of

RECORDED = re.compile(r'record\([^()]*?"([a-z_]+\.[a-z_]+)"', re.S)
NAMED = re.compile(r'"([a-z_]+\.[a-z_]+)"')
NO_VERBS = {"brand.toml", "phonebook.manage", "porting.manage"}  # a file, rights


def verbs_written() -> set[str]:
    """Return every verb that any room writes: given to `record`, or named in a service
    with a noun that the log knows (a verb may be chosen before it is recorded)."""
    package = Path(settings.BASE_DIR) / "pbx_console"
    nouns = {key.partition(".")[0] for key in SENTENCES}
    found: set[str] = set()
    for path in package.rglob("*.py"):
        text = path.read_text("utf-8")
        found.update(RECORDED.findall(text))
        if path.parent.name == "services":
            named = NAMED.findall(text)
            found.update(v for v in named if v.partition(".")[0] in nouns)
    return found - NO_VERBS


def test_it_has_a_sentence_for_every_verb_that_is_written() -> None:
    verbs = verbs_written()
    assert {"extension.created", "person.signed_in", "export.downloaded"} <= verbs
    told = {verb for verb in verbs if verb.rpartition(".")[2] in ACTS}
    assert verbs - set(SENTENCES) - told == set()


def test_it_speaks_the_readers_language() -> None:
    entry = AuditEntry(
        verb="extension.deleted", object_type="extension", object_label="201 Empfang"
    )
    with translation.override("de"):
        assert sentence(entry) == "Nebenstelle 201 Empfang gelöscht"


def test_it_shows_before_and_after(
    sign_in: Opens, world: World, everyone: None
) -> None:
    actor = Actor(world.nordbel.people["owner"], "Owner Nordbel", "reseller")
    held, row = world.nordbel.customer, world.nordbel.extension
    save_extension(actor, customer=held, extension=row, name="Empfang")
    shown = text_of(sign_in("owner").get("/audit/", {"kind": "extension"}))
    assert '<span class="was">Reception</span> Empfang' in shown
    assert "Owner Nordbel" in shown


def test_it_gives_platform_staff_no_name_before_others(
    sign_in: Opens, world: World, everyone: None
) -> None:
    actor = Actor(world.operator, "Staff Member", "operator")
    held, row = world.nordbel.customer, world.nordbel.extension
    save_extension(actor, customer=held, extension=row, name="Empfang")
    assert "Staff Member" in text_of(sign_in("operator").get("/audit/"))
    for role in ("owner", "admin"):
        page = f"/customers/{held.code}/audit/"
        assert "Staff Member" not in text_of(sign_in(role).get(page))
        csv = sign_in(role).get(page, {"format": "csv"})
        assert "Staff Member" not in text_of(csv)


def test_it_shows_the_own_log_only(sign_in: Opens) -> None:
    shown = text_of(sign_in("owner").get("/audit/"))
    assert "Bakkerij" not in shown
    assert "Möbelhaus" in shown


@override_settings(LANGUAGE_CODE="en")
def test_it_takes_filters_that_nobody_can_read_for_none(sign_in: Opens) -> None:
    asked = {"since": "tomorrow", "kind": "spaceship", "after": "%%%"}
    assert sign_in("owner").get("/audit/", asked).status_code == 200


def test_it_does_not_link_to_what_is_gone(world: World, as_person: Any) -> None:
    client = as_person(world.nordbel.people["owner"], world.nordbel.host)
    url = f"/customers/{world.nordbel.customer.code}/extensions/201/"
    assert f'href="{url}"' in client.get("/audit/").content.decode()
    with as_reseller(world.nordbel.reseller):
        delete_extension(SYSTEM, world.nordbel.extension)
    page = client.get("/audit/").content.decode()
    assert "201 Reception" in page
    assert f'href="{url}"' not in page


# ── who reads what of it ─────────────────────────────────────────────────────────────


def entry_by(world: World, person: str, level: str, **more: Any) -> AuditEntry:
    row = world.nordbel.extension
    row.customer = world.nordbel.customer
    actor = Actor(
        world.nordbel.people.get(person), person.title(), level, "192.0.2.99", **more
    )
    save_extension(actor, customer=row.customer, extension=row, name=f"By {person}")
    return AuditEntry.objects.latest("pk")


@pytest.mark.parametrize(
    ("level", "readers"),
    [
        ("operator", {"operator"}),
        ("reseller", {"operator", "owner", "reader"}),
        ("customer", {"operator", "owner", "reader", "admin"}),
    ],
)
def test_an_address_is_shown_from_the_same_level_upwards(
    sign_in: Opens, world: World, everyone: None, level: str, readers: set[str]
) -> None:
    entry_by(world, "technician", level)
    page = f"/customers/{world.nordbel.customer.code}/audit/"
    for role in ("operator", "owner", "reader", "admin"):
        shown = "192.0.2.99" in text_of(sign_in(role).get(page))
        assert shown is (role in readers), role
        filed = "192.0.2.99" in text_of(sign_in(role).get(page, {"format": "csv"}))
        assert filed is (role in readers), role


def test_it_names_both_who_acts_and_as_whom(
    sign_in: Opens, world: World, everyone: None
) -> None:
    entry_by(world, "technician", "reseller", acted_as="Administrator")
    page = f"/customers/{world.nordbel.customer.code}/audit/"
    shown = text_of(sign_in("owner").get(page))
    assert "Technician as administrator of Möbelhaus Altendorf" in shown
    assert "192.0.2.99" not in text_of(sign_in("admin").get(page))


# ── filters ──────────────────────────────────────────────────────────────────────────


def listed(client: Client, **asked: str) -> set[str]:
    """Return the names after which extensions were called in the list."""
    page = text_of(client.get("/audit/", asked))
    return set(re.findall(r"Extension 201 By (\w+) changed", page))


def test_it_is_filtered_by_person_object_days_and_oneself(
    sign_in: Opens, world: World, everyone: None
) -> None:
    entry_by(world, "technician", "reseller")
    entry_by(world, "owner", "reseller")
    client = sign_in("owner")
    assert listed(client) == {"technician", "owner"}
    assert listed(client, person="techni") == {"technician"}
    assert listed(client, mine="on") == {"owner"}
    assert listed(client, q="by owner") == {"owner"}
    assert listed(client, kind="trunk") == set()
    key = world.nordbel.extension.endpoint_id
    assert listed(client, kind="extension", object=key) == {"technician", "owner"}
    assert listed(client, object="somebody-else") == set()
    today = timezone.localdate()
    assert listed(client, since=f"{today - dt.timedelta(1)}") == {"technician", "owner"}
    assert listed(client, since=f"{today + dt.timedelta(2)}") == set()
    assert listed(client, until=f"{today - dt.timedelta(2)}") == set()
    chips = text_of(client.get("/audit/", {"person": "techni", "mine": "on"}))
    assert "Remove the filter Person" in chips
    assert "Remove the filter Only what I did" in chips


def test_nobody_finds_platform_staff_by_name(
    sign_in: Opens, world: World, everyone: None
) -> None:
    """Else a search would tell what the page does not."""
    entry_by(world, "Greta", "operator")
    assert listed(sign_in("owner"), person="Greta") == set()
    assert listed(sign_in("operator"), person="Greta") == {"Greta"}


def test_its_pages_follow_each_other_without_a_gap(
    sign_in: Opens, world: World, everyone: None
) -> None:
    for _n in range(60):
        entry_by(world, "owner", "reseller")
    client, seen, url = sign_in("owner"), 0, "/audit/?mine=on"
    while url:
        page = text_of(client.get(url))
        seen += len(re.findall(r"By owner changed", page))
        after = re.search(r'href="(\?[^"]+)" rel="next"', page)
        url = "/audit/" + after[1].replace("&amp;", "&") if after else ""
    assert seen >= 60


# ── words ────────────────────────────────────────────────────────────────────────────


def words_of(entry: AuditEntry) -> dict[str, tuple[str, str]]:
    return {change.label: (change.before, change.after) for change in changes(entry)}


def test_it_shows_values_as_words(world: World, everyone: None) -> None:
    held = world.nordbel.customer
    save_customer(
        SYSTEM,
        reseller=held.reseller,
        customer=held,
        language="en",
        is_active=False,
        features=["people"],
    )
    with translation.override("en"):
        told = words_of(AuditEntry.objects.latest("pk"))
    assert told["language"] == ("German", "English")
    assert told["active"] == ("yes", "no")
    assert told["features"][1] == "Customers manage their own people"
    number = held.dids.get()
    save_extension(
        SYSTEM, customer=held, extension=world.nordbel.extension, caller_id=number
    )
    told = words_of(AuditEntry.objects.latest("pk"))
    assert told["number shown outside"] == ("", "+49 30 231256")
    assert not any(label.endswith("id") for label in told)


# ── what leaves the house ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("role", "page", "what"),
    [
        ("owner", "/calls/?format=csv&q=30", "calls"),
        ("admin", "/customers/{code}/calls/?format=csv", "calls"),
        ("reader", "/audit/?format=csv", "audit"),
        ("billing", "/customers/?format=csv", "customers"),
        ("technician", "/extensions/?format=csv", "extensions"),
        ("technician", "/customers/{code}/extensions/?format=csv", "extensions"),
        ("technician", "/numbers/?format=csv", "numbers"),
        ("billing", "/usage/months/?format=csv", "usage"),
        ("operator", "/resellers/?format=csv", "resellers"),
        ("owner", "/price-lists/retail-nordbel/?format=csv", "prices"),
    ],
)
def test_it_keeps_who_took_a_list_away(
    sign_in: Opens, world: World, everyone: None, role: str, page: str, what: str
) -> None:
    url = page.format(code=world.nordbel.customer.code)
    assert sign_in(role).get(url).status_code == 200
    entry = AuditEntry.objects.latest("pk")
    assert (entry.verb, entry.after["list"]) == ("export.downloaded", what)
    assert entry.address == "127.0.0.1"
    assert entry.after.get("q", "") == ("30" if "q=30" in page else "")


def test_it_keeps_who_took_a_sealed_export(
    sign_in: Opens, world: World, everyone: None
) -> None:
    client = sign_in("billing")
    sequence = UsageExport.objects.filter(reseller=world.nordbel.reseller)[0].sequence
    url = f"/usage/nordbel/{sequence}/csv/"
    assert client.get(url).status_code == 200
    assert AuditEntry.objects.latest("pk").verb == "usage_export.downloaded"


def test_it_keeps_changed_preferences_once(
    sign_in: Opens, world: World, everyone: None
) -> None:
    client = sign_in("admin")
    client.post("/theme/", {"theme": "dark"})
    entry = AuditEntry.objects.latest("pk")
    assert (entry.verb, entry.before, entry.after) == (
        "person.settings_saved",
        {"theme": "auto"},
        {"theme": "dark"},
    )
    client.post("/theme/", {"theme": "dark"})
    assert AuditEntry.objects.latest("pk").pk == entry.pk
