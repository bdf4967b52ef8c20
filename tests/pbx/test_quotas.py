"""Contracts: how much may be used, who is told at the edge, and what is never refused."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import translation

from pbx_console.accounts import features
from pbx_console.accounts.actor import SYSTEM, Actor
from pbx_console.accounts.models import Customer, QuotaWarning, Reseller
from pbx_console.accounts.models.resellers import Feature
from pbx_console.accounts.scope import as_customer, as_everyone, as_reseller
from pbx_console.accounts.services.customers import save_customer
from pbx_console.accounts.services.quotas import (
    Quota,
    QuotaExceeded,
    check_storage,
    use_of,
    uses_of,
)
from pbx_console.accounts.services.resellers import save_reseller
from pbx_console.branding.models import CustomerLogo
from pbx_console.branding.services import storage  # noqa: F401 - counts
from pbx_console.pbx.services.dids import add_dids, delete_did, save_did
from pbx_console.pbx.services.extensions import delete_extension, save_extension
from tests.conftest import World

ADMIN = Actor(None, "Admin", "customer")
OWNER = Actor(None, "Owner", "reseller")


@pytest.fixture
def mails(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Catch what would be queued."""
    sent: list[dict[str, Any]] = []

    def send(reseller: Reseller, kind: str, **more: Any) -> None:
        sent.append({"reseller": reseller, "kind": kind, **more})

    monkeypatch.setattr("pbx_console.accounts.services.quotas.mail", send)
    return sent


def limit(owner: Customer | Reseller, **limits: Any) -> None:
    with as_everyone("test"):
        if isinstance(owner, Customer):
            save_customer(SYSTEM, reseller=owner.reseller, customer=owner, **limits)
        else:
            save_reseller(SYSTEM, reseller=owner, **limits)


def add(
    customer: Customer, count: int, actor: Actor = SYSTEM, first: int = 300
) -> None:
    for n in range(first, first + count):
        save_extension(actor, customer=customer, number=str(n), name=f"Phone {n}")


# ── the edge ─────────────────────────────────────────────────────────────────────────


def test_a_customers_administrator_reads_who_can_help(world: World) -> None:
    held = world.nordbel.customer
    limit(held, max_extensions=2)
    with as_customer(held), translation.override("en"):
        add(held, 1, ADMIN)
        with pytest.raises(QuotaExceeded) as refused:
            add(held, 1, ADMIN, first=400)
    (words,) = refused.value.messages
    assert words.startswith("All 2 extensions of this contract are in use. Nordbel")
    assert words.endswith("can raise the limit.")


def test_a_customer_stops_at_its_resellers_edge_and_learns_nothing_of_it(
    world: World,
) -> None:
    """Limits of customers may add up to more than the reseller has."""
    reseller, held = world.nordbel.reseller, world.nordbel.customer
    limit(reseller, max_extensions=3)
    with as_everyone("test"):
        neighbour = save_customer(SYSTEM, reseller=reseller, name="Neighbour")
        assert neighbour.max_extensions + held.max_extensions > 3
        add(neighbour, 1)
    with as_customer(held), translation.override("en"):
        add(held, 1, ADMIN)
        with pytest.raises(QuotaExceeded) as refused:
            add(held, 1, ADMIN, first=400)
    (words,) = refused.value.messages
    assert "No extension can be added now. Nordbel" in words
    assert "3" not in words
    with as_reseller(reseller), translation.override("en"):
        with pytest.raises(
            QuotaExceeded, match="All 3 extensions of Nordbel are in use"
        ):
            add(held, 1, OWNER, first=400)


def test_one_reseller_does_not_use_up_anothers(world: World) -> None:
    limit(world.nordbel.reseller, max_extensions=1)
    with as_everyone("test"):
        add(world.zuidlijn.customer, 3)


def test_numbers_are_counted_where_they_arrive(world: World) -> None:
    reseller, held = world.nordbel.reseller, world.nordbel.customer
    limit(reseller, max_numbers=2)
    limit(held, max_numbers=1)
    with as_everyone("test"):
        own = save_did(
            SYSTEM, number="+4930231257", trunk=world.trunk, reseller=reseller
        )
        with pytest.raises(QuotaExceeded):
            save_did(SYSTEM, did=own, customer=held)
        stock = save_did(SYSTEM, number="+4930231258", trunk=world.trunk)
        with pytest.raises(QuotaExceeded):
            save_did(SYSTEM, did=stock, reseller=reseller)
        with pytest.raises(ValidationError):
            add_dids(
                SYSTEM, numbers=["+4930231261"], trunk=world.trunk, reseller=reseller
            )
        # What it holds already can still be changed.
        save_did(SYSTEM, did=held.dids.get(), destination=None)
        own.refresh_from_db()
        delete_did(SYSTEM, own)
        save_did(SYSTEM, did=stock, reseller=reseller)


def test_a_limit_below_the_use_refuses_only_what_is_added(world: World) -> None:
    held = world.nordbel.customer
    with as_everyone("test"):
        add(held, 3)
    limit(held, max_extensions=1)
    with as_everyone("test"):
        row = held.extensions.get(number="300")
        save_extension(SYSTEM, customer=held, extension=row, name="Still works")
        with pytest.raises(QuotaExceeded):
            add(held, 1, first=400)
        assert use_of(held, Quota.EXTENSIONS).is_full


def test_storage_of_a_reseller_ends_and_the_platforms_does_not(world: World) -> None:
    reseller, held = world.nordbel.reseller, world.nordbel.customer
    limit(reseller, max_storage_mb=5)
    limit(held, max_storage_mb=2)
    with as_everyone("test"), translation.override("en"):
        check_storage(OWNER, reseller, held, 1_000_000)
        with pytest.raises(QuotaExceeded, match="The 2 MB of Möbelhaus Altendorf"):
            check_storage(OWNER, reseller, held, 2_000_001)
        check_storage(OWNER, reseller, None, 3_000_000)
        with pytest.raises(QuotaExceeded):
            check_storage(OWNER, reseller, None, 5_000_001)
        check_storage(SYSTEM, None, None, 10**12)


