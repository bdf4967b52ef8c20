"""Forwards, phones, PIN and codes of an extension on their pages."""

from __future__ import annotations

import pytest
from django.urls import reverse

from pbx_console.pbx.models import Device, Extension, Forward
from tests.conftest import World
from tests.console.conftest import Opens, text_of


def url(name: str, world: World, **more: object) -> str:
    held = world.nordbel.customer
    own = {"code": held.code} | ({} if "codes" in name else {"number": "201"})
    return reverse(f"console:{name}", kwargs={**own, **more})


def test_it_forwards_to_a_number_as_people_write_it(
    sign_in: Opens, world: World, everyone: None
) -> None:
    client = sign_in("technician")
    typed = {"busy_on": "on", "busy_number": "030 23125 999"}
    page = client.post(url("extension_forwards", world), typed, follow=True)
    row = Forward.objects.get()
    assert (row.condition, row.outside_number) == ("busy", "+493023125999")
    shown = text_of(page)
    assert "Forwards of extension 201 are saved." in shown
    assert "+49 30 23125999" in shown or "030 23125999" in shown


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"busy_on": "on"}, "Choose where it goes"),
        ({"always_number": "abc"}, "area code"),
        ({"always_on": "on", "always_number": "0900 1234567"}, "may not dial"),
    ],
)
def test_it_saves_no_forward_that_cannot_be(
    sign_in: Opens, world: World, everyone: None, typed: dict[str, str], said: str
) -> None:
    typed = {"no_answer_on": "on", "no_answer_number": "030 23125 999", **typed}
    answer = sign_in("technician").post(url("extension_forwards", world), typed)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not Forward.objects.exists()


def test_it_adds_a_phone_and_shows_its_password_once(
    sign_in: Opens, world: World, everyone: None
) -> None:
    client = sign_in("technician")
    new = url("extension_device_new", world)
    page = text_of(client.post(new, {"name": "Workshop"}, follow=True))
    device = Device.objects.get()
    assert str(device.secret) in page
    assert device.endpoint_id in page
    again = text_of(client.get(url("extension", world)))
    assert str(device.secret) not in again
    assert "Workshop" in again
    gone = url("extension_device_delete", world, slot=2)
    assert client.post(gone, {"confirm": "no"}).status_code == 422
    client.post(gone, {"confirm": "Workshop"})
    assert not Device.objects.exists()


def test_the_piece_that_a_phone_changes_is_asked_by_itself(
    sign_in: Opens, world: World, everyone: None
) -> None:
    client = sign_in("reader")
    page = text_of(client.get(url("extension", world)))
    assert 'data-changes="extension 201"' in page
    Extension.objects.filter(pk=world.nordbel.extension.pk).update(do_not_disturb=True)
    piece = text_of(client.get(url("extension_ringing", world)))
    assert "<html" not in piece
    assert "data-on" in piece


def test_a_pin_is_set_and_never_shown(
    sign_in: Opens, world: World, everyone: None
) -> None:
    client = sign_in("technician")
    page = client.post(url("extension_pin", world), {"pin": "471147"}, follow=True)
    assert "471147" not in text_of(page)
    row = Extension.objects.get(pk=world.nordbel.extension.pk)
    assert row.pin_digest
    assert "471147" not in row.pin_digest
    answer = client.post(url("extension_pin", world), {"pin": "12"})
    assert answer.status_code == 422


def test_the_codes_are_listed_and_printed(sign_in: Opens, world: World) -> None:
    client = sign_in("reader")
    assert "*21*" in text_of(client.get(url("feature_codes", world)))
    printed = client.get(url("feature_codes_pdf", world))
    assert printed["Content-Type"] == "application/pdf"
    assert printed.content.startswith(b"%PDF")
