"""Calls for help: by country, before everything, from which site, and trying them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import AuditEntry
from pbx_console.accounts.scope import as_everyone
from pbx_console.branding.models import OutgoingMail
from pbx_console.metering.emergencies import EmergencyFollower
from pbx_console.metering.journal_import import Importer
from pbx_console.pbx.models import EmergencyCall, EmergencyTest, Site
from pbx_console.pbx.services.dids import save_did
from pbx_console.pbx.services.forwards import save_forward
from pbx_console.pbx.services.sites import (
    end_emergency_test,
    save_site,
    start_emergency_test,
)
from pbx_console.pbx.services.voicemail_boxes import save_box
from tests.asterisk.conftest import House
from tests.asterisk.sipp import wait_for
from tests.asterisk.test_calls import invited
from tests.asterisk.test_trouble import no_lookups
from tests.asterisk.tls_carrier import pbx_cli
from tests.conftest import owner_connection

pytestmark = pytest.mark.asterisk


def site_of(house: House) -> Site:
    """A site with a number of its own, where extension 201 stands."""
    north = house.world.nordbel
    with as_everyone("test"):
        did = save_did(
            SYSTEM,
            number="+494033445566",
            trunk=house.world.trunk,
            reseller=north.reseller,
            customer=north.customer,
        )
        return save_site(
            SYSTEM,
            customer=north.customer,
            name="Hamburg",
            street="Am Sandtorkai 5",
            postcode="20457",
            town="Hamburg",
            did=did,
            extensions=[north.extension],
        )


def test_the_site_is_shown_without_lookup_and_written_down_afterwards(
    house: House,
) -> None:
    site_of(house)
    phone = house.phone(house.world.nordbel.extension)
    with no_lookups(), house.carrier.answering() as carrier:
        for dialled in ("112", "0110"):
            assert phone.call(dialled).wait() == 0
        for invite in invited(carrier):
            assert "sip:+494033445566@" in invite.header("P-Asserted-Identity")
    house.carrier_legs()
    with as_everyone("test"):
        Importer(Path(settings.JOURNAL_DIR), node=settings.NODE, final_after_s=0).run()
        follower = EmergencyFollower()
        follower.step()
        assert EmergencyFollower().step() == 0  # once only, whoever looks again
        calls = EmergencyCall.objects.filter(customer=house.world.nordbel.customer)
        assert {c.dialled for c in calls} == {"110", "112"}
        assert all(c.answered and "Am Sandtorkai 5" in c.site for c in calls)
        log = AuditEntry.objects.filter(verb="emergencycall.made")
        assert {e.after["dialled"] for e in log} == {"110", "112"}
        told = OutgoingMail.objects.filter(kind="emergency_call")
        assert {m.to for m in told} >= {
            house.world.nordbel.people["admin"].email,
            house.world.nordbel.people["owner"].email,
        }


@pytest.mark.parametrize(
    ("country", "helps", "ordinary"),
    [
        ("DE", ("112", "0112", "110"), ("133", "144")),
        ("NL", ("112", "0112"), ("144",)),
        ("AT", ("112", "133", "0144"), ("110",)),
    ],
)
def test_each_country_has_its_own_numbers(
    house: House, country: str, helps: tuple[str, ...], ordinary: tuple[str, ...]
) -> None:
    north = house.world.nordbel
    with as_everyone("test"):
        north.customer.country = country
        north.customer.save()
        phone_of = house.extension(north.customer, "240")
    phone = house.phone(phone_of)
    with no_lookups(), house.carrier.answering() as carrier:
        for dialled in helps:
            assert phone.call(dialled).wait() == 0
        for dialled in ordinary:
            phone.call(dialled).wait()
        sent = [i.line.split(":")[1].split("@")[0] for i in invited(carrier)]
    assert sent == [dialled[-3:] for dialled in helps]


@pytest.mark.parametrize("dialled", ["115", "0115", "116117", "0116117"])
def test_service_numbers_go_out_plain(house: House, dialled: str) -> None:
    phone = house.phone(house.world.nordbel.extension)
    with house.carrier.answering() as carrier:
        assert phone.call(dialled).wait() == 0
        (invite,) = invited(carrier)
    assert invite.line.startswith(f"INVITE sip:{dialled.lstrip('0')}@")


def test_a_test_rings_inside_and_ends_by_itself_by_hand_and_without_database(
    house: House,
) -> None:
    north = house.world.nordbel
    desk = house.phone(house.extension(north.customer, "250"))
    phone = house.phone(north.extension)
    colleague = house.phone(house.world.zuidlijn.extension)
    with as_everyone("test"):
        target = north.customer.destinations.get(number="250")
        start_emergency_test(
            SYSTEM, customer=north.customer, destination=target, minutes=5
        )
    with house.carrier.answering() as carrier, desk.answering() as rings:
        assert phone.call("112").wait() == 0
        assert (len(invited(rings)), len(invited(carrier))) == (1, 0)
        assert colleague.call("112").wait() == 0  # nobody else's test
        assert (len(invited(rings)), len(invited(carrier))) == (1, 1)
        with no_emergency_test():
            assert phone.call("112").wait() == 0
        assert (len(invited(rings)), len(invited(carrier))) == (1, 2)
        with as_everyone("test"):
            over = timezone.now() - dt.timedelta(seconds=1)
            EmergencyTest.objects.update(until=over)
        assert phone.call("110").wait() == 0
        assert (len(invited(rings)), len(invited(carrier))) == (1, 3)
        with as_everyone("test"):
            end_emergency_test(SYSTEM, customer=north.customer)
        assert phone.call("110").wait() == 0
        assert (len(invited(rings)), len(invited(carrier))) == (1, 4)
        wait_for(house.quiet)


def test_when_nobody_answers_a_test_the_real_number_is_dialled(house: House) -> None:
    north = house.world.nordbel
    desk_of = house.extension(north.customer, "250")
    desk, phone = house.phone(desk_of), house.phone(north.extension)
    pbx_cli("dialplan set global TEST_RINGS 1")
    with as_everyone("test"):
        target = north.customer.destinations.get(number="250")
        start_emergency_test(
            SYSTEM, customer=north.customer, destination=target, minutes=5
        )
    with house.carrier.answering() as carrier:
        with desk.answering("ring") as rings:
            assert phone.call("112").wait() == 0
            assert (len(invited(rings)), len(invited(carrier))) == (1, 1)
        with desk.answering("refuse", code="486", contact="x") as busy:
            assert phone.call("0112").wait() == 0
            assert (len(invited(busy)), len(invited(carrier))) == (1, 2)
        with as_everyone("test"):
            box = save_box(
                SYSTEM, customer=north.customer, name="Box", number="390", language="en"
            )
            save_forward(
                SYSTEM,
                extension=desk_of,
                condition="offline",
                destination=box.destination,
            )
        desk.register(expires=0)
        assert phone.call("110").wait() == 0  # no machine answers
        assert len(invited(carrier)) == 3
    fields = [leg.userfield for leg in house.carrier_legs()]
    assert fields == ["v1|emergency|carrier|112"] * 2 + ["v1|emergency|carrier|110"]
    pbx_cli("dialplan set global TEST_RINGS 20")


@contextmanager
def no_emergency_test() -> Iterator[None]:
    """The question whether it is a test fails, as without a database."""
    rename = "ALTER FUNCTION asterisk.{} RENAME TO {}"
    with owner_connection() as owner:
        owner.execute(rename.format("emergency_test(text)", "emergency_test_x"))
        try:
            yield
        finally:
            owner.execute(rename.format("emergency_test_x(text)", "emergency_test"))
