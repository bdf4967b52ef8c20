"""An extension on a computer or mobile: links that work once, codes shown once."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pbx_console.accounts.actor import SYSTEM
from pbx_console.branding.models import OutgoingMail
from pbx_console.pbx.models import Device
from pbx_console.pbx.services.devices import add_device
from pbx_console.provisioning.models import PhoneEvent, SetupLink
from pbx_console.provisioning.services.setup_links import remove_unused
from tests.conftest import World
from tests.console.conftest import Opens, text_of


@pytest.fixture
def app(world: World, everyone: None, in_english: None) -> str:
    code = world.nordbel.customer.code
    return reverse("console:extension_app", args=[code, "201"])


def link_in(page: str) -> str:
    found = re.search(r"/set-up/([0-9a-f]{40})/account\.xml", page)
    assert found
    return found[1]


def test_linphone_fetches_its_account_once(
    sign_in: Opens, world: World, app: str
) -> None:
    page = text_of(sign_in("technician").post(app, {"client": "linphone"}))
    token, device = link_in(page), Device.objects.get()
    assert "<svg" in page
    assert str(device.secret) not in page
    assert token not in str(SetupLink.objects.values())
    stranger = Client(headers={"host": world.nordbel.host})
    shown = stranger.get(reverse("console:set_up", args=[token]))
    assert shown.status_code == 200
    assert SetupLink.objects.get().used_at is None
    file = reverse("console:set_up_file", args=[token])
    elsewhere = Client(headers={"host": world.zuidlijn.host})
    assert elsewhere.get(file).status_code == 404
    answer = stranger.get(file)
    root = ET.fromstring(text_of(answer))
    told = {e.get("name"): e.text for e in root.iter() if e.get("name")}
    assert told["username"] == device.endpoint_id
    assert told["passwd"] == str(device.secret)
    assert stranger.get(file).status_code == 404
    assert stranger.get(reverse("console:set_up", args=[token])).status_code == 404
    kinds = list(PhoneEvent.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["link_used", "link_refused"]


def test_a_link_ends_and_takes_its_account_along(
    sign_in: Opens, world: World, app: str
) -> None:
    token = link_in(text_of(sign_in("technician").post(app, {"client": "linphone"})))
    SetupLink.objects.update(ends_at=timezone.now())
    stranger = Client(headers={"host": world.nordbel.host})
    file = stranger.get(reverse("console:set_up_file", args=[token]))
    assert file.status_code == 404
    assert remove_unused() == 1
    assert not Device.objects.exists()


def test_what_carries_a_password_is_shown_once_and_never_mailed(
    sign_in: Opens, world: World, app: str
) -> None:
    client = sign_in("technician")
    mailed = client.post(app, {"client": "baresip", "to": "jana@firm.example"})
    assert mailed.status_code == 422
    assert not Device.objects.exists()
    page = text_of(client.post(app, {"client": "baresip", "name": "Laptop"}))
    device = Device.objects.get()
    assert str(device.secret) in page
    assert not OutgoingMail.objects.exists()
    assert not SetupLink.objects.exists()
    code = client.post(app, {"client": "acrobits"})
    assert "Type the number that the maker" in text_of(code)


def test_people_send_themselves_a_link(
    sign_in: Opens, world: World, everyone: Any, in_english: None
) -> None:
    client = sign_in("end_user")
    own = reverse("console:own_app")
    page = text_of(client.get(own))
    assert "Zoiper" not in page
    done = client.post(own, {"client": "linphone", "to": "on"}, follow=True)
    assert "The link is on its way." in text_of(done)
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.to) == ("soft_client", "end_user@nordbel.example")
    assert "passw" not in str(mail.payload)
    assert str(Device.objects.get().secret) not in str(mail.payload)


def test_people_take_a_lost_mobile_off_their_extension(
    sign_in: Opens, world: World, everyone: Any, in_english: None
) -> None:
    client = sign_in("end_user")
    client.post(reverse("console:own_app"), {"client": "linphone", "name": "Mobile"})
    by_hand = add_device(SYSTEM, extension=world.nordbel.extension, name="Workshop")
    page = text_of(client.get(reverse("console:home")))
    assert "Remove Mobile" in page
    assert "Remove Workshop" not in page
    refused = client.post(reverse("console:own_app_remove", args=[by_hand.slot]))
    assert refused.status_code == 404
    client.post(reverse("console:own_app_remove", args=[2]))
    assert list(Device.objects.all()) == [by_hand]
