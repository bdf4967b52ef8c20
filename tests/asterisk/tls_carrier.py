"""A carrier that speaks TLS and SRTP: a second Asterisk with a configuration of its own.

Debian's sipp has no TLS. The carrier answers every call, plays a tone for as long as the
call lasts and writes into its log what it saw of the media.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings

from embedded.paths import ASTERISK_ROOT
from tests.asterisk.sipp import free_port, wait_for

HOST = "127.0.0.9"
_DIRECTORIES = ("etc", "lib", "spool", "run", "log")
_MODULES = (
    *("res_sorcery_config", "res_sorcery_astdb", "res_sorcery_memory"),
    *("res_pjproject", "res_pjsip", "res_pjsip_session", "res_pjsip_pubsub"),
    *("res_pjsip_endpoint_identifier_ip", "res_pjsip_sdp_rtp", "res_pjsip_caller_id"),
    *("res_pjsip_logger", "res_pjsip_authenticator_digest", "res_pjsip_registrar"),
    *("res_pjsip_endpoint_identifier_user", "chan_pjsip", "res_rtp_asterisk"),
    *("res_srtp", "res_timing_timerfd", "codec_alaw", "codec_ulaw", "pbx_config"),
    *("bridge_simple", "func_channel", "app_verbose", "app_playtones"),
    "res_clioriginate",
)
_PJSIP = """
[global]
type = global
debug = yes
[system]
type = system
disable_tcp_switch = yes
[tls]
type = transport
protocol = tls
bind = {host}:{port}
method = tlsv1_2
cert_file = {tls}/carrier.pem
priv_key_file = {tls}/carrier.key
verify_server = no
[other]
type = transport
protocol = tls
bind = {host}:{other}
method = tlsv1_2
cert_file = {tls}/other.pem
priv_key_file = {tls}/other.key
verify_server = no
[pbx]
type = endpoint
transport = tls
context = carrier
disallow = all
allow = alaw
aors = pbx
media_encryption = sdes
direct_media = no
identify_by = ip
[pbx]
type = aor
contact = sip:127.0.0.1:{pbx};transport=tls
[pbx]
type = identify
endpoint = pbx
match = 127.0.0.1
"""
_DIALPLAN = """
[carrier]
exten => _[+0-9].,1,Answer()
 same => n,Goto(talk,s,1)
[talk]
exten => s,1,Playtones(440)
 same => n,Wait(0.7)
 same => n,Log(NOTICE,media secure=${CHANNEL(rtp,secure)} received=${CHANNEL(rtcp,rxcount)})
 same => n,Wait(30)
"""


@dataclass
class Certificate:
    """A certificate with its key, and who signed it."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> bytes:
        """The certificate as a file holds it."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        """The key as a file holds it."""
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )


def certificate(
    name: str, *, signed_by: Certificate | None = None, days: int = 2
) -> Certificate:
    """A certificate for a name; without a signer one that may sign others."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    issuer = signed_by.certificate.subject if signed_by else subject
    now = dt.datetime.now(dt.UTC)
    named: list[x509.GeneralName] = [x509.DNSName(name)]
    if name[0].isdigit():
        named = [x509.IPAddress(ipaddress.ip_address(name))]
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=10))
        .not_valid_after(now + dt.timedelta(days=days))
        .add_extension(x509.BasicConstraints(signed_by is None, None), critical=True)
        .add_extension(x509.SubjectAlternativeName(named), critical=False)
        .sign(signed_by.key if signed_by else key, hashes.SHA256())
    )
    return Certificate(made, key)


@dataclass
class Carrier:
    """The running carrier: `port` shows its own certificate, `other` another one."""

    port: int
    other: int
    home: Path
    command: list[str]

    def log(self) -> str:
        """Everything it wrote."""
        path = self.home / "log" / "messages.log"
        return path.read_text("utf-8", "replace") if path.exists() else ""

    def tell(self, command: str) -> str:
        """A line for its command line, and the answer."""
        done = subprocess.run(
            [*self.command, "-rx", command], capture_output=True, text=True, timeout=30
        )
        return done.stdout

    def call(self, number: str) -> None:
        """Ring a number of the PBX and talk."""
        self.tell(f"channel originate PJSIP/{number}@pbx extension s@talk")


def pbx_home() -> Path:
    """The directory of the PBX's own Asterisk."""
    return Path(settings.JOURNAL_DIR).resolve().parent


