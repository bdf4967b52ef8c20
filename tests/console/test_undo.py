"""Taking the last change back: from the toast, from the history, and when it is refused."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from pbx_console.accounts.actor import SYSTEM, Actor
from pbx_console.accounts.models import AuditEntry, Customer, Reseller
from pbx_console.accounts.services.customers import save_customer
from pbx_console.accounts.services.resellers import save_reseller
from pbx_console.accounts.services.second_factor import require_second_factor
from pbx_console.accounts.services.undo import offered, undo
from pbx_console.asterisk.models import PsEndpoint
from pbx_console.metering.models import CustomerTariff, PriceList
from pbx_console.metering.services.tariffs import choose_for_customer
from pbx_console.pbx.models import (
    Did,
    Extension,
    HuntGroup,
    OutboundRoute,
    Trunk,
)
from pbx_console.pbx.services.dids import delete_did, save_did
from pbx_console.pbx.services.extensions import delete_extension, save_extension
from pbx_console.pbx.services.hunt_groups import save_group
from pbx_console.pbx.services.phonebook import delete_entry, save_entry
from pbx_console.pbx.services.trunks import (
    delete_route,
    save_route,
    save_trunk,
)
from tests.conftest import World
from tests.console.conftest import Opens, text_of

pytestmark = pytest.mark.usefixtures("in_english", "everyone")


def last(verb: str = "") -> AuditEntry:
    rows = AuditEntry.objects.order_by("-pk")
    return rows.filter(verb=verb)[0] if verb else rows[0]


def taken_back(entry: AuditEntry, role: str = "operator") -> Any:
    return undo(SYSTEM, entry, role=role)


def press(client: Client, entry: AuditEntry, **headers: str) -> str:
    """Press *Undo* and return the page that follows."""
    url = reverse("console:undo", args=[entry.pk])
    return text_of(client.post(url, follow=True, headers=headers))


# ── the button ───────────────────────────────────────────────────────────────────────


def test_the_toast_after_a_save_takes_it_back(sign_in: Opens, world: World) -> None:
    client, held = sign_in("technician"), world.nordbel.customer
    url = f"/customers/{held.code}/extensions/201/"
    typed = {"number": "201", "name": "Empfang", "ring_seconds": "30"}
    typed |= {"dial_class": "abroad"}
    page = text_of(client.post(f"{url}edit/", typed, follow=True))
    assert f'action="{reverse("console:undo", args=[last().pk])}"' in page
    assert PsEndpoint.objects.get(pk=f"{held.code}-201").callerid == '"Empfang" <201>'

    shown = press(client, last())
    row = Extension.objects.get(pk=world.nordbel.extension.pk)
    assert (row.name, row.dial_class) == ("Reception", "abroad")
    assert "Taken back: Extension 201 Empfang changed." in shown
    # Through the same service: projected and in the log, pointing at what it undoes.
    assert PsEndpoint.objects.get(pk=row.endpoint_id).callerid == '"Reception" <201>'
    again, first = AuditEntry.objects.order_by("-pk")[:2]
    assert (again.undoes, again.after["name"]) == (first.pk, "Reception")


def test_the_history_offers_the_last_change_only(sign_in: Opens, world: World) -> None:
    held, row = world.nordbel.customer, world.nordbel.extension
    save_extension(SYSTEM, customer=held, extension=row, name="One")
    first = last()
    save_extension(SYSTEM, customer=held, extension=row, name="Two")
    page = text_of(sign_in("owner").get(f"/customers/{held.code}/extensions/201/"))
    assert reverse("console:undo", args=[last().pk]) in page
    assert reverse("console:undo", args=[first.pk]) not in page
    assert "Whole history" in page


def test_a_role_without_the_right_has_no_button_and_no_way(
    sign_in: Opens, world: World
) -> None:
    held, row = world.nordbel.customer, world.nordbel.extension
    save_extension(SYSTEM, customer=held, extension=row, name="One")
    reader = sign_in("reader")
    url = reverse("console:undo", args=[last().pk])
    assert url not in text_of(reader.get("/audit/"))
    assert reader.post(url).status_code == 403
    assert Extension.objects.get(pk=row.pk).name == "One"


def test_a_foreign_entry_does_not_exist(sign_in: Opens, world: World) -> None:
    held, row = world.zuidlijn.customer, world.zuidlijn.extension
    save_extension(SYSTEM, customer=held, extension=row, name="One")
    url = reverse("console:undo", args=[last().pk])
    assert sign_in("owner").post(url).status_code == 404
    assert Extension.objects.get(pk=row.pk).name == "One"


def test_undo_can_be_undone(world: World) -> None:
    held, row = world.nordbel.customer, world.nordbel.extension
    save_extension(SYSTEM, customer=held, extension=row, name="One")
    taken_back(last())
    taken_back(last())
    assert Extension.objects.get(pk=row.pk).name == "One"


def test_it_returns_to_the_page_where_the_button_stood(
    sign_in: Opens, world: World
) -> None:
    held, row = world.nordbel.customer, world.nordbel.extension
    save_extension(SYSTEM, customer=held, extension=row, number="301")
    url = reverse("console:undo", args=[last().pk])
    gone = f"http://{world.nordbel.host}/customers/{held.code}/extensions/301/"
    answer = sign_in("owner").post(url, headers={"referer": gone})
    assert answer["Location"] == f"/customers/{held.code}/extensions/201/"
    row.refresh_from_db()
    save_extension(SYSTEM, customer=held, extension=row, name="One")
    there = {"referer": f"http://{world.nordbel.host}/audit/?q=2"}
    url = reverse("console:undo", args=[last().pk])
    assert sign_in("owner").post(url, headers=there)["Location"] == "/audit/?q=2"
    url = reverse("console:undo", args=[last().pk])
    foreign = {"referer": "https://elsewhere.example/audit/"}
    answer = sign_in("owner").post(url, headers=foreign)
    assert "elsewhere" not in answer["Location"]


# ── extensions ───────────────────────────────────────────────────────────────────────


def test_a_new_extension_is_taken_away_while_nothing_needs_it(world: World) -> None:
    held = world.nordbel.customer
    made = save_extension(SYSTEM, customer=held, number="202", name="Two")
    created = last()
    save_did(SYSTEM, did=held.dids.get(), destination=made.destination)
    with pytest.raises(ValidationError, match="rings it"):
        taken_back(created)
    save_did(
        SYSTEM, did=held.dids.get(), destination=world.nordbel.extension.destination
    )
    taken_back(created)
    assert not held.extensions.filter(number="202").exists()
    assert not PsEndpoint.objects.filter(pk=made.endpoint_id).exists()


def test_a_deleted_extension_comes_back_with_its_numbers_and_a_new_secret(
    sign_in: Opens, world: World
) -> None:
    held, row = world.nordbel.customer, world.nordbel.extension
    secret = row.secret
    save_extension(SYSTEM, customer=held, extension=row, ring_seconds=45)
    delete_extension(SYSTEM, row)
    page = press(sign_in("admin"), last())
    back = held.extensions.get(number="201")
    assert (back.name, back.ring_seconds) == ("Reception", 45)
    assert back.secret != secret
    assert back.secret in page  # shown once, to be typed into the phone
    assert "SIP password is a new one" in page
    assert held.dids.get().destination == back.destination
    assert secret not in str(list(AuditEntry.objects.values_list("before", "after")))


def test_a_deleted_extension_stays_away_when_its_number_is_taken(world: World) -> None:
    held = world.nordbel.customer
    two = save_extension(SYSTEM, customer=held, number="202", name="Two")
    delete_extension(SYSTEM, two)
    deleted = last()
    row = world.nordbel.extension
    save_extension(SYSTEM, customer=held, extension=row, number="202")
    with pytest.raises(ValidationError):
        taken_back(deleted)
    assert held.extensions.count() == 1


def test_it_is_refused_when_it_was_changed_since(world: World) -> None:
    held, row = world.nordbel.customer, world.nordbel.extension
    save_extension(SYSTEM, customer=held, extension=row, name="One")
    first = last()
    save_extension(SYSTEM, customer=held, extension=row, ring_seconds=20)
    with pytest.raises(ValidationError, match="Only the last change"):
        taken_back(first)


def test_it_is_refused_when_the_object_is_not_as_the_change_left_it(
    world: World,
) -> None:
    held, row = world.nordbel.customer, world.nordbel.extension
    save_extension(SYSTEM, customer=held, extension=row, name="One")
    Extension.objects.filter(pk=row.pk).update(name="By hand")
    with pytest.raises(ValidationError, match="no longer as this change left it"):
        taken_back(last())


def test_it_is_refused_when_what_it_led_to_is_gone(world: World) -> None:
    held, row = world.nordbel.customer, world.nordbel.extension
    number = save_did(
        SYSTEM,
        number="+4930231259",
        trunk=world.trunk,
        reseller=held.reseller,
        customer=held,
    )
    save_extension(SYSTEM, customer=held, extension=row, caller_id=number)
    save_extension(SYSTEM, customer=held, extension=row, caller_id=None)
    entry = last()
    Did.objects.filter(pk=number.pk).delete()
    with pytest.raises(ValidationError, match="no longer exists"):
        taken_back(entry)


# ── numbers ──────────────────────────────────────────────────────────────────────────


def test_a_number_rings_again_where_it_rang(sign_in: Opens, world: World) -> None:
    held = world.nordbel.customer
    two = save_extension(SYSTEM, customer=held, number="202", name="Two")
    save_did(SYSTEM, did=held.dids.get(), destination=two.destination)
    press(sign_in("admin"), last())
    assert held.dids.get().destination == world.nordbel.extension.destination


def test_a_customer_does_not_undo_what_gave_it_a_number(
    sign_in: Opens, world: World
) -> None:
    held = world.nordbel.customer
    number = save_did(
        SYSTEM, number="+4930231259", trunk=world.trunk, reseller=held.reseller
    )
    save_did(SYSTEM, did=number, customer=held)
    entry = last()
    url = reverse("console:undo", args=[entry.pk])
    admin = sign_in("admin")
    assert url not in text_of(admin.get(f"/customers/{held.code}/audit/"))
    assert admin.post(url).status_code == 403
    assert Did.objects.get(pk=number.pk).customer == held
    with pytest.raises(PermissionDenied):
        taken_back(entry, role="admin")
    taken_back(entry, role="technician")
    assert Did.objects.get(pk=number.pk).customer is None


# ── owners, trunks, tariffs ──────────────────────────────────────────────────────────


def test_customers_and_resellers_are_put_back(world: World) -> None:
    held, reseller = world.nordbel.customer, world.nordbel.reseller
    save_customer(SYSTEM, reseller=reseller, customer=held, name="Other", language="nl")
    taken_back(last())
    row = Customer.objects.get(pk=held.pk)
    assert (row.name, row.language) == ("Möbelhaus Altendorf", "de")
    save_reseller(SYSTEM, reseller=reseller, timezone="Europe/Vienna")
    taken_back(last())
    assert Reseller.objects.get(pk=reseller.pk).timezone == "Europe/Berlin"


def test_a_trunk_is_put_back_unless_its_password_was_replaced(world: World) -> None:
    save_trunk(SYSTEM, trunk=world.trunk, port=5099)
    taken_back(last())
    assert Trunk.objects.get(pk=world.trunk.pk).port == 5070
    trunk = Trunk.objects.get(pk=world.trunk.pk)
    save_trunk(SYSTEM, trunk=trunk, port=5099, secret="hunter2-hunter2")
    entry = last()
    assert "hunter2" not in str(entry.after)
    with pytest.raises(ValidationError, match="password was replaced"):
        taken_back(entry)


def test_routes_are_put_back_in_every_way(world: World) -> None:
    reseller = world.nordbel.reseller
    route = save_route(SYSTEM, prefix="+49", trunk=world.trunk, reseller=reseller)
    taken_back(last())
    assert not OutboundRoute.objects.filter(pk=route.pk).exists()
    taken_back(last())
    route = OutboundRoute.objects.get(prefix="+49")
    assert route.reseller == reseller
    save_route(SYSTEM, prefix="+49", trunk=world.trunk, reseller=reseller, position=3)
    taken_back(last())
    assert OutboundRoute.objects.get(prefix="+49").position == 1
    delete_route(SYSTEM, OutboundRoute.objects.get(prefix="+49"))
    taken_back(last("route.deleted"))
    assert OutboundRoute.objects.get(prefix="+49").reseller == reseller


def test_a_price_list_choice_is_put_back(world: World) -> None:
    held = world.nordbel.customer
    chosen = CustomerTariff.objects.get(customer=held).price_list
    other = PriceList.objects.create(
        reseller=held.reseller, slug="other", name="Other", kind="retail"
    )
    choose_for_customer(SYSTEM, customer=held, price_list=other)
    taken_back(last(), role="billing")
    assert CustomerTariff.objects.get(customer=held).price_list == chosen


def test_a_button_does_not_switch_off_the_second_factor(world: World) -> None:
    """The page that does asks for a fresh proof first."""
    held = world.nordbel.customer
    require_second_factor(SYSTEM, held, required=True)
    assert offered([last()], "operator") == set()
    with pytest.raises(ValidationError, match="on its own page"):
        taken_back(last())
    assert Customer.objects.get(pk=held.pk).require_second_factor


def test_what_has_no_way_back_says_so(sign_in: Opens, world: World) -> None:
    person = world.nordbel.people["owner"]
    actor = Actor(person, "Owner Nordbel", "reseller")
    entry = AuditEntry.objects.filter(verb="person.added")[0]
    assert entry is not None
    with pytest.raises(ValidationError, match="cannot be taken back"):
        undo(actor, entry, role="owner")


# ── deletions ────────────────────────────────────────────────────────────────────────


def test_a_deleted_group_comes_back_with_its_members(
    sign_in: Opens, world: World
) -> None:
    client, held = sign_in("technician"), world.nordbel.customer
    to = held.destinations.get(number="201")
    values: dict[str, Any] = {"number": "600", "name": "Sales", "ring_seconds": 25}
    group = save_group(SYSTEM, customer=held, members=[to], **values)
    url = reverse("console:group_delete", args=[held.code, group.pk])
    page = text_of(client.post(url, {"confirm": "Sales"}, follow=True))
    assert not HuntGroup.objects.filter(pk=group.pk).exists()
    assert reverse("console:undo", args=[last().pk]) in page

    press(client, last())
    back = HuntGroup.objects.get(pk=group.pk)
    assert (back.name, back.number, back.ring_seconds) == ("Sales", "600", 25)
    assert [m.destination for m in back.members.all()] == [to]
    assert held.destinations.filter(number="600").exists()
    assert last("huntgroup.created").undoes == last("huntgroup.deleted").pk


def test_a_deletion_is_not_taken_back_where_the_number_is_taken(
    sign_in: Opens, world: World
) -> None:
    held = world.nordbel.customer
    values: dict[str, Any] = {"number": "600", "name": "Sales", "ring_seconds": 25}
    group = save_group(SYSTEM, customer=held, members=[], **values)
    client = sign_in("technician")
    url = reverse("console:group_delete", args=[held.code, group.pk])
    client.post(url, {"confirm": "Sales"})
    gone = last("huntgroup.deleted")
    save_extension(SYSTEM, customer=held, number="600", name="New")
    press(client, gone)
    assert not HuntGroup.objects.filter(pk=group.pk).exists()


def test_a_phonebook_entry_and_a_number_of_the_stock_come_back(world: World) -> None:
    held = world.nordbel.customer
    entry = save_entry(SYSTEM, customer=held, name="Ines", numbers=["+493023125777"])
    key = entry.pk
    delete_entry(SYSTEM, entry)
    back = taken_back(last("phonebookentry.deleted"))
    assert (back.pk, back.name, back.customer) == (key, "Ines", held)

    trunk = Trunk.objects.filter(reseller=None).first()
    did = save_did(SYSTEM, number="+493023125888", trunk=trunk)
    delete_did(SYSTEM, did)
    again = taken_back(last("did.deleted"))
    assert (again.number, again.trunk) == ("+493023125888", trunk)
