"""Each vendor's phone, over HTTP: what it asks for, and what it reads from it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from pbx_console.accounts.scope import as_everyone
from pbx_console.pbx.models import Extension
from pbx_console.provisioning.models import Phone, PhoneEvent
from pbx_console.provisioning.render.families import PhoneModel, Purpose
from pbx_console.provisioning.render.fetch import file_names
from tests.conftest import Tenant, World
from tests.phones.cast import again, agent_of, ask, make_phone
from tests.provisioning.readers import account_of, values_of
from tests.provisioning.samples import REPRESENTATIVES

MAC = "0004130a0b0c"


@pytest.fixture(autouse=True)
def secure(settings: Any) -> None:
    """As in production: TLS and SRTP."""
    settings.PHONE_TRANSPORT = "tls"
    settings.PHONE_SERVER = "brand"


@pytest.mark.parametrize("model", REPRESENTATIVES, ids=lambda one: one.slug)
def test_a_phone_asks_for_its_files_and_reads_its_account(
    world: World, model: PhoneModel
) -> None:
    north, family = world.nordbel, model.family.slug
    phone = make_phone(north, model.slug, MAC)
    got = sequence(north, phone, model)
    read = account_of(family, got[Purpose.CONFIG])
    extension = north.extension
    plain = family == "gigaset-maxwell"  # it documents no encryption
    way = "udp" if plain else "tls"
    assert (read.user, read.secret) == (extension.endpoint_id, extension.secret)
    assert (read.server, read.transport) == (north.host, way)
    assert read.name == extension.name
    if Purpose.MASTER in got:  # Poly: the list leads to the file that was asked for
        listed = values_of(family, got[Purpose.MASTER])["CONFIG_FILES"]
        assert listed == f"{MAC}-config.cfg"
    told = set(re.findall(f"/p/{phone.secret}/(phonebook|logo)", got[Purpose.CONFIG]))
    if family.startswith("grandstream"):
        assert "phonebook" not in told  # it adds the name by itself
        told.add("phonebook")
    for name in told:
        kind = "png" if name == "logo" else "xml"
        beside = ask(north, f"/p/{phone.secret}/{name}.{kind}", agent_of(family, MAC))
        assert beside.status_code == 200, name
    then = again(phone)
    assert then.fetched_at is not None
    assert (then.bound_agent, then.last_error) == (agent_of(family, MAC), "")
    with as_everyone("test"):
        account = Extension.objects.get(pk=extension.pk)
        assert account.srtp == ("off" if plain else "required")
        kinds = PhoneEvent.objects.filter(phone=phone).values_list("kind", flat=True)
        assert set(kinds) == {"fetched"}


def sequence(tenant: Tenant, phone: Phone, model: PhoneModel) -> dict[Purpose, str]:
    """Everything that a phone of this model asks for when it starts."""
    agent, got = agent_of(model.family.slug, MAC), {}
    for name, purpose in file_names(model, MAC):
        response = ask(tenant, f"/p/{phone.secret}/{name}", agent)
        if purpose is Purpose.COMMON:
            assert response.status_code == 404
            continue
        assert response.status_code == 200, name
        assert response["Cache-Control"] == "no-store"
        got.setdefault(purpose, response.content.decode())
    return got


def test_the_files_beside_are_the_phones_own(world: World) -> None:
    north = world.nordbel
    phone = make_phone(north, "yealink-t46u", MAC)
    agent = agent_of("yealink-desk", MAC)
    book = ask(north, f"/p/{phone.secret}/phonebook.xml", agent)
    assert book.status_code == 200
    assert "<YealinkIPPhoneDirectory>" in book.content.decode()
    assert f"<Name>{north.extension.name}</Name>" in book.content.decode()
    logo = ask(north, f"/p/{phone.secret}/logo.png", agent)
    assert (logo.status_code, logo["Content-Type"]) == (200, "image/png")
    assert logo.content.startswith(b"\x89PNG")
    other = ask(north, f"/p/{phone.secret}/phonebook.xml", agent, "198.51.100.99")
    assert other.status_code == 404
