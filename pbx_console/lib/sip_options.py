"""Is somebody there? One OPTIONS request (RFC 3261, section 11) over UDP, TCP or TLS.

Any answer counts, also a refusal: whoever refuses is there. Nothing of the answer but its
first line is read.
"""

from __future__ import annotations

import asyncio
import secrets
import ssl
import time
from dataclasses import dataclass

MOST_BYTES = 4096
PAUSE = 0.5  # between the tries over UDP


def request(host: str, port: int, transport: str, domain: str, local: str) -> bytes:
    """Return the request; `local` is our own address and port."""
    shown = f"[{host}]" if ":" in host else host
    branch, tag, call = (secrets.token_hex(8) for _n in range(3))
    lines = (
        f"OPTIONS sip:{domain or f'{shown}:{port}'} SIP/2.0",
        f"Via: SIP/2.0/{transport.upper()} {local};rport;branch=z9hG4bK{branch}",
        f"From: <sip:{local}>;tag={tag}",
        f"To: <sip:{domain or shown}>",
        f"Call-ID: {call}",
        "CSeq: 1 OPTIONS",
        f"Contact: <sip:{local}>",
        "Max-Forwards: 70",
        "Accept: application/sdp",
        "Content-Length: 0",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


@dataclass(frozen=True, slots=True)
class Answer:
    """How one look went: the milliseconds until the first answer, or what is wrong.

    `trouble` is one of `silent`, `no_tls`, `wrong_name`, `expired`, `untrusted`.
    """

    milliseconds: int | None
    trouble: str = ""


async def probe(
    host: str,
    port: int,
    *,
    transport: str = "udp",
    domain: str = "",
    seconds: float = 3,
    certificate_of: str = "",
    authorities: str = "",
) -> Answer:
    """Ask one address. With TLS, `certificate_of` is the name that the certificate must
    be for (empty: it is not checked), `authorities` a file of trusted ones."""
    began = time.monotonic()
    try:
        async with asyncio.timeout(seconds):
            if transport == "udp":
                answered = await _over_udp(host, port, domain)
            else:
                secure = _context(certificate_of, authorities)
                way = (transport, domain, secure if transport == "tls" else None)
                answered = await _over_stream(host, port, way, certificate_of)
    except ssl.SSLError as error:
        return Answer(None, _tls_trouble(error))
    except (TimeoutError, OSError):
        return Answer(None, "silent")
    if not answered:
        return Answer(None, "silent")
    return Answer(round((time.monotonic() - began) * 1000))


def _tls_trouble(error: ssl.SSLError) -> str:
    """Return what is wrong, by OpenSSL's numbers of verification errors."""
    if not isinstance(error, ssl.SSLCertVerificationError):
        return "no_tls"
    known = {62: "wrong_name", 64: "wrong_name", 9: "expired", 10: "expired"}
    return known.get(error.verify_code, "untrusted")


class _Answers(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.first: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def datagram_received(self, data: bytes, _address: object) -> None:
        if not self.first.done():
            self.first.set_result(data)

    def error_received(self, error: Exception) -> None:
        if not self.first.done():
            self.first.set_exception(error)


async def _over_udp(host: str, port: int, domain: str) -> bool:
    loop = asyncio.get_running_loop()
    transport, answers = await loop.create_datagram_endpoint(
        _Answers, remote_addr=(host, port)
    )
    try:
        local = _written(transport.get_extra_info("sockname"))
        sent = request(host, port, "udp", domain, local)
        while True:
            transport.sendto(sent)
            done, _waiting = await asyncio.wait([answers.first], timeout=PAUSE)
            if done:
                return answers.first.result().startswith(b"SIP/2.0 ")
    finally:
        transport.close()


async def _over_stream(
    host: str, port: int, way: tuple[str, str, ssl.SSLContext | None], name: str
) -> bool:
    transport, domain, secure = way
    reader, writer = await asyncio.open_connection(
        host, port, ssl=secure, server_hostname=(name or host) if secure else None
    )
    try:
        local = _written(writer.get_extra_info("sockname"))
        writer.write(request(host, port, transport, domain, local))
        line = await reader.readline()
        return line[:MOST_BYTES].startswith(b"SIP/2.0 ")
    finally:
        writer.close()


def _context(certificate_of: str, authorities: str) -> ssl.SSLContext:
    """Return what checks a certificate as calls do, or, without a name, does not."""
    context = ssl.create_default_context(cafile=authorities or None)
    if not certificate_of:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _written(name: tuple[object, ...]) -> str:
    host, port = str(name[0]), name[1]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
