"""A root directory of its own for Asterisk 22, from Debian sid by debootstrap.

Debian 12 and 13 have no `asterisk` package. sid's would replace the host's C library,
so it gets a directory to itself and is run there by chroot.
"""

from __future__ import annotations

import platform
import re
import shutil
import tempfile
from pathlib import Path

from embedded import debian, exchange, say, shell, speech, stamps
from embedded.paths import ASTERISK_ROOT, PROJECT, VAR, is_root
from embedded.say import Refusal

MINIMUM = (22, 10, 1)
SUITE = "sid"
PACKAGES = ("asterisk", "odbc-postgresql")
# What is spoken and played to callers, and the programs that speak the rest.
SOUND_PACKAGES = (
    "asterisk-core-sounds-en-wav",
    "asterisk-prompt-de",
    "asterisk-moh-opsound-wav",
    "espeak-ng",
    "sox",
)
TEXTS = PROJECT / "asterisk_conf" / "sounds"
# An id of its own: the one that adduser takes inside the root would be another
# account's outside, for example the database's.
USER_ID = 61038
_READY = ".ready"


def version_of(text: str) -> tuple[int, ...]:
    """`Asterisk 22.10.1~dfsg…` -> (22, 10, 1); empty when there is none."""
    found = re.search(r"Asterisk (\d+)\.(\d+)\.(\d+)", text)
    return tuple(int(part) for part in found.groups()) if found else ()


def system_asterisk() -> bool:
    """Is an Asterisk that is new enough already on this machine?"""
    if shutil.which("asterisk") is None:
        return False
    return version_of(shell.output(["asterisk", "-V"])) >= MINIMUM


def ensure() -> Path:
    """The root to run Asterisk in: `/` for the machine's own, else the private one."""
    if system_asterisk():
        _ensure_sounds(Path("/"))
        return Path("/")
    if not (ASTERISK_ROOT / _READY).exists():
        _build(ASTERISK_ROOT)
    write_hosts(ASTERISK_ROOT)
    _ensure_sounds(ASTERISK_ROOT)
    return ASTERISK_ROOT


def sounds(root: Path) -> Path:
    """Where the languages' sounds lie, as we see it."""
    return VAR / "sounds" if root == Path("/") else root / "usr/share/pbx-sounds"


def _ensure_sounds(root: Path) -> None:
    """Make the tree of sounds unless its texts have not changed."""
    wanted = stamps.digest([TEXTS, Path(speech.__file__)])
    if stamps.Stamp("stamp", sounds(root)).holds(wanted):
        return
    enter = [] if root == Path("/") else ["chroot", str(root)]
    if root != Path("/"):
        _install_sound_packages(root)
    else:
        debian.install(SOUND_PACKAGES, why="what callers hear")
    say.step("Speaking the announcements (about 20 s)")
    try:
        _speak(root, wanted, enter)
    except (OSError, speech.SpeechError) as error:
        raise Refusal(f"The announcements could not be spoken: {error}") from error


def _speak(root: Path, wanted: str, enter: list[str]) -> None:
    """Make the tree beside the one in use, and exchange the two in one step: another
    instance's Asterisk plays from it meanwhile, or makes one, too."""
    target = sounds(root)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".sounds-", dir=target.parent) as held:
        fresh = Path(held) / target.name
        speech.build(TEXTS, fresh, root=root, enter=enter)
        stamps.Stamp("stamp", fresh).set(wanted)
        exchange.put(fresh, target)


def _install_sound_packages(root: Path) -> None:
    install = "apt-get install -y --no-install-recommends " + " ".join(SOUND_PACKAGES)
    # The root's lists may be older than what the mirror still has.
    text = f"{install} || {{ apt-get update && {install}; }}; apt-get clean"
    shell.run(
        ["chroot", str(root), "sh", "-c", text],
        title="Installing what callers hear into Asterisk's root",
        refusal="the sounds could not be installed into Asterisk's root",
        env={**debian.QUIET, "HOME": "/root"},
    )


def packages() -> tuple[str, ...]:
    """What the machine needs to make the root."""
    there = (ASTERISK_ROOT / _READY).exists() or system_asterisk()
    return () if there else ("debootstrap",)


def _build(root: Path) -> None:
    _check_possible()
    debian.install(packages(), why="the private Asterisk")
    shutil.rmtree(root, ignore_errors=True)
    root.parent.mkdir(parents=True, exist_ok=True)
    _bootstrap(root)
    _forbid_service_starts(root)
    write_hosts(root)
    _add_user(root)
    _install(root)
    _check_version(root)
    (root / _READY).touch()


def _check_possible() -> None:
    if not is_root():
        raise Refusal(
            "Asterisk 22 is not on this machine and its private root can only be made "
            "as root; start as root, or set PBX_AMI_HOST to an Asterisk that runs."
        )
    if shutil.which("apt-get") is None:
        raise Refusal(
            "Asterisk 22.10.1 or newer is not on PATH and this is not Debian; install "
            "it, or set PBX_AMI_HOST to an Asterisk that runs."
        )


def _bootstrap(root: Path) -> None:
    shell.run(
        ["debootstrap", "--variant=minbase", SUITE, str(root), debian.mirror()],
        title="Making the private root for Asterisk (Debian sid, about 60 MB)",
        refusal="debootstrap could not make Asterisk's root; check the network, or set "
        "PBX_AMI_HOST to an Asterisk that runs",
        env=debian.QUIET,
    )


def _forbid_service_starts(root: Path) -> None:
    policy = root / "usr/sbin/policy-rc.d"
    policy.write_text(debian.POLICY_TEXT)
    policy.chmod(0o755)


def write_hosts(root: Path) -> None:
    """Asterisk resolves its own host name for SDP; without this a call stalls 5 s. And it
    asks the machine's name servers of today."""
    hosts = root / "etc/hosts"
    hosts.write_text(f"127.0.0.1 localhost {platform.node()}\n")
    servers = Path("/etc/resolv.conf")
    if servers.is_file():
        (root / "etc/resolv.conf").write_text(servers.read_text())


def _add_user(root: Path) -> None:
    ids, places = str(USER_ID), ("/var/lib/asterisk", "/usr/sbin/nologin")
    group = f"groupadd --system --gid {ids} asterisk"
    user = "useradd --system --uid {0} --gid {0} --home-dir {1} --shell {2} asterisk"
    shell.run(
        ["chroot", str(root), "sh", "-ec", f"{group}; {user.format(ids, *places)}"],
        title="Adding Asterisk's own user to its root",
        refusal="Asterisk's user could not be added to its root",
        env=debian.QUIET,
    )


def _install(root: Path) -> None:
    command = ["apt-get", "install", "-y", "--no-install-recommends", *PACKAGES]
    shell.run(
        ["chroot", str(root), *command],
        title="Installing Asterisk 22 into its root (about 90 MB)",
        refusal="Asterisk could not be installed into its root; check the network",
        env={**debian.QUIET, "HOME": "/root"},
    )
    shell.run(
        ["chroot", str(root), "apt-get", "clean"],
        title="Tidying Asterisk's root",
        refusal="Asterisk's root could not be tidied",
        env=debian.QUIET,
    )


def _check_version(root: Path) -> None:
    said = shell.output(["chroot", str(root), "asterisk", "-V"])
    if version_of(said) < MINIMUM:
        raise Refusal(
            f"Debian sid brought {said or 'no Asterisk'}, and 22.10.1 or newer is "
            "needed; install that version yourself so that it is on PATH."
        )
    say.done(said)
