"""Calls that wait for a decision: who sees them, what is decided, what is kept of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from pbx_console.accounts.models import AuditEntry
from pbx_console.accounts.scope import as_everyone
from pbx_console.metering.models import Leg
from tests.conftest import World
from tests.console.conftest import Opens, text_of

LIST = "/usage/to-check/"


@pytest.fixture
def leg(world: World) -> Leg:
    """A call of Nordbel's customer whose end is not known."""
    at = timezone.now() - timedelta(hours=3)
    with as_everyone("test"):
        return Leg.objects.create(
            node="n",
            uniqueid="flag.1",
            linkedid="flag.1",
            reseller=world.nordbel.reseller,
            customer=world.nordbel.customer,
            direction="out",
            extension_number="201",
            number="+493023125777",
            answered_at=at,
            hung_up_at=at + timedelta(seconds=12_345.678),
            duration_ms=12_345_678,
            state="flagged",
            reason="restarted",
        )


def now(leg: Leg) -> Leg:
    """The leg as it stands."""
    with as_everyone("test"):
        return Leg.objects.get(pk=leg.pk)


def test_it_is_billed_with_the_length_somebody_gives(
    sign_in: Opens, leg: Leg, world: World
) -> None:
    client = sign_in("billing")
    assert "+49 30 23125777" in text_of(client.get(LIST))
    address = f"{LIST}{leg.pk}/"
    assert 'value="12345.678"' in text_of(client.get(address))
    for wrong in ("-1", "x", "", "99999999"):
        answer = client.post(address + "accept/", {"seconds": wrong})
        assert answer.status_code == 422
    client.post(address + "accept/", {"seconds": "61.5"})
    found = now(leg)
    assert (found.state, found.reason, found.duration_ms) == (
        "finished",
        "accepted",
        61_500,
    )
    assert "+49 30 23125777" not in text_of(client.get(LIST)).partition("<main")[2]
    again = client.post(address + "accept/", {"seconds": "1"})
    assert again.status_code == 422
    with as_everyone("test"):
        entry = AuditEntry.objects.filter(verb="leg.accepted").latest("pk")
    assert entry.user_id == world.nordbel.people["billing"].pk


def test_it_is_never_billed_and_the_reason_is_kept(sign_in: Opens, leg: Leg) -> None:
    client = sign_in("owner")
    address = f"{LIST}{leg.pk}/waive/"
    assert client.post(address, {"because": "  "}).status_code == 422
    assert now(leg).state == "flagged"
    client.post(address, {"because": "Power cut at the site"})
    assert now(leg).state == "waived"
    with as_everyone("test"):
        entry = AuditEntry.objects.filter(verb="leg.waived").latest("pk")
    assert entry.after["because"] == "Power cut at the site"


def test_a_reader_looks_and_a_stranger_sees_nothing(sign_in: Opens, leg: Leg) -> None:
    address = f"{LIST}{leg.pk}/"
    page = sign_in("reader").get(address)
    assert page.status_code == 200
    assert "/waive/" not in text_of(page)
    waived = sign_in("reader").post(address + "waive/", {"because": "x"})
    assert waived.status_code == 403
    stranger = sign_in("owner", "zuidlijn")
    assert stranger.get(address).status_code == 404
    assert stranger.post(address + "waive/", {"because": "x"}).status_code == 404
    assert sign_in("technician").get(LIST).status_code == 403
    assert now(leg).state == "flagged"