def _entered(path: Path) -> tuple[list[str], Path]:
    """How Asterisk is started, and a path as it sees it."""
    root = ASTERISK_ROOT.resolve()
    if path.is_relative_to(root):
        inside = Path("/") / path.relative_to(root)
        return ["chroot", str(root), "asterisk"], inside
    return ["asterisk"], path


def pbx_cli(command: str) -> str:
    """A line for the command line of the PBX's own Asterisk."""
    start, inside = _entered(pbx_home())
    full = [*start, "-C", f"{inside}/etc/asterisk.conf", "-rx", command]
    return subprocess.run(full, capture_output=True, text=True, timeout=30).stdout


@contextmanager
def trusted(authority: Certificate) -> Iterator[None]:
    """The PBX believes what this authority signs."""
    path = pbx_home() / "tls" / "authorities.pem"
    before = path.read_bytes()
    path.write_bytes(before + b"\n" + authority.pem)
    try:
        yield
    finally:
        path.write_bytes(before)


@contextmanager
def asks(servers: str) -> Iterator[None]:
    """The PBX's Asterisk asks this name server (host:port) and no other."""
    path = pbx_home() / "etc" / "resolver_site.conf"
    path.write_text(f"resolv =\nhosts =\nnameserver = {servers.replace(':', '@')}\n")
    path.chmod(0o644)
    pbx_cli("module reload res_resolver_unbound.so")
    try:
        yield
    finally:
        path.unlink()
        pbx_cli("module reload res_resolver_unbound.so")


@contextmanager
def running(own: Certificate, other: Certificate) -> Iterator[Carrier]:
    """Run it beside the PBX until the end of the block."""
    home = pbx_home() / "carrier"
    shutil.rmtree(home, ignore_errors=True)
    for name in (*_DIRECTORIES, "tls"):
        (home / name).mkdir(parents=True)
    start, inside = _entered(home)
    command = [*start, "-C", f"{inside}/etc/asterisk.conf"]
    made = Carrier(free_port(HOST), free_port(HOST), home, command)
    for name, shown in (("carrier", own), ("other", other)):
        (home / "tls" / f"{name}.pem").write_bytes(shown.pem)
        (home / "tls" / f"{name}.key").write_bytes(shown.key_pem)
    _configure(made, inside)
    process = subprocess.Popen(
        [*command, "-f", "-n"], stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT
    )
    try:
        wait_for(lambda: (home / "run" / "asterisk.ctl").exists(), seconds=30)
        made.tell("core waitfullybooted")
        yield made
    finally:
        process.terminate()
        process.wait(20)


def _configure(made: Carrier, inside: Path) -> None:
    etc, theirs = made.home / "etc", pbx_home()
    text = (theirs / "etc" / "asterisk.conf").read_text()
    seen = inside.parent
    for name in _DIRECTORIES:
        text = text.replace(f"{seen}/{name}\n", f"{inside}/{name}\n")
    places = {"host": HOST, "port": made.port, "other": made.other}
    pjsip = _PJSIP.format(tls=inside / "tls", pbx=_tls_port(), **places)
    start = 30000 + made.port % 1000 * 2
    files = {
        "asterisk.conf": text,
        "pjsip.conf": pjsip,
        "extensions.conf": _DIALPLAN,
        "rtp.conf": f"[general]\nrtpstart = {start}\nrtpend = {start + 100}\n",
        "modules.conf": "[modules]\nautoload = no\n"
        + "".join(f"load = {name}.so\n" for name in _MODULES),
        "logger.conf": "[logfiles]\nmessages.log = notice,warning,error,verbose(3)\n",
        "cdr.conf": "[general]\nenable = no\n",
        "cel.conf": "[general]\nenable = no\n",
    }
    for name in ("acl.conf", "ccss.conf", "features.conf", "udptl.conf"):
        shutil.copy(theirs / "etc" / name, etc / name)
    shutil.copy(theirs / "etc" / "indications.conf", etc / "indications.conf")
    for name, content in files.items():
        (etc / name).write_text(content)


def _tls_port() -> int:
    """Where the PBX listens for SIP over TLS."""
    text = (pbx_home() / "etc" / "pjsip.conf").read_text()
    bind = text.split("[tls]")[1].split("bind = ")[1].splitlines()[0]
    return int(bind.rpartition(":")[2])
