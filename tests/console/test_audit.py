"""The audit log as sentences, in the reader's language."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.test import override_settings
from django.utils import translation

from pbx_console.accounts.actor import SYSTEM, Actor
from pbx_console.accounts.models import AuditEntry
from pbx_console.accounts.scope import as_reseller
from pbx_console.console.history import SENTENCES, sentence
from pbx_console.pbx.services.extensions import delete_extension, save_extension
from tests.conftest import World
from tests.console.conftest import Opens, text_of

VERB = re.compile(r'"([a-z_]+\.[a-z_]+)"')


def test_it_has_a_sentence_for_every_verb_that_services_write() -> None:
    package = Path(settings.BASE_DIR) / "pbx_console"
    texts = [p.read_text("utf-8") for p in package.glob("*/services/*.py")]
    nouns = {key.partition(".")[0] for key in SENTENCES}
    written = {v for text in texts for v in VERB.findall(text)}
    verbs = {v for v in written if v.partition(".")[0] in nouns}
    assert verbs
    assert verbs <= set(SENTENCES)


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
    asked = {"day": "tomorrow", "kind": "spaceship", "after": "%%%"}
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
