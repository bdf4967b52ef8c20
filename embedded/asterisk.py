"""A private Asterisk: rendered from `asterisk_conf/etc`, on loopback, unprivileged."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from embedded import asterisk_root, render, speech, tls
from embedded.environment import LOOPBACK, Settings
from embedded.paths import TEMPLATES, is_root, set_aside
from embedded.ports import RTP_PORTS
from embedded.say import Refusal
from embedded.service import Service

_DIRECTORIES = ("etc", "lib", "spool", "run", "log", "journal", "sounds", "tls")
_RECORDED = Path("spool", "monitor")  # nobody else on the machine may look
# What the console writes for Asterisk to play, below `sounds`.
_PLAYED = ("prompts", "music")


@dataclass(frozen=True)
class Place:
    """Where one instance lies: `root` as we see it, `inside` as Asterisk sees it."""

    root: Path
    inside: Path

    @property
    def outside(self) -> Path:
        """The same directory, seen from here."""
        return self.root / self.inside.relative_to("/")

    @property
    def private(self) -> bool:
        """In a root of its own, or on the machine's own?"""
        return self.root != Path("/")

    def enter(self, command: list[str]) -> list[str]:
        """The command line that runs `command` where this Asterisk lives."""
        return ["chroot", str(self.root), *command] if self.private else command


def place(settings: Settings, root: Path) -> Place:
    """One directory per instance inside the root; `var/<instance>/asterisk` leads there."""
    link = settings.instance.home / "asterisk"
    if root == Path("/"):
        return Place(root, link)
    found = Place(root, Path("/srv") / settings.instance.name)
    if not link.is_symlink():
        shutil.rmtree(link, ignore_errors=True)
        link.symlink_to(os.path.relpath(found.outside, link.parent))
    return found


def values(settings: Settings, where: Place) -> dict[str, str]:
    """What the templates may name."""
    directories = {
        f"{name.upper()}_DIR": str(where.inside / name) for name in _DIRECTORIES
    }
    console = settings.console()
    return {
        **directories,
        **{name: console[f"PBX_{name}"] for name in _FROM_CONSOLE},
        **settings.asterisk_database(),
        "MODULES_DIR": _modules(where),
        "SHARE_DIR": str(where.inside / "share"),
        "SIP_HOST": LOOPBACK,
        "SIP_TLS_PORT": str(settings.ports["sips"]),
        "TLS_CERTIFICATE": str(where.inside / "tls" / tls.CERTIFICATE),
        "TLS_AUTHORITIES": str(where.inside / "tls" / tls.AUTHORITIES),
        "RTP_START": str(settings.ports["rtp_start"]),
        "RTP_END": str(settings.ports["rtp_start"] + RTP_PORTS - 1),
        "AMI_HOST": LOOPBACK,
        "AMI_PERMIT": f"{LOOPBACK}/255.255.255.255",
        "EMERGENCY_TRUNK": os.environ.get("PBX_EMERGENCY_TRUNK", "carrier"),
        "EMERGENCY_CALLER": os.environ.get("PBX_EMERGENCY_CALLER", ""),
        "LOG_LEVELS": "notice,warning,error,verbose(2)",
    }


_FROM_CONSOLE = (
    "NODE",
    "SIP_PORT",
    "AMI_PORT",
    "AMI_READER_USER",
    "AMI_READER_SECRET",
    "AMI_WRITER_USER",
    "AMI_WRITER_SECRET",
)
_MODULES = ("usr/lib/*/asterisk/modules", "usr/lib*/asterisk/modules")
_SHARES = ("usr/share/asterisk", "var/lib/asterisk", "usr/local/share/asterisk")


def _modules(where: Place) -> str:
    return _find(where, _MODULES, "modules")


def _share(where: Place) -> str:
    """Asterisk refuses to start without its documentation there."""
    documents = tuple(f"{share}/documentation" for share in _SHARES)
    return str(Path(_find(where, documents, "documentation")).parent)


