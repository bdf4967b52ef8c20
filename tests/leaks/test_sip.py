"""What a phone, a carrier or a stranger hears of the telephone system names nobody.

The real Asterisk; raw datagrams for what a stranger may send, sipp for calls.
"""

from __future__ import annotations

import re
import socket

import pytest

from tests.asterisk.conftest import House, house
from tests.asterisk.sipp import free_port
from tests.leaks.conftest import name_platform
from tests.leaks.scanner import Scanner, scanner

__all__ = ["house"]
pytestmark = pytest.mark.asterisk


def ask(house: House, method: str, user: str = "nobody", body: str = "") -> str:
    """Send one SIP request as a stranger and return the answer."""
    port = free_port()
    request = (
        f"{method} sip:{user}@{house.server[0]}:{house.server[1]} SIP/2.0\r\n"
        f"Via: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK-leak-{method}\r\n"
        f"From: <sip:{user}@127.0.0.1>;tag=leak\r\nTo: <sip:{user}@127.0.0.1>\r\n"
        f"Call-ID: leak-{method}-{port}\r\nCSeq: 1 {method}\r\n"
        f"Contact: <sip:{user}@127.0.0.1:{port}>\r\nMax-Forwards: 70\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    )
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind(("127.0.0.1", port))
        line.settimeout(5)
        line.sendto(request.encode(), house.server)
        return line.recv(65535).decode()


@pytest.fixture
def scan(house: House) -> Scanner:
    """A scanner for reseller A on the real telephone system."""
    name_platform(house.world)
    return scanner(house.world)


@pytest.mark.parametrize("method", ["OPTIONS", "REGISTER", "INVITE", "SUBSCRIBE"])
def test_no_answer_to_a_stranger_names_anybody(
    house: House, scan: Scanner, method: str
) -> None:
    answer = ask(house, method)
    assert answer.startswith("SIP/2.0 ")
    assert scan.scan(f"sip {method}", answer) == []


def test_the_challenge_names_a_neutral_realm(house: House, scan: Scanner) -> None:
    user = house.world.nordbel.extension.endpoint_id
    answer = ask(house, "REGISTER", user)
    assert answer.startswith("SIP/2.0 401")
    assert re.findall(r'realm="([^"]*)"', answer) == ["telephony"]
    assert scan.scan("sip challenge", answer) == []


def test_no_message_of_a_call_names_anybody(house: House, scan: Scanner) -> None:
    """Headers and SDP: between colleagues, to the carrier, and back."""
    customer = house.world.nordbel.customer
    caller = house.phone(house.world.nordbel.extension)
    called = house.phone(house.extension(customer, "205", name="Office"))
    with called.answering() as ringing, house.carrier.answering() as outside:
        assert caller.call("205").wait() == 0
        assert caller.call("+493023125999").wait() == 0
        heard = [*ringing.messages(), *outside.messages()]
    for process in (*caller.started, *called.started):
        heard += process.messages()
    received = [message for message in heard if message.way == "received"]
    with_sdp = [m for m in received if "\nv=0" in m.text.replace("\r", "")]
    assert len(with_sdp) >= 4
    assert all(re.search(r"^s=-\s*$", m.text, re.M) for m in with_sdp)
    leaks = [leak for m in received for leak in scan.scan(f"sip {m.line}", m.text)]
    assert leaks == []
