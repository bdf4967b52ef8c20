"""A phone fetches its file, and with exactly what stands in it registers and calls."""

from __future__ import annotations

from typing import Any

import pytest

from pbx_console.provisioning.render.catalogue import MODELS
from pbx_console.provisioning.render.config import Transport
from pbx_console.provisioning.render.families import PhoneModel
from pbx_console.provisioning.render.fetch import file_name
from tests.asterisk.conftest import House, build
from tests.asterisk.sipp import wait_for
from tests.asterisk.test_calls import invited
from tests.phones import tls_phone
from tests.phones.cast import agent_of, ask, make_phone
from tests.phones.test_real_life import events, listening
from tests.provisioning.readers import Read, account_of
from tests.provisioning.samples import REPRESENTATIVES

pytestmark = pytest.mark.asterisk
MAC = "000413a1b2c3"


@pytest.fixture
def house(transactional_db: None, tmp_path: Any) -> Any:
    """The cast on the real Asterisk."""
    made = build(tmp_path)
    yield made
    made.end()


def test_what_stands_in_the_file_registers_and_calls_encrypted(
    house: House, settings: Any
) -> None:
    settings.PHONE_TRANSPORT = "tls"
    north = house.world.nordbel
    phone = make_phone(north, "snom-d785", MAC)
    name = file_name(MODELS["snom-d785"], MAC)
    answer = ask(north, f"/p/{phone.secret}/{name}", agent_of("snom-desk", MAC))
    read = account_of("snom-desk", answer.content.decode())
    colleague = house.phone(house.extension(north.customer, "202"))
    with listening(), tls_phone.running(read) as desk:
        wait_for(desk.is_registered, seconds=20)
        with colleague.answering() as rung:
            desk.call("202")
            wait_for(lambda: len(desk.media()) == 1, seconds=15)
            (invite,) = invited(rung)
            desk.tell("channel request hangup all")
            wait_for(house.quiet)
        call = colleague.run(
            "call",
            *("-s", "201", "-m", "1", "-d", "1500", "-timeout", "20", "-rtp_echo"),
            *("-au", colleague.user, "-ap", colleague.secret),
            **{"from": colleague.user, "display": ""},
        )
        assert call.wait() == 0
        wait_for(lambda: len(desk.media()) == 2, seconds=15)
        wait_for(house.quiet)
        log = desk.log()
        wait_for(lambda: events("registered", phone=phone))
        desk.cut()  # an hour before it would expire
        (lost,) = wait_for(lambda: events("lost", phone=phone))
        assert lost.detail["reason"] == "ended"
    assert "<sip:201@" in invite.header("From")
    assert "crypto" not in invite.text  # the colleague's phone was told nothing
    for secure, received in desk.media():
        assert secure
        assert received > 10
    rang_encrypted(log)


def rang_encrypted(log: str) -> None:
    rang = log[log.rindex("INVITE sip:phone@") :]
    assert "RTP/SAVP" in rang.split("SIP/2.0 200")[0]
    assert "Via: SIP/2.0/TLS" in rang


def test_every_makers_phone_registers_and_calls_with_what_it_read(
    house: House, settings: Any
) -> None:
    settings.PHONE_TRANSPORT = "tls"
    reads = [fetched(house, place, model) for place, model in enumerate(ENCRYPTING)]
    froms = tls_phone.calls_of(house, reads)
    callers = [f"<sip:{210 + place}@" for place in range(len(reads))]
    assert [any(c in f for f in froms) for c in callers] == [True] * len(callers)


ENCRYPTING = [m for m in REPRESENTATIVES if Transport.TLS in m.family.transports]


def fetched(house: House, place: int, model: PhoneModel) -> Read:
    """The account in the file that a new phone of this model fetches."""
    north, mac = house.world.nordbel, f"0004130000{place:02x}"
    extension = house.extension(north.customer, str(210 + place))
    phone = make_phone(north, model.slug, mac, extension)
    path = f"/p/{phone.secret}/{file_name(model, mac)}"
    answer = ask(north, path, agent_of(model.family.slug, mac))
    return account_of(model.family.slug, answer.content.decode())


def test_a_maker_without_encryption_registers_and_calls_as_well_as_it_can(
    house: House, settings: Any
) -> None:
    settings.PHONE_TRANSPORT = "tls"
    plain = [m for m in REPRESENTATIVES if m not in ENCRYPTING]
    assert [model.family.slug for model in plain] == ["gigaset-maxwell"]
    read = fetched(house, 50, plain[0])
    assert (read.transport, read.port) == ("udp", settings.SIP_PORT)
    desk = house.agent(read.user, read.secret)
    assert desk.register() == 200
    other = house.phone(house.extension(house.world.nordbel.customer, "202"))
    with other.answering() as rung:
        assert desk.call("202").wait() == 0
    with desk.answering() as rings:
        assert other.call("260").wait() == 0
    assert "<sip:260@" in invited(rung)[0].header("From")
    assert "crypto" not in invited(rings)[0].text