def _share_sounds(where: Place) -> None:
    """One share directory per instance: the package's, our sounds, the customers'."""
    own, tree = where.outside / "share", asterisk_root.sounds(where.root)
    shutil.rmtree(own, ignore_errors=True)
    (own / "sounds").mkdir(parents=True)
    package = Path(_share(where))
    links = {"documentation": package / "documentation", "moh": package / "moh"}
    links["music"] = where.inside / "sounds" / "music"
    links["sounds/prompts"] = where.inside / "sounds" / "prompts"
    for language in speech.LANGUAGES:
        links[f"sounds/{language}"] = "/" / (tree / language).relative_to(where.root)
    for name, target in links.items():
        (own / name).symlink_to(target)
    for name in _PLAYED:
        (where.outside / "sounds" / name).mkdir(parents=True, exist_ok=True)


def _find(where: Place, patterns: tuple[str, ...], what: str) -> str:
    for pattern in patterns:
        for path in sorted(where.root.glob(pattern)):
            return "/" + str(path.relative_to(where.root))
    raise Refusal(f"Asterisk's {what} are not below {where.root}; install it again.")


def service(settings: Settings) -> Service:
    """The server, its configuration rendered anew."""
    where = place(settings, asterisk_root.ensure())
    _prepare(settings, where)
    return Service(
        name="asterisk",
        command=where.enter(["asterisk", *_config(where), "-f", "-n", *_user(where)]),
        env=_environment(where),
        cwd=Path("/"),
        ready=lambda: "fully booted" in cli(where, "core waitfullybooted").lower(),
        ready_seconds=90,
    )


def _config(where: Place) -> list[str]:
    return ["-C", str(where.inside / "etc" / "asterisk.conf")]


def _environment(where: Place) -> dict[str, str]:
    path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    odbc = str(where.inside / "etc" / "odbc.ini")
    return {"PATH": path, "LC_ALL": "C.UTF-8", "HOME": "/", "ODBCINI": odbc}


def _user(where: Place) -> list[str]:
    return ["-U", "asterisk", "-G", "asterisk"] if _ids(where) else []


def _ids(where: Place) -> tuple[int, int] | None:
    """Asterisk's user and group where we can change to it."""
    if not is_root():
        return None
    for text in (where.root / "etc/passwd").read_text().splitlines():
        name, _, uid, gid, *_ = text.split(":")
        if name == "asterisk":
            return int(uid), int(gid)
    return None


def _prepare(settings: Settings, where: Place) -> None:
    for name in _DIRECTORIES:
        (where.outside / name).mkdir(parents=True, exist_ok=True)
    (where.outside / _RECORDED).mkdir(exist_ok=True)
    (where.outside / _RECORDED).chmod(0o700)
    _share_sounds(where)
    tls.prepare(where.outside / "tls")
    set_aside(where.outside / "log")
    try:
        render.directory(TEMPLATES, where.outside / "etc", values(settings, where))
    except render.RenderError as error:
        raise Refusal(
            f"Asterisk's configuration cannot be rendered: {error}"
        ) from error
    _hand_over(where)


def _hand_over(where: Place) -> None:
    """Asterisk reads its configuration and writes everything else."""
    ids = _ids(where)
    if ids is None:
        return
    for name in _DIRECTORIES:
        os.chown(where.outside / name, *((0, ids[1]) if name == "etc" else ids))
    os.chown(where.outside / _RECORDED, *ids)
    for path in (where.outside / "tls").iterdir():
        os.chown(path, *ids)
    for path in (where.outside / "etc").iterdir():
        # unixODBC reads the file of ODBCINI only where it could write it, too.
        os.chown(path, ids[0] if path.name == "odbc.ini" else 0, ids[1])


def cli(where: Place, command: str) -> str:
    """What Asterisk's console answers; empty when it does not."""
    full = where.enter(["asterisk", *_config(where), "-r", "-x", command])
    done = subprocess.run(
        full, capture_output=True, text=True, errors="replace", env=_environment(where)
    )
    return done.stdout if done.returncode == 0 else ""
