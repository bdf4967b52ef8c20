"""Voicemail boxes: one save makes the row that the telephone system reads."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import AuditEntry
from pbx_console.accounts.scope import as_customer, as_everyone
from pbx_console.asterisk.models import PsEndpoint, VoicemailUser
from pbx_console.pbx import projection
from pbx_console.pbx.models import Destination, VoicemailBox
from pbx_console.pbx.services.extensions import delete_extension, save_extension
from pbx_console.pbx.services.voicemail_boxes import (
    delete_box,
    has_pin,
    save_box,
    set_pin,
)
from tests.conftest import World


def make_box(world: World, **values: Any) -> VoicemailBox:
    """A box of Nordbel's customer: 201's own unless told otherwise."""
    tenant = world.nordbel
    own = {"extension": tenant.extension, "name": "Reception"}
    if "number" in values:
        own = {"name": "Workshop"}
    with as_everyone("test"):
        return save_box(SYSTEM, customer=tenant.customer, **{**own, **values})


def test_it_is_known_to_the_telephone_system_under_the_name_that_phones_watch(
    world: World,
) -> None:
    box = make_box(world, pin="4071")
    row = VoicemailUser.objects.get(uniqueid=box.pk)
    endpoint = PsEndpoint.objects.get(pk=world.nordbel.extension.endpoint_id)
    assert endpoint.mailboxes == f"{row.mailbox}@{row.context}"
    assert (row.password, row.maxsecs) == ("4071", 180)
    assert row.language == world.nordbel.customer.language


def test_a_change_reaches_the_telephone_system_and_keeps_the_pin(world: World) -> None:
    box = make_box(world, number="390", pin="4071")
    with as_everyone("test"):
        save_box(SYSTEM, customer=box.customer, box=box, language="nl", name="Garage")
        assert Destination.objects.get(kind="voicemail", number="390").name == "Garage"
    row = VoicemailUser.objects.get(uniqueid=box.pk)
    assert (row.language, row.fullname, row.password) == ("nl", "Garage", "4071")


def test_nothing_is_left_of_a_deleted_box(world: World) -> None:
    box = make_box(world, number="390")
    with as_everyone("test"):
        delete_box(SYSTEM, box)
    assert not VoicemailUser.objects.exists()


def test_the_pin_is_written_down_nowhere_else(world: World) -> None:
    box = make_box(world, pin="4071")
    with as_everyone("test"):
        set_pin(SYSTEM, box, "90210")
        assert has_pin(box)
        entries = AuditEntry.objects.filter(object_type="voicemailbox")
        told = [f"{entry.before}{entry.after}" for entry in entries]
    assert len(told) == 3
    assert not any("4071" in text or "90210" in text for text in told)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"pin": "123"}, "pin"),
        ({"pin": "1234"}, "pin"),
        ({"pin": "0000"}, "pin"),
        ({"pin": "12a4"}, "pin"),
        ({"pin": "١٢٣٥"}, "pin"),
        ({"number": "201"}, "number"),
        ({"number": "500&PJSIP/x"}, "number"),
        ({"name": "line\r\nbreak"}, "name"),
        ({"mail_to": "nobody"}, "mail_to"),
        ({"mail_to": "a@example.com\r\nBcc: b@example.com"}, "mail_to"),
        ({"mail_to": ",".join(f"p{n}@example.com" for n in range(6))}, "mail_to"),
        ({"delete_after_mail": True}, "delete_after_mail"),
        ({"max_seconds": 0}, "max_seconds"),
    ],
)
def test_it_refuses(world: World, values: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        make_box(world, **{"number": "391"} | values)
    assert field in refused.value.message_dict


def test_another_customers_extension_is_refused(world: World) -> None:
    with pytest.raises(ValidationError):
        make_box(world, extension=world.zuidlijn.extension)


def test_a_customer_sees_its_own_boxes_only(world: World) -> None:
    make_box(world)
    with as_customer(world.zuidlijn.customer):
        assert not VoicemailBox.objects.exists()


def test_whose_lamps_follow_a_box_is_projected_and_ends_with_it(world: World) -> None:
    tenant = world.nordbel
    endpoint = PsEndpoint.objects.filter(pk=tenant.extension.endpoint_id)
    own = endpoint.get().mailboxes
    with as_everyone("test"):
        other = save_extension(
            SYSTEM, customer=tenant.customer, number="202", name="Office"
        )
    shared = make_box(world, number="390", watchers=[tenant.extension])
    theirs = make_box(world, extension=other, watchers=[tenant.extension])
    watched = endpoint.get().mailboxes.split(",")
    assert watched == [own, f"s{shared.pk}@{tenant.customer.code}", *watched[2:]]
    assert watched[2:] == [f"{other.pk}@{tenant.customer.code}"]
    with as_everyone("test"):
        assert not projection.drift()
        entry = AuditEntry.objects.filter(object_key=str(shared.pk)).first()
        assert entry is not None
        assert entry.after["lamps"] == ["201"]
        delete_extension(SYSTEM, other)
        delete_box(SYSTEM, shared)
        assert not VoicemailBox.objects.filter(pk=theirs.pk).exists()
        assert not projection.drift()
    assert endpoint.get().mailboxes == own


def test_a_lamp_follows_few_boxes_and_never_a_strangers(world: World) -> None:
    extension = world.nordbel.extension
    for place in range(5):
        make_box(world, number=f"39{place}", name=f"B{place}", watchers=[extension])
    for refused in ([extension], [world.zuidlijn.extension]):
        with pytest.raises(ValidationError) as raised:
            make_box(world, number="399", watchers=refused)
        assert "watchers" in raised.value.message_dict
    with pytest.raises(ValidationError):
        make_box(world, watchers=[extension])  # its own phone
