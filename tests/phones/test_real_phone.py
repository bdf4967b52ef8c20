"""A phone fetches its file, and with exactly what stands in it registers and calls."""

from __future__ import annotations

from typing import Any

import pytest

from pbx_console.provisioning.render.catalogue import MODELS
from pbx_console.provisioning.render.fetch import file_name
from tests.asterisk.conftest import House, build
from tests.asterisk.sipp import wait_for
from tests.asterisk.test_calls import invited
from tests.phones import tls_phone
from tests.phones.cast import agent_of, ask, make_phone
from tests.provisioning.readers import account_of

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
    with tls_phone.running(read) as desk:
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
    assert "<sip:201@" in invite.header("From")
    assert "crypto" not in invite.text  # the colleague's phone was told nothing
    for secure, received in desk.media():
        assert secure
        assert received > 10
    rang = log[log.rindex("INVITE sip:phone@") :]
    assert "RTP/SAVP" in rang.split("SIP/2.0 200")[0]
    assert "Via: SIP/2.0/TLS" in rang
