"""A trunk that is deleted: who needs it, how it comes back, what its past keeps."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.services.undo import offered
from pbx_console.asterisk.models import PsEndpoint
from pbx_console.pbx.models import (
    Porting,
    Trunk,
)
from pbx_console.pbx.services.trunks import (
    delete_trunk,
    save_route,
    save_trunk,
)
from tests.conftest import World
from tests.console.conftest import Opens, text_of
from tests.console.test_undo import last, press

pytestmark = pytest.mark.usefixtures("in_english", "everyone")


def test_a_trunk_in_use_stays_and_says_who_needs_it(
    sign_in: Opens, world: World
) -> None:
    client = sign_in("operator")
    page = text_of(client.get("/trunks/carrier/delete/"))
    for use in ("Route + → Carrier", f"Number {world.nordbel.number}"):
        assert use in page
    answer = client.post("/trunks/carrier/delete/", {"confirm": "Carrier"})
    assert answer.status_code == 422
    assert Trunk.objects.filter(slug="carrier").exists()
    with pytest.raises(ValidationError, match="in use"):
        delete_trunk(SYSTEM, world.trunk)


def test_a_deleted_trunk_comes_back_as_it_was(sign_in: Opens, world: World) -> None:
    own = Trunk.objects.get(slug="own-nordbel")
    save_trunk(SYSTEM, trunk=own, host="192.0.2.77", more_addresses="192.0.2.78")
    there = {f: getattr(own, f) for f in ("host", "more_addresses", "reseller_id")}
    rows = PsEndpoint.objects.filter(pk=own.endpoint_id)
    projected = rows.values().get()
    client = sign_in("owner")
    answer = client.post("/trunks/own-nordbel/delete/", {"confirm": "Owner"})
    assert answer.status_code == 422
    answer = client.post("/trunks/own-nordbel/delete/", {"confirm": "own"}, follow=True)
    assert "Trunk Own is deleted." in text_of(answer)
    assert not Trunk.objects.filter(slug="own-nordbel").exists()
    assert not rows.exists()
    assert client.get("/trunks/own-nordbel/").status_code == 404
    press(client, last("trunk.deleted"))
    again = Trunk.objects.get(slug="own-nordbel")
    assert {name: getattr(again, name) for name in there} == there
    assert rows.values().get() | {"set_var": ""} == projected | {"set_var": ""}


def test_the_past_keeps_its_short_name(sign_in: Opens, world: World) -> None:
    """Another trunk of that name would get the calls of the old one, and its password
    is nowhere to come back from."""
    own = Trunk.objects.get(slug="own-nordbel")
    save_trunk(SYSTEM, trunk=own, username="seven", secret="not to be known")
    delete_trunk(SYSTEM, own)
    entry = last("trunk.deleted")
    assert "not to be known" not in str(entry.before) + str(entry.after)
    assert not offered([entry], "operator")
    for slug in ("own-nordbel", "own-zuidlijn"):
        typed = {"slug": slug, "name": "New", "host": "192.0.2.77", "port": "5060"}
        typed |= {"transport": "udp", "number_format": "plus", "country": "DE"}
        typed |= {"incoming_format": "any", "origin": "home", "caller_header": "pai"}
        answer = sign_in("owner").post("/trunks/new/", typed | {"watch_seconds": "60"})
        assert answer.status_code == 422
        assert "This short name is taken" in text_of(answer)


def test_what_is_not_ones_own_keeps_a_trunk_without_a_name(
    sign_in: Opens, world: World
) -> None:
    own = Trunk.objects.get(slug="own-nordbel")
    save_route(SYSTEM, prefix="+31", trunk=own, reseller=world.zuidlijn.reseller)
    page = text_of(sign_in("owner").get("/trunks/own-nordbel/delete/"))
    assert "Something that is not yours" in page
    assert "+31" not in page[page.index("<main") :]
    assert "Route +31 → Own" in text_of(
        sign_in("operator").get("/trunks/own-nordbel/delete/")
    )


def test_a_finished_porting_lets_go_of_its_trunk(world: World) -> None:
    own, held = Trunk.objects.get(slug="own-nordbel"), world.nordbel.customer
    values = {"customer": held, "numbers": ["+4930231299"], "carrier": "Old"}
    over = Porting.objects.create(state="cancelled", trunk=own, **values)
    open_one = Porting.objects.create(state="sent", trunk=own, **values)
    with pytest.raises(ValidationError, match="Porting"):
        delete_trunk(SYSTEM, own)
    open_one.delete()
    delete_trunk(SYSTEM, own)
    over.refresh_from_db()
    assert over.trunk is None