def test_the_count_asks_an_index_and_not_every_save(
    world: World, django_assert_max_num_queries: Any
) -> None:
    """A change of what exists counts nothing."""
    held, row = world.nordbel.customer, world.nordbel.extension
    with as_everyone("test"):
        with django_assert_max_num_queries(40) as asked:
            save_extension(SYSTEM, customer=held, extension=row, name="Empfang")
        assert not any("COUNT(" in q["sql"] for q in asked.captured_queries)


# ── the warning ──────────────────────────────────────────────────────────────────────


def test_it_tells_the_resellers_owners_once_per_crossing(
    world: World, mails: list[dict[str, Any]]
) -> None:
    held = world.nordbel.customer
    limit(held, max_extensions=10)
    with as_customer(held):
        add(held, 6, ADMIN)  # 7 of 10
        assert mails == []
        add(held, 1, ADMIN, first=320)
        add(held, 1, ADMIN, first=321)  # 9 of 10: told already
    (mail,) = mails
    assert (mail["kind"], mail["to"]) == ("quota_warning", "owner@nordbel.example")
    assert mail["context"]["owner"] == held.name
    assert (mail["context"]["used"], mail["context"]["limit"]) == (8, 10)
    with as_everyone("test"):
        for number in ("300", "301"):  # 7 of 10: not below 70 %
            delete_extension(SYSTEM, held.extensions.get(number=number))
        add(held, 1, first=322)
        assert len(mails) == 1
        for number in ("302", "303"):  # 6 of 10: armed again
            delete_extension(SYSTEM, held.extensions.get(number=number))
        assert not QuotaWarning.objects.filter(customer=held).exists()
        add(held, 2, first=330)
    assert len(mails) == 2


def test_a_raised_limit_arms_the_warning_again(
    world: World, mails: list[dict[str, Any]]
) -> None:
    held = world.nordbel.customer
    limit(held, max_extensions=1)
    assert [m["context"]["percent"] for m in mails] == [100]
    limit(held, max_extensions=10)
    with as_everyone("test"):
        assert not QuotaWarning.objects.filter(customer=held).exists()


def test_the_resellers_own_crossing_is_told_too(
    world: World, mails: list[dict[str, Any]]
) -> None:
    limit(world.nordbel.reseller, max_extensions=2)
    with as_everyone("test"):
        add(world.nordbel.customer, 1)
    assert [(m["context"]["owner"], m["context"]["used"]) for m in mails] == [("", 2)]


def test_the_mail_is_really_queued_for_the_owner(world: World) -> None:
    from pbx_console.branding.models import OutgoingMail  # noqa: PLC0415

    limit(world.nordbel.customer, max_extensions=1)
    with as_everyone("test"):
        (mail,) = OutgoingMail.objects.filter(kind="quota_warning")
    assert mail.to == "owner@nordbel.example"


# ── features ─────────────────────────────────────────────────────────────────────────


def test_a_customer_has_a_feature_only_while_its_reseller_has_it(world: World) -> None:
    reseller, held = world.nordbel.reseller, world.nordbel.customer
    assert features.allowed(Feature.CALL_LIST, held)
    reseller.features = [Feature.PEOPLE.value]
    held.reseller = reseller
    assert not features.allowed("call_list", held)
    assert features.allowed("people", held)
    assert features.allowed("call_list", None)
    with pytest.raises(PermissionDenied, match="not part of this contract"):
        features.ensure("call_list", reseller)
    with pytest.raises(ValueError, match="spaceships"):
        features.allowed("spaceships", held)


def test_a_reseller_hands_on_only_what_it_has(world: World) -> None:
    reseller = world.nordbel.reseller
    limit(reseller, features=["people", "outside_calls"])
    with as_everyone("test"):
        held = Customer.objects.select_related("reseller").get(
            pk=world.nordbel.customer.pk
        )
        # What the customer had may stay in its row: it does not count.
        save_customer(SYSTEM, reseller=held.reseller, customer=held, name="Other")
        save_customer(SYSTEM, reseller=held.reseller, customer=held, features=[])
        with pytest.raises(ValidationError) as refused:
            save_customer(
                SYSTEM, reseller=held.reseller, customer=held, features=["call_list"]
            )
        assert "features" in refused.value.message_dict
        new = save_customer(SYSTEM, reseller=held.reseller, name="New")
        assert new.features == ["people", "outside_calls"]


def test_the_page_of_uses_names_every_quota(world: World) -> None:
    with as_everyone("test"):
        uses = {use.quota: use for use in uses_of(world.nordbel.customer)}
    assert uses[Quota.EXTENSIONS].used == 1
    assert uses[Quota.NUMBERS].used == 1
    assert uses[Quota.EXTENSIONS].limit == world.nordbel.customer.max_extensions


def test_pictures_are_counted_as_bytes(world: World) -> None:
    reseller, held = world.nordbel.reseller, world.nordbel.customer
    with as_everyone("test"):
        CustomerLogo.objects.create(
            customer=held, digest="0" * 64, content=b"x" * 1_200_000, width=1, height=1
        )
        limit(held, max_storage_mb=2)
        limit(reseller, max_storage_mb=2)
        assert use_of(held, Quota.STORAGE).used == 2  # begun megabytes count
        with pytest.raises(QuotaExceeded):
            check_storage(OWNER, reseller, held, 900_000)
        assert use_of(world.zuidlijn.customer, Quota.STORAGE).used == 0
