"""From "save" to a registered phone, with few and with many extensions.

The phone is a SIP client of a few lines (RFC 3261 REGISTER with digest authentication,
RFC 2617) on a UDP socket, since starting sipp takes longer than what is measured.
"""

from __future__ import annotations

import hashlib
import re
import socket
import time
from collections.abc import Iterator
from itertools import count
from uuid import uuid4

from django.conf import settings
from django.db import transaction

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import Customer
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services.customers import save_customer
from pbx_console.pbx.models import Extension
from pbx_console.pbx.projection import project_extensions
from pbx_console.pbx.services.extensions import reset_secret, save_extension
from tests.bench.report import Result, high, middle
from tests.conftest import World, make_world

FEW, MANY = 100, 10_000
SAMPLES = 60
PER_CUSTOMER = 500


class Phone:
    """Registers one account; raises if Asterisk does not answer within two seconds."""

    def __init__(self, user: str, secret: str) -> None:
        """Open a socket on loopback."""
        self.user, self.secret = user, secret
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(2)
        self.server = ("127.0.0.1", settings.SIP_PORT)
        self.call_id, self.sequence = uuid4().hex, count(1)

    def register(self) -> int:
        """Return the last status: 200, or 401 for a wrong secret."""
        status, text = self._send("")
        if status == 401:
            status, text = self._send(self._authorization(text))
        return status

    def _send(self, authorization: str) -> tuple[int, str]:
        port = self.socket.getsockname()[1]
        uri, branch = f"sip:{self.server[0]}", f"z9hG4bK{uuid4().hex}"
        text = (
            f"REGISTER {uri} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP 127.0.0.1:{port};branch={branch};rport\r\n"
            f"Max-Forwards: 70\r\nFrom: <sip:{self.user}@127.0.0.1>;tag=b\r\n"
            f"To: <sip:{self.user}@127.0.0.1>\r\nCall-ID: {self.call_id}\r\n"
            f"CSeq: {next(self.sequence)} REGISTER\r\n"
            f"Contact: <sip:{self.user}@127.0.0.1:{port}>;expires=300\r\n"
            f"{authorization}Content-Length: 0\r\n\r\n"
        )
        self.socket.sendto(text.encode(), self.server)
        while True:
            answer = self.socket.recv(65536).decode("utf-8", "replace")
            if answer.startswith("SIP/2.0") and branch in answer:
                status = int(answer.split()[1])
                if status >= 200:
                    return status, answer

    def _authorization(self, challenge: str) -> str:
        found = dict(
            re.findall(r'(realm|nonce|opaque|qop|algorithm)="?([^",\r]+)', challenge)
        )
        uri, cnonce = f"sip:{self.server[0]}", uuid4().hex
        one = _md5(f"{self.user}:{found['realm']}:{self.secret}")
        two = _md5(f"REGISTER:{uri}")
        answer = _md5(f"{one}:{found['nonce']}:00000001:{cnonce}:auth:{two}")
        opaque = f', opaque="{found["opaque"]}"' if "opaque" in found else ""
        return (
            f'Authorization: Digest username="{self.user}", realm="{found["realm"]}",'
            f' nonce="{found["nonce"]}", uri="{uri}", response="{answer}", algorithm=MD5,'
            f' qop=auth, nc=00000001, cnonce="{cnonce}"{opaque}\r\n'
        )


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def registration() -> Iterator[Result]:
    """Save an extension and register it; change its secret and register again."""
    settings.CELERY_TASK_ALWAYS_EAGER = True  # the refresh runs here, as in the worker
    world = make_world()
    with as_everyone("benchmark"):
        _fill(world, FEW)
        new_few, changed_few = _samples(world)
        _fill(world, MANY)
        new, changed = _samples(world)
    for name, values, before in (
        ("new extension: save to registered", new, new_few),
        ("changed secret: save to registered", changed, changed_few),
    ):
        more = {"extensions": MANY, "p95": round(high(values), 1), "samples": SAMPLES}
        yield Result(name, middle(values), "ms", middle(before), f"with {FEW}", more)


def _fill(world: World, wanted: int) -> None:
    """Add extensions with their projected rows until there are so many."""
    have = Extension.objects.count()
    with transaction.atomic():
        for start in range(have, wanted, PER_CUSTOMER):
            customer = _customer(world)
            numbers = range(3000, 3000 + min(PER_CUSTOMER, wanted - start))
            made = [
                Extension(
                    customer=customer,
                    number=str(number),
                    name="Bench",
                    revision=1,
                    live_revision=1,
                )
                for number in numbers
            ]
            Extension.objects.bulk_create(made)
            project_extensions(made)
    assert Extension.objects.count() == wanted


def _customer(world: World) -> Customer:
    reseller = world.nordbel.reseller
    type(reseller).objects.filter(pk=reseller.pk).update(max_extensions=MANY * 2)
    reseller.refresh_from_db()
    return save_customer(
        SYSTEM, reseller=reseller, name=f"Bench {uuid4().hex[:8]}", max_extensions=MANY
    )


def _samples(world: World) -> tuple[list[float], list[float]]:
    """Return milliseconds of save-to-200 for new extensions and for changed secrets."""
    customer = _customer(world)
    new, changed = [], []
    for number in range(2000, 2000 + SAMPLES):
        start = time.perf_counter()
        made = save_extension(
            SYSTEM, customer=customer, number=str(number), name="Sample"
        )
        phone = Phone(made.endpoint_id, str(made.secret))
        assert phone.register() == 200
        new.append((time.perf_counter() - start) * 1000)
        start = time.perf_counter()
        phone.secret = str(reset_secret(SYSTEM, made))
        assert phone.register() == 200
        changed.append((time.perf_counter() - start) * 1000)
        phone.socket.close()
    return new, changed
