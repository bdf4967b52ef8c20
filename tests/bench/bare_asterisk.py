"""A second Asterisk with static endpoints, one Dial, no database and no journal."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from embedded.paths import ASTERISK_ROOT
from pbx_console.pbx.models import Extension
from tests.asterisk.sipp import free_port, wait_for

BARE_CARRIER = "127.0.0.3"
BARE_MODULES = (
    *("res_sorcery_config", "res_sorcery_astdb", "res_sorcery_memory"),
    *("res_pjproject", "res_pjsip", "res_pjsip_session", "res_pjsip_pubsub"),
    *("res_pjsip_authenticator_digest", "res_pjsip_endpoint_identifier_user"),
    *("res_pjsip_sdp_rtp", "res_pjsip_caller_id", "res_pjsip_nat", "chan_pjsip"),
    *("res_rtp_asterisk", "res_timing_timerfd", "codec_ulaw", "codec_alaw"),
    *("bridge_simple", "bridge_native_rtp", "pbx_config", "app_dial"),
)
BARE_PJSIP = """
[global]
type = global
default_realm = telephony
endpoint_identifier_order = username
disable_multi_domain = yes
[system]
type = system
disable_tcp_switch = yes
[udp]
type = transport
protocol = udp
bind = 127.0.0.1:{port}
[carrier]
type = endpoint
context = none
disallow = all
allow = alaw
aors = carrier
direct_media = no
[carrier]
type = aor
contact = sip:{carrier}
"""
BARE_PHONE = """
[{user}]
type = endpoint
context = bare
disallow = all
allow = alaw
auth = {user}
direct_media = no
[{user}]
type = auth
auth_type = userpass
username = {user}
password = {secret}
realm = telephony
"""
BARE_DIALPLAN = """
[bare]
exten => _X.,1,Dial(PJSIP/${EXTEN}@carrier,120)
[none]
"""


@contextmanager
def bare_asterisk(phones: list[Extension], carrier: int) -> Iterator[int]:
    """Run the bare Asterisk; its SIP port."""
    own, inside = own_folder(), folder_inside()
    shutil.rmtree(own / "bare", ignore_errors=True)
    for name in ("etc", "lib", "spool", "run", "log"):
        (own / "bare" / name).mkdir(parents=True)
    port = free_port()
    text = (own / "etc" / "asterisk.conf").read_text()
    for name in ("etc", "lib", "spool", "run", "log"):
        text = text.replace(f"{inside}/{name}\n", f"{inside}/bare/{name}\n")
    pjsip = BARE_PJSIP.format(port=port, carrier=f"{BARE_CARRIER}:{carrier}")
    for row in phones:
        pjsip += BARE_PHONE.format(user=row.endpoint_id, secret=row.secret)
    modules = "[modules]\nautoload = no\n"
    modules += "".join(f"load = {name}.so\n" for name in BARE_MODULES)
    files = {
        "asterisk.conf": text,
        "pjsip.conf": pjsip,
        "modules.conf": modules,
        "extensions.conf": BARE_DIALPLAN,
        "logger.conf": "[logfiles]\nmessages.log = warning,error\n",
        "cdr.conf": "[general]\nenable = no\n",
        "cel.conf": "[general]\nenable = no\n",
    }
    for name, content in files.items():
        (own / "bare" / "etc" / name).write_text(content)
    for name in ("acl.conf", "rtp.conf", "ccss.conf", "features.conf", "udptl.conf"):
        if (own / "etc" / name).exists():
            shutil.copy(own / "etc" / name, own / "bare" / "etc" / name)
    configuration = f"{inside}/bare/etc/asterisk.conf"
    command = [
        "chroot",
        str(ASTERISK_ROOT),
        "asterisk",
        "-C",
        configuration,
        "-f",
        "-n",
    ]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT
    )
    try:
        wait_for(lambda: (own / "bare" / "run" / "asterisk.ctl").exists(), seconds=30)
        booted = [*command[:5], "-rx", "core waitfullybooted"]
        subprocess.run(booted, check=True, stdout=subprocess.DEVNULL, timeout=30)
        yield port
    finally:
        process.terminate()
        finish(process, 20)


def own_folder() -> Path:
    """The folder of the instance's Asterisk."""
    return Path(settings.JOURNAL_DIR).resolve().parent


def folder_inside() -> Path:
    """The same folder as that Asterisk sees it."""
    return Path("/") / own_folder().relative_to(ASTERISK_ROOT.resolve())


def finish(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Wait for sipp; one that cannot end, because the machine is full, is ended."""
    for end in (lambda: None, process.terminate, process.kill):
        end()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            seconds = 10
        else:
            return
