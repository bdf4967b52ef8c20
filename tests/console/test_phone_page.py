"""The end user's page on a phone."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import AuditEntry, Membership
from pbx_console.accounts.scope import as_everyone
from pbx_console.pbx.models import Extension, Forward
from pbx_console.pbx.services.extensions import save_extension
from pbx_console.pbx.services.forwards import save_forward
from pbx_console.pbx.services.voicemail_boxes import save_box
from tests.conftest import World
from tests.console.conftest import Opens, text_of

WHERE, DND = "/phone/where/", "/phone/dnd/"


def always(world: World) -> Forward | None:
    """The forward of extension 201 that always counts."""
    with as_everyone("test"):
        own = Forward.objects.filter(extension=world.nordbel.extension)
        return own.filter(condition="always").select_related("destination").first()


def colleague(world: World, number: str = "202") -> Extension:
    """Another extension of the same customer."""
    with as_everyone("test"):
        return save_extension(
            SYSTEM, customer=world.nordbel.customer, number=number, name="Colleague"
        )


def test_it_sends_every_call_to_the_mobile_and_back(
    sign_in: Opens, world: World
) -> None:
    client = sign_in("end_user")
    said = client.post(WHERE, {"where": "mobile", "mobile": "0171 3920062"})
    assert said["Location"] == "/"
    found = always(world)
    assert found is not None
    assert (found.outside_number, found.is_active) == ("+491713920062", True)
    assert "+49 171 3920062" in text_of(client.get("/"))

    client.post(WHERE, {"where": "phone"})
    found = always(world)
    assert found is not None
    assert found.is_active is False
    # The number is remembered for the next time.
    assert 'value="+491713920062"' in text_of(client.get("/"))


def test_it_sends_every_call_to_the_own_voicemail(sign_in: Opens, world: World) -> None:
    client = sign_in("end_user")
    assert 'value="voicemail"' not in text_of(client.get("/"))
    assert client.post(WHERE, {"where": "voicemail"}).status_code == 422

    with as_everyone("test"):
        values = {"extension": world.nordbel.extension, "name": "201"}
        box = save_box(SYSTEM, customer=world.nordbel.customer, **values)
        row = box.destination
    client.post(WHERE, {"where": "voicemail"})
    found = always(world)
    assert found is not None
    assert found.destination == row


def test_it_sends_every_call_to_a_colleague(sign_in: Opens, world: World) -> None:
    other = colleague(world)
    with as_everyone("test"):
        row = other.customer.destinations.get(number="202")
    sign_in("end_user").post(WHERE, {"where": "other", "other": row.pk})
    found = always(world)
    assert found is not None
    assert found.destination == row


@pytest.mark.parametrize(
    "typed",
    [
        {"where": "mobile", "mobile": ""},
        {"where": "mobile", "mobile": "12"},
        {"where": "mobile", "mobile": "0171 3920062&PJSIP/x"},
        {"where": "mobile", "mobile": "9" * 200},
        {"where": "other"},
        {"where": "other", "other": "999999"},
        {"where": "nowhere"},
        {},
    ],
)
def test_it_refuses_what_leads_nowhere(
    sign_in: Opens, world: World, typed: dict[str, Any]
) -> None:
    assert sign_in("end_user").post(WHERE, typed).status_code == 422
    assert always(world) is None


def test_it_refuses_a_forward_that_comes_back(sign_in: Opens, world: World) -> None:
    other = colleague(world)
    with as_everyone("test"):
        to = world.nordbel.customer.destinations
        own, back = to.get(number="202"), to.get(number="201")
        save_forward(SYSTEM, extension=other, condition="always", destination=back)
    answer = sign_in("end_user").post(WHERE, {"where": "other", "other": own.pk})
    assert answer.status_code == 422
    assert always(world) is None


def test_it_does_not_offer_another_customers_things(
    sign_in: Opens, world: World
) -> None:
    with as_everyone("test"):
        foreign = world.zuidlijn.customer.destinations.get(number="201")
    answer = sign_in("end_user").post(WHERE, {"where": "other", "other": foreign.pk})
    assert answer.status_code == 422
    assert always(world) is None


def test_it_switches_do_not_disturb(sign_in: Opens, world: World) -> None:
    client = sign_in("end_user")
    for on, expected in (("1", True), ("0", False)):
        client.post(DND, {"on": on})
        with as_everyone("test"):
            own = Extension.objects.get(pk=world.nordbel.extension.pk)
        assert own.do_not_disturb is expected
        marked = 'aria-checked="true" aria-labelledby="dnd-word"' in text_of(
            client.get("/")
        )
        assert marked is expected
    with as_everyone("test"):
        last = AuditEntry.objects.filter(verb="extension.saved").latest("pk")
        assert last.user == world.nordbel.people["end_user"]


def kept(world: World, condition: str) -> Forward | None:
    """The forward of extension 201 on a condition."""
    with as_everyone("test"):
        own = Forward.objects.filter(extension=world.nordbel.extension)
        return own.filter(condition=condition).first()


@pytest.mark.parametrize("condition", ["busy", "no_answer", "offline"])
def test_it_changes_what_counts_only_sometimes(
    sign_in: Opens, world: World, condition: str
) -> None:
    client = sign_in("end_user")
    address = f"/phone/otherwise/{condition}/"
    client.post(address, {"where": "mobile", "mobile": "0171 3920062"})
    found = kept(world, condition)
    assert found is not None
    assert (found.outside_number, found.is_active) == ("+491713920062", True)
    assert always(world) is None
    client.post(address, {"where": "phone"})
    found = kept(world, condition)
    assert found is not None
    assert found.is_active is False
    wrong = client.post(address, {"where": "mobile", "mobile": "12"})
    assert wrong.status_code == 422
    assert "<details open" in text_of(wrong).replace(' name="else"', "")


def test_a_condition_that_is_none_is_unknown(sign_in: Opens) -> None:
    for name in ("always", "never"):
        answer = sign_in("end_user").post(f"/phone/otherwise/{name}/", {"where": "x"})
        assert answer.status_code == 404


def test_it_changes_how_long_it_rings_and_call_waiting(
    sign_in: Opens, world: World
) -> None:
    client = sign_in("end_user")
    client.post("/phone/ring/", {"ring_seconds": "20"})
    client.post("/phone/ring/", {"call_waiting": "0"})
    with as_everyone("test"):
        own = Extension.objects.get(pk=world.nordbel.extension.pk)
    assert (own.ring_seconds, own.call_waiting) == (20, False)
    for wrong in ({"ring_seconds": "4"}, {"ring_seconds": "x"}, {"call_waiting": "7"}):
        assert client.post("/phone/ring/", wrong).status_code == 422
    with as_everyone("test"):
        own.refresh_from_db()
    assert (own.ring_seconds, own.call_waiting) == (20, False)


def test_it_is_nothing_without_an_extension(sign_in: Opens, world: World) -> None:
    with as_everyone("test"):
        own = Membership.objects.filter(user=world.nordbel.people["end_user"])
        own.update(extension_number="")
    client = sign_in("end_user")
    assert client.get("/").status_code == 200
    assert client.post(WHERE, {"where": "phone"}).status_code == 404
    assert client.post(DND, {"on": "1"}).status_code == 404
    assert client.post("/phone/ring/", {"call_waiting": "0"}).status_code == 404


def test_others_have_no_such_page(sign_in: Opens) -> None:
    for role in ("admin", "owner", "operator"):
        address = reverse("console:phone_dnd")
        assert sign_in(role).post(address, {"on": "1"}).status_code == 403
