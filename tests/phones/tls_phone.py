"""Phones that speak TLS and SRTP: a second Asterisk with an account of each.

Debian's sipp has no TLS. A phone registers with what it read from its file and nothing
else, answers every call, plays a tone and logs what it saw of the media.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.asterisk.conftest import House
from tests.asterisk.sipp import free_port, wait_for
from tests.asterisk.test_calls import invited
from tests.asterisk.tls_carrier import (
    _DIRECTORIES,
    _MODULES,
    _entered,
    certificate,
    pbx_home,
)
from tests.provisioning.readers import Read

HOST = "127.0.0.10"
_MORE = ("res_pjsip_outbound_registration", "res_pjsip_outbound_authenticator_digest")
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
cert_file = {tls}/phone.pem
priv_key_file = {tls}/phone.key
verify_server = no
"""
_ACCOUNT = """
[login{n}]
type = auth
auth_type = userpass
username = {read.user}
password = {read.secret}
[account{n}]
type = registration
transport = tls
outbound_auth = login{n}
server_uri = sip:{read.server}:{read.port}\\;transport={read.transport}
client_uri = sip:{read.user}@{read.server}\\;transport={read.transport}
contact_user = phone
retry_interval = 1
max_random_initial_delay = 0
line = yes
endpoint = pbx{n}
[pbx{n}]
type = endpoint
transport = tls
context = phone
disallow = all
allow = alaw
aors = pbx{n}
outbound_auth = login{n}
from_user = {read.user}
media_encryption = sdes
direct_media = no
[pbx{n}]
type = aor
contact = sip:{read.server}:{read.port}\\;transport={read.transport}
"""
_DIALPLAN = """
[phone]
exten => _[+0-9a-z].,1,Answer()
 same => n,Goto(talk,s,1)
[talk]
exten => s,1,Playtones(440)
 same => n,Wait(0.7)
 same => n,Log(NOTICE,media secure=${CHANNEL(rtp,secure)} received=${CHANNEL(rtcp,rxcount)})
 same => n,Wait(30)
"""


@dataclass
class Phone:
    """The running phone."""

    home: Path
    command: list[str]
    accounts: int
    process: subprocess.Popen[bytes]

    def log(self) -> str:
        """Everything it wrote."""
        path = self.home / "log" / "messages.log"
        return path.read_text("utf-8", "replace") if path.exists() else ""

    def tell(self, command: str) -> str:
        """A line for its command line, and the answer."""
        full = [*self.command, "-rx", command]
        return subprocess.run(full, capture_output=True, text=True, timeout=30).stdout

    def is_registered(self) -> bool:
        """Has the telephone system taken all accounts?"""
        shown = self.tell("pjsip show registrations")
        return len(re.findall(r"\bRegistered\b", shown)) == self.accounts

    def call(self, number: str, account: int = 1) -> None:
        """Dial and talk."""
        self.tell(f"channel originate PJSIP/{number}@pbx{account} extension s@talk")

    def cut(self) -> None:
        """Pull the plug: no word of goodbye."""
        self.process.kill()
        self.process.wait(20)

    def media(self) -> list[tuple[bool, int]]:
        """Of each call: was it encrypted, and how many packets came."""
        seen = re.findall(r"NOTICE.* media secure=(\d*) received=(\d*)", self.log())
        return [(secure == "1", int(got or 0)) for secure, got in seen]


@contextmanager
def running(*reads: Read) -> Iterator[Phone]:
    """Run phones with the accounts as they read them, until the end of the block."""
    home = pbx_home() / "phone"
    shutil.rmtree(home, ignore_errors=True)
    for name in (*_DIRECTORIES, "tls"):
        (home / name).mkdir(parents=True)
    start, inside = _entered(home)
    command = [*start, "-C", f"{inside}/etc/asterisk.conf"]
    own = certificate("phone.example")
    (home / "tls" / "phone.pem").write_bytes(own.pem)
    (home / "tls" / "phone.key").write_bytes(own.key_pem)
    _configure(home, inside, reads)
    process = subprocess.Popen(
        [*command, "-f", "-n"], stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT
    )
    try:
        wait_for(lambda: (home / "run" / "asterisk.ctl").exists(), seconds=30)
        yield Phone(home, command, len(reads), process)
    finally:
        process.terminate()
        process.wait(20)


def calls_of(house: House, reads: list[Read]) -> list[str]:
    """Who the colleague saw when each program called, encrypted."""
    colleague = house.phone(house.extension(house.world.nordbel.customer, "202"))
    with running(*reads) as programs, colleague.answering() as rung:
        wait_for(programs.is_registered, seconds=30)
        for place in range(len(reads)):
            programs.call("202", place + 1)
            wait_for(lambda: len(programs.media()) == place + 1)  # noqa: B023
            programs.tell("channel request hangup all")
        wait_for(house.quiet)
        assert [secure for secure, _got in programs.media()] == [True] * len(reads)
    return [invite.header("From") for invite in invited(rung)]


def _configure(home: Path, inside: Path, reads: tuple[Read, ...]) -> None:
    etc, theirs, port = home / "etc", pbx_home(), free_port(HOST)
    text = (theirs / "etc" / "asterisk.conf").read_text()
    for name in _DIRECTORIES:
        text = text.replace(f"{inside.parent}/{name}\n", f"{inside}/{name}\n")
    start = 32000 + port % 1000 * 2
    modules = "".join(f"load = {name}.so\n" for name in (*_MODULES, *_MORE))
    files = {
        "asterisk.conf": text,
        "pjsip.conf": _PJSIP.format(host=HOST, port=port, tls=inside / "tls")
        + "".join(_ACCOUNT.format(n=n, read=r) for n, r in enumerate(reads, 1)),
        "extensions.conf": _DIALPLAN,
        "rtp.conf": f"[general]\nrtpstart = {start}\nrtpend = {start + 100}\n",
        "modules.conf": f"[modules]\nautoload = no\n{modules}",
        "logger.conf": "[logfiles]\nmessages.log = notice,warning,error,verbose(3)\n",
        "cdr.conf": "[general]\nenable = no\n",
        "cel.conf": "[general]\nenable = no\n",
    }
    names = ("acl.conf", "ccss.conf", "features.conf", "udptl.conf", "indications.conf")
    for name in names:
        shutil.copy(theirs / "etc" / name, etc / name)
    for name, content in files.items():
        (etc / name).write_text(content)
