"""The pages of phones: list, add, one phone, keys, settings, import, unknown phones."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import AuditEntry
from pbx_console.provisioning.models import Phone, PhoneSettings, UnknownPhone
from pbx_console.provisioning.services.phones import add_phone
from tests.conftest import World
from tests.console.conftest import Opens, text_of

MAC = "000413a1b2c3"


def url(name: str, world: World, **more: object) -> str:
    code = world.nordbel.customer.code
    return reverse(f"console:{name}", kwargs={"code": code, **more})


@pytest.fixture
def phone(world: World, everyone: None, in_english: None) -> Phone:
    held = world.nordbel
    own = {"customer": held.customer, "extensions": [held.extension]}
    return add_phone(SYSTEM, mac=MAC, model="snom-d785", name="Reception", **own)


def test_a_technician_adds_a_phone_by_its_label(
    sign_in: Opens, world: World, everyone: None, in_english: None
) -> None:
    client = sign_in("technician")
    empty = text_of(client.get(url("customer_phones", world)))
    assert "Add the first phone" in empty
    page = text_of(client.get(url("phone_new", world)))
    assert 'value="Snom M900">unverified' in page
    assert 'value="201"' in page
    typed = {"mac": "00-04-13-A1-B2-C3", "model": "snom d785", "extensions": "201"}
    page = text_of(client.post(url("phone_new", world), typed, follow=True))
    made = Phone.objects.get()
    assert (made.mac, made.model) == (MAC, "snom-d785")
    assert "00:04:13:A1:B2:C3" in page
    assert "never seen" in page
    assert str(made.secret) not in page
    twice = client.post(url("phone_new", world), typed)
    assert twice.status_code == 422
    assert "cannot be used" in text_of(twice)
    unsaid = client.post(url("phone_new", world), {**typed, "model": ""})
    assert "This address belongs to Snom. Choose the model." in text_of(unsaid)
    none = client.post(url("phone_new", world), {**typed, "extensions": "299"})
    assert "There is no extension 299." in text_of(none)


def test_the_model_of_a_phone_that_called_in_need_not_be_typed(
    sign_in: Opens, world: World, everyone: None, in_english: None
) -> None:
    UnknownPhone.objects.create(
        reseller=world.nordbel.reseller,
        mac=MAC,
        model="yealink-t54w",
        address="192.0.2.4",
    )
    typed = {"mac": MAC, "model": "", "extensions": "201", "name": "Reception"}
    sign_in("technician").post(url("phone_new", world), typed)
    assert Phone.objects.get().model == "yealink-t54w"
    assert not UnknownPhone.objects.exists()


def test_one_click_takes_in_a_phone_that_called(
    sign_in: Opens, world: World, everyone: None, in_english: None
) -> None:
    reseller, code = world.nordbel.reseller, world.nordbel.customer.code
    caller = {"reseller": reseller, "address": "192.0.2.4", "model": "snom-d785"}
    UnknownPhone.objects.create(mac=MAC, **caller)
    UnknownPhone.objects.create(mac="000413a1b2ff", **caller)
    client = sign_in("technician")
    listed = text_of(client.get(reverse("console:unknown_phones")))
    assert "00:04:13:A1:B2:C3" in listed
    one = reverse("console:unknown_phone", args=[reseller.slug, MAC])
    assert "Whose phone is it?" in text_of(client.get(one))
    form = text_of(client.get(one, {"customer": code}))
    assert 'value="Snom D785"' in form
    sent = {"customer": code, "model": "Snom D785", "extensions": "201"}
    page = text_of(client.post(one, sent, follow=True))
    assert "is taken in." in page
    assert Phone.objects.get().awaited_address == "192.0.2.4"
    forget = reverse(
        "console:unknown_phone_forget", args=[reseller.slug, "000413a1b2ff"]
    )
    client.post(forget)
    assert not UnknownPhone.objects.exists()


def test_every_page_of_a_phone_opens(
    sign_in: Opens, world: World, phone: Phone
) -> None:
    client = sign_in("technician")
    pages = ("phone", "state", "edit", "move", "swap", "keys", "settings", "remove")
    for name in pages:
        name = name if name == "phone" else f"phone_{name}"
        page = client.get(url(name, world, mac=MAC))
        assert page.status_code == 200, name
        assert str(phone.secret) not in text_of(page), name
        assert str(phone.admin_password) not in text_of(page), name
    assert "Reception" in text_of(client.get(reverse("console:phones"), {"q": "a1b2"}))
    assert "No phone matches" in text_of(
        client.get(reverse("console:phones"), {"q": "zz"})
    )
    lost = client.get(reverse("console:phones"), {"state": "lost"})
    assert "No phone matches" in text_of(lost)
    assert MAC.upper()[:2] in text_of(
        client.get(reverse("console:phones"), {"format": "csv"})
    )


def test_keys_are_chosen_without_a_script(
    sign_in: Opens, world: World, phone: Phone
) -> None:
    client, keys = sign_in("technician"), url("phone_keys", world, mac=MAC)
    typed = {
        "keys-0-kind": "blf",
        "keys-0-value": "205",
        "keys-0-label": "Carla",
        "keys-2-kind": "dnd",
    }
    moved = text_of(client.post(keys, {**typed, "row": "keys-0-down"}))
    assert moved.index('name="keys-1-value" value="205"') > 0
    assert not phone.keys.exists()
    client.post(keys, typed)
    assert [(key.position, key.kind) for key in phone.keys.all()] == [
        (1, "blf"),
        (3, "dnd"),
    ]
    page = text_of(client.get(url("phone", world, mac=MAC)))
    assert "Carla" in page
    wrong = client.post(keys, {"keys-0-kind": "blf"})
    assert wrong.status_code == 422
    assert "Key 1: It needs a number." in text_of(wrong)


def test_settings_are_shown_with_who_said_so(
    sign_in: Opens, world: World, phone: Phone
) -> None:
    client, own = sign_in("technician"), url("phone_settings", world, mac=MAC)
    client.post(own, {"settings": "backlight = 9\n\ndim_timer=5"})
    page = text_of(client.get(own))
    assert "this phone" in page
    assert "not shown" in page
    for typed, said in (
        ("backlight", "Line 1 has no equals sign"),
        ("nonsense = 1", "no setting nonsense"),
        ("user_pass[1] = x", "set by the console"),
    ):
        answer = client.post(own, {"settings": typed})
        assert answer.status_code == 422
        assert said in text_of(answer)
    family = url("customer_phone_settings", world, family="snom-desk")
    assert "Snom D7xx" in text_of(client.get(family))
    client.post(family, {"settings": "backlight = 3"})
    reseller = reverse(
        "console:reseller_phone_settings",
        args=[world.nordbel.reseller.slug, "snom-desk"],
    )
    client.post(reseller, {"settings": "dim_timer = 7"})
    assert PhoneSettings.objects.count() == 2
    reader = sign_in("reader")
    assert reader.get(own).status_code == 200
    assert reader.post(own, {"settings": ""}).status_code == 403


def test_it_is_let_in_swapped_and_removed(
    sign_in: Opens, world: World, phone: Phone
) -> None:
    client, secret = sign_in("technician"), str(phone.secret)
    Phone.objects.update(window_until=None)
    client.post(url("phone_window", world, mac=MAC))
    assert Phone.objects.get().window_until is not None
    client.post(url("phone_secret", world, mac=MAC))
    assert str(Phone.objects.get().secret) != secret
    refused = client.post(url("phone_resync", world, mac=MAC))
    assert refused.status_code == 422
    assert "not registered now" in text_of(refused)
    other = {"mac": "000413a1b2ff", "model": "Snom D865"}
    page = text_of(client.post(url("phone_swap", world, mac=MAC), other, follow=True))
    assert "is swapped." in page
    assert "swapped for another device" in page
    gone = url("phone_remove", world, mac="000413a1b2ff")
    assert client.post(gone, {"confirm": "no"}).status_code == 422
    client.post(gone, {"confirm": "reception"})
    assert not Phone.objects.exists()


def test_weaker_encryption_is_a_warning(
    sign_in: Opens, world: World, phone: Phone, settings: object
) -> None:
    settings.PHONE_TRANSPORT = "tls"  # type: ignore[attr-defined]
    client = sign_in("technician")
    typed = {"name": "Reception", "transport": "udp", "srtp": "off"}
    page = text_of(client.post(url("phone_edit", world, mac=MAC), typed, follow=True))
    assert "over UDP, unencrypted" in page
    assert "Speech of this phone is not encrypted." in page


def test_phones_come_from_a_file(sign_in: Opens, world: World, phone: Phone) -> None:
    client, page = sign_in("technician"), url("phones_bulk", world)
    text = f"mac;model;extensions;name\n{MAC};Snom D785;201;Front\n"
    file = SimpleUploadedFile("phones.csv", text.encode(), content_type="text/csv")
    assert "00:04:13:A1:B2:C3" in text_of(client.get(page))
    looked = client.post(page, {"file": file})
    assert looked.status_code == 200
    client.post(page, {"text": text, "import": "1"})
    assert Phone.objects.get().name == "Front"


def test_keys_and_settings_are_taken_back(
    sign_in: Opens, world: World, phone: Phone
) -> None:
    client = sign_in("technician")
    keys = url("phone_keys", world, mac=MAC)
    client.post(keys, {"keys-0-kind": "blf", "keys-0-value": "205"})
    client.post(keys, {"keys-1-kind": "dnd"})
    client.post(url("phone_settings", world, mac=MAC), {"settings": "dim_timer = 5"})
    client.post(url("phone_edit", world, mac=MAC), {"name": "Lobby"})
    for verb in ("phone.saved", "phone.settings_saved", "phone.keys_saved"):
        entry = AuditEntry.objects.filter(verb=verb).latest("pk")
        client.post(reverse("console:undo", args=[entry.pk]))
    shown = Phone.objects.get()
    assert (shown.name, shown.settings) == ("Reception", {})
    assert [(key.position, key.value) for key in shown.keys.all()] == [(1, "205")]


def test_a_phone_is_found_by_its_address_and_stays_without_a_line(
    sign_in: Opens, world: World, phone: Phone
) -> None:
    client = sign_in("technician")
    found = text_of(client.get(reverse("console:search"), {"q": "00:04:13:A1"}))
    assert url("phone", world, mac=MAC) in found
    phone.lines.all().delete()
    for name in ("phone", "phone_settings", "phone_keys", "phone_move"):
        assert client.get(url(name, world, mac=MAC)).status_code == 200
    client.post(url("phone_edit", world, mac=MAC), {"name": "Lobby"})
    assert Phone.objects.get().name == "Lobby"
