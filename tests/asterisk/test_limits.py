"""Limits on the real Asterisk: refused at 100 %, cut while talking, held without console.

No follower runs unless a test says so: what the database knows is what the test wrote.
"""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings as conf
from django.db import connection

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import Customer, Reseller
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services.customers import save_customer
from pbx_console.branding.models import OutgoingMail
from pbx_console.metering.ingest import JournalFollower
from pbx_console.metering.models import CustomerTariff, Price, ResellerTariff
from pbx_console.metering.services.tariffs import choose_for_customer
from pbx_console.pbx.models import Extension, Limit, LimitCrossing, LimitUse
from pbx_console.pbx.services.forwards import save_forward
from pbx_console.pbx.services.hunt_groups import save_group
from pbx_console.pbx.services.limits import lift, limits_of, save_limits
from pbx_console.pbx.services.outside_numbers import save_outside_number
from tests.asterisk.conftest import House
from tests.asterisk.sipp import Agent, Process, Sent, wait_for
from tests.asterisk.test_call_limits import answered
from tests.asterisk.test_calls import invited, seconds
from tests.asterisk.test_trouble import no_lookups

pytestmark = pytest.mark.asterisk
HOME = "03023125999"
ABROAD = "0031201234567"


def limit(owner: Reseller | Customer | Extension, **values: Any) -> Limit:
    """Amounts that hold by day and night alike; what is not named is no limit."""
    names = ("minutes_hour", "minutes_day", "money_hour_micro", "money_day_micro")
    values = {**dict.fromkeys(names), "night_percent": 100, **values}
    with as_everyone("test"):
        return save_limits(SYSTEM, owner=owner, **values)


def day_begins(owner: Reseller | Customer) -> datetime:
    with connection.cursor() as cursor:
        question = "SELECT day_from FROM asterisk.local_windows(%s, %s)"
        cursor.execute(question, [datetime.now(UTC), owner.timezone])
        begins: datetime = cursor.fetchone()[0]
    return begins


def used(owner: Reseller | Customer, **figures: int) -> None:
    """What the database says was used today."""
    customer = owner if isinstance(owner, Customer) else None
    reseller = owner.reseller if isinstance(owner, Customer) else owner
    with as_everyone("test"):
        LimitUse.objects.update_or_create(
            owner=f"c{owner.pk}" if customer else f"r{owner.pk}",
            window="day",
            begins_at=day_begins(owner),
            defaults={"reseller": reseller, "customer": customer, **figures},
        )


def refused(phone: Agent, number: str = HOME) -> int:
    """The status that a refused call ends with."""
    call = phone.call(number)
    assert call.wait() == 0
    return call.statuses()[-1]


def neighbour(customer: Customer) -> Customer:
    """Another customer of the same reseller."""
    with as_everyone("test"):
        made = save_customer(SYSTEM, reseller=customer.reseller, name="Neighbour")
        prices = CustomerTariff.objects.get(customer=customer).price_list
        choose_for_customer(SYSTEM, customer=made, price_list=prices)
    return made


def wait_all(calls: list[Process]) -> None:
    wait_for(lambda: all(answered(call) for call in calls))


def ends(carrier: Process) -> list[Sent]:
    """The calls that were ended."""
    return [m for m in carrier.messages() if m.line.startswith("BYE")]


def test_at_100_percent_calls_are_refused_and_help_is_not_until_it_is_lifted(
    house: House,
) -> None:
    north = house.world.nordbel
    phone = house.phone(north.extension)
    limit(north.customer, minutes_day=10)
    used(north.customer, ms=600_000)
    with house.carrier.answering() as carrier:
        assert refused(phone) == 403
        assert invited(carrier) == []
        assert phone.call("112").wait() == 0
        assert invited(carrier)[-1].line.startswith("INVITE sip:112@")
        with as_everyone("test"):
            held = limits_of(north.customer)
            lift(SYSTEM, held, until="hour", reason="Trade fair")
        assert phone.call(HOME).wait() == 0
        assert len(invited(carrier)) == 2


def test_a_call_ends_when_its_time_is_used_up_with_nobody_looking(
    house: House,
) -> None:
    north = house.world.nordbel
    phone = house.phone(north.extension)
    limit(north.customer, minutes_day=10)
    used(north.customer, ms=598_000)
    with house.carrier.answering() as carrier:
        phone.call(HOME, talk=15)
        wait_for(lambda: [m for m in carrier.messages() if m.line.startswith("BYE")])
        assert 1 <= seconds(carrier) < 4


