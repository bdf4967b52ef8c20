"""A program becomes a phone: by its link or code only, over real HTTP and Asterisk."""

from __future__ import annotations

import http.client
from typing import Any
from urllib.parse import urlsplit

import pytest

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.scope import as_everyone
from pbx_console.provisioning.models import PhoneEvent
from pbx_console.provisioning.services.setup_links import (
    Handed,
    client_named,
    hand_out,
)
from pbx_console.provisioning.soft_clients import CLIENTS
from tests.asterisk.conftest import House, build
from tests.phones import soft_readers, tls_phone
from tests.phones.soft_readers import Server
from tests.provisioning.readers import Read

pytestmark = pytest.mark.asterisk


@pytest.fixture
def house(transactional_db: None, tmp_path: Any) -> Any:
    """The cast on the real Asterisk."""
    made = build(tmp_path)
    yield made
    made.end()


def fetched(address: str) -> tuple[int, bytes]:
    """What a program gets at an address: a request over TCP without cookies."""
    parts = urlsplit(address)
    line = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=20)
    where = f"{parts.path}?{parts.query}" if parts.query else parts.path
    line.request("GET", where, headers={"Host": parts.netloc, "User-Agent": "L/5"})
    answer = line.getresponse()
    found = answer.status, answer.read()
    line.close()
    return found


def handed_to(house: House, slug: str) -> Handed:
    extension = house.world.nordbel.extension
    with as_everyone("test"):
        return hand_out(
            SYSTEM, extension=extension, client=client_named(slug), provider="NORD1"
        )


def test_programs_register_and_call_with_what_their_code_gives(
    house: House, settings: Any, live_server: Any
) -> None:
    settings.PHONE_TRANSPORT = "tls"
    settings.PUBLIC_SCHEME = "http"
    settings.PUBLIC_PORT = str(urlsplit(live_server.url).port)
    given = {one.slug: handed_to(house, one.slug) for one in CLIENTS}
    reads = what_they_read({slug: one.code for slug, one in given.items()})
    froms = tls_phone.calls_of(house, reads)
    assert ["<sip:201@" in one for one in froms] == [True] * len(CLIENTS)
    nobody_gets_it_again(given["linphone"].code)
    with as_everyone("test"):
        links = PhoneEvent.objects.filter(kind__startswith="link").order_by("pk")
        kinds = list(links.values_list("kind", "count"))
    assert kinds == [("link_used", 1), ("link_used", 1), ("link_refused", 1)]


def what_they_read(codes: dict[str, str]) -> list[Read]:
    """The account of each program; the two with a link fetch it there."""
    linphone = codes["linphone"]  # what the camera sees is the address, no more
    status, file = fetched(linphone)
    assert status == 200
    read, how = soft_readers.linphone(file.decode())
    assert how["media_encryption"] == "srtp"
    assert how["media_encryption_mandatory"] == "1"
    there = Server(read.server, read.port, read.transport)
    token = linphone.split("/set-up/")[1].split("/")[0]
    zoiper = codes["zoiper"].split("&t=")[1]
    _status, theirs = fetched(linphone.replace(token, zoiper))
    line, encrypted = soft_readers.baresip(codes["baresip"])
    assert encrypted == "srtp-mand"
    return [
        read,
        soft_readers.zoiper(theirs.decode(), there),
        soft_readers.cloud_softphone(codes["acrobits"], there),
        line,
    ]


def nobody_gets_it_again(linphone: str) -> None:
    token = linphone.split("/set-up/")[1].split("/")[0]
    again, page = fetched(linphone)
    unknown, other = fetched(linphone.replace(token, "0" * 40))
    assert (again, unknown) == (404, 404)
    assert page == other