def test_the_pbx_counts_by_itself_while_the_database_says_nothing_is_used(
    house: House,
) -> None:
    north = house.world.nordbel
    phone = house.phone(north.extension)
    # 0.03 a minute, the first minute as a whole: two calls and not a third.
    limit(north.customer, money_day_micro=60_000)
    with house.carrier.answering() as carrier:
        for _n in range(2):
            assert phone.call(HOME, talk=0.1).wait() == 0
            house.carrier_legs()
        assert refused(phone) == 403
        assert len(invited(carrier)) == 2
        assert phone.call("112").wait() == 0


def test_calls_at_the_same_time_are_added_up_by_the_pbx(house: House) -> None:
    north = house.world.nordbel
    phones = [house.phone(house.extension(north.customer, str(n))) for n in (211, 212)]
    limit(north.customer, minutes_day=10)
    used(north.customer, ms=588_000)  # 12 seconds: 6 for each of two
    with house.carrier.answering() as carrier, ExitStack():
        wait_all([phone.call(HOME, talk=30) for phone in phones])

        wait_for(lambda: len(ends(carrier)) == 2)
        began = min(m.at for m in carrier.messages() if m.status == 200)
        assert (ends(carrier)[-1].at - began).total_seconds() < 11


def test_a_resellers_sum_over_its_customers_is_held_by_the_pbx_alone(
    house: House,
) -> None:
    north = house.world.nordbel
    other = neighbour(north.customer)
    phones = [house.phone(north.extension), house.phone(house.extension(other, "201"))]
    south = house.phone(house.world.zuidlijn.extension)
    # 0.006 a minute: 12 seconds, 6 for each of two. The database knows of none.
    limit(north.reseller, money_day_micro=1_200)
    with house.carrier.answering() as carrier:
        theirs = south.call("+493023125998", talk=9)
        wait_all(calls := [phone.call(HOME, talk=30) for phone in phones])
        with no_lookups():  # no follower runs, no database answers
            wait_for(lambda: len(ends(carrier)) == 2)
        began = min(m.at for call in calls for m in call.messages() if m.status == 200)
        assert (ends(carrier)[-1].at - began).total_seconds() < 11
        house.carrier_legs()
        assert refused(phones[1]) == 403
        assert phones[1].call("112").wait() == 0
        assert theirs.wait() == 0  # somebody else's contract


def test_one_extensions_limit_ends_its_own_calls_only(house: House) -> None:
    north = house.world.nordbel
    limit(north.extension, minutes_day=1)
    with as_everyone("test"):
        LimitUse.objects.create(
            reseller=north.reseller,
            customer=north.customer,
            owner=limits_of(north.extension).owner,
            window="day",
            begins_at=day_begins(north.customer),
            ms=52_000,  # 8 seconds: 4 for each of two
        )
    phone = house.phone(north.extension)
    second = house.agent(phone.user, phone.secret)
    other = house.phone(house.extension(north.customer, "212"))
    with house.carrier.answering() as carrier:
        colleague = other.call(HOME, talk=9)
        wait_all([phone.call(HOME, talk=30), second.call(HOME, talk=30), colleague])
        wait_for(lambda: len(ends(carrier)) == 2)
        assert not colleague.statuses()[1:]
        assert colleague.wait() == 0


def test_an_extension_has_room_of_its_own(house: House) -> None:
    north = house.world.nordbel
    limit(north.extension, max_calls=1)
    phone = house.phone(north.extension)
    other = house.phone(house.extension(north.customer, "212"))
    second = house.agent(phone.user, phone.secret)
    with house.carrier.answering() as carrier:
        wait_all([first := phone.call(HOME, talk=4)])
        assert refused(second) == 503
        assert other.call(HOME).wait() == 0
        assert len(invited(carrier)) == 2
        assert first.wait() == 0


def test_a_closed_country_is_not_reached_and_one_that_opens_is(house: House) -> None:
    north = house.world.nordbel
    phone = house.phone(north.extension)
    limit(north.customer, countries=[])
    with house.carrier.answering() as carrier:
        assert refused(phone, ABROAD) == 403
        limit(north.customer, countries=["NL"])
        assert phone.call(ABROAD).wait() == 0
        assert len(invited(carrier)) == 1


def price(customer: Customer, number: str) -> None:
    """Give the lists of the customer and of its reseller a price for a number."""
    with as_everyone("test"):
        sale = CustomerTariff.objects.get(customer=customer).price_list
        purchase = ResellerTariff.objects.get(reseller=customer.reseller).price_list
        for made in (sale, purchase):
            Price.objects.create(
                price_list=made,
                prefix=number[1:4],
                name="Dear",
                per_minute_micro=990_000,
                valid_from=datetime(2026, 1, 1, tzinfo=UTC),
            )


def lead_on(house: House, extension: Extension, number: str) -> list[str]:
    """Three ways to send calls to a number outside; what to dial for each."""
    customer = extension.customer
    price(customer, number)
    own: dict[str, Any] = {"customer": customer}
    with as_everyone("test"):
        Extension.objects.filter(pk=extension.pk).update(may_dial_premium=True)
        extension.refresh_from_db()
        save_forward(
            SYSTEM, extension=extension, condition="always", outside_number=number
        )
        outside = save_outside_number(
            SYSTEM, **own, number="790", name="Away", e164=number
        )
        group = save_group(
            SYSTEM,
            **own,
            number="600",
            name="Group",
            members=[house.extension(customer, "213").destination],
            overflow=outside.destination,
        )
    return [str(extension.number), str(outside.number), str(group.number)]


@pytest.mark.parametrize("number", ["+499001234567", "+12125550123"])
def test_calls_are_sent_on_to_nothing_expensive_unless_that_is_allowed(
    house: House, number: str
) -> None:
    north = house.world.nordbel
    caller = house.phone(house.extension(north.customer, "212"))
    opened: dict[str, Any] = {"countries": ["US"], "opened": ["premium"]}
    limit(north.customer, **opened, expensive_forwards=True)
    ways = lead_on(house, north.extension, number)
    with house.carrier.answering() as carrier:
        limit(north.customer, **opened, expensive_forwards=None)
        assert [refused(caller, way) for way in ways] == [403] * 3
        assert refused(caller, f"*21*00{number[1:]}#") == 403
        assert invited(carrier) == []
        limit(north.customer, **opened, expensive_forwards=True)
        for way in ways:
            assert caller.call(way).wait() == 0
        assert len(invited(carrier)) == 3


def test_at_night_only_the_home_country_is_open(house: House) -> None:
    north = house.world.nordbel
    phone = house.phone(north.extension)
    hour = datetime.now(UTC).hour
    zone = f"Etc/GMT{(hour - 23 if hour > 11 else hour + 1):+d}"  # it is 23 there
    with as_everyone("test"):
        Customer.objects.filter(pk=north.customer.pk).update(timezone=zone)
    with house.carrier.answering() as carrier:
        limit(north.customer, night_home_only=True)
        assert refused(phone, ABROAD) == 403
        assert phone.call(HOME).wait() == 0
        limit(north.customer, night_home_only=False)
        assert phone.call(ABROAD).wait() == 0
        assert len(invited(carrier)) == 2


def test_the_console_ends_calls_that_together_reach_100_percent_and_tells(
    house: House,
) -> None:
    north = house.world.nordbel
    phone = house.phone(north.extension)
    limit(north.customer, money_day_micro=100_000_000)
    with house.carrier.answering() as carrier, as_everyone("follower of a test"):
        phone.call(HOME, talk=30)
        wait_for(lambda: [m for m in carrier.messages() if m.status == 200] or None)
        follower = JournalFollower(conf.JOURNAL_DIR, node=conf.NODE)
        wait_for(lambda: follower.step().is_idle)
        used(north.customer, micro=90_000_000)
        follower._limits.look()
        assert not [m for m in carrier.messages() if m.line.startswith("BYE")]
        used(north.customer, micro=100_000_000)
        follower._limits.look()
        wait_for(lambda: [m for m in carrier.messages() if m.line.startswith("BYE")])
        rows = LimitCrossing.objects.filter(owner=f"c{north.customer.pk}")
        assert sorted(row.percent for row in rows) == [80, 100]
        follower._limits.look()
        mails = OutgoingMail.objects.filter(kind__startswith="limit_")
        to = {mail.to for mail in mails if mail.kind == "limit_reached"}
        assert to == {
            f"{role}@nordbel.example" for role in ("owner", "technician", "admin")
        }
        assert mails.count() == 6  # once per crossing and person
