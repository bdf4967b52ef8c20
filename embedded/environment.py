"""The variables of one instance, as settings.py and Asterisk's templates read them."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit

from embedded import passwords, ports, tls
from embedded.paths import VAR, Instance
from embedded.say import Refusal

LOOPBACK = ports.HOST
# Set in var/<instance>/env: the servers named there are ours, not the user's own.
OURS = "PBX_EMBEDDED"
# Passed on as they are: whom to ask about domains, and where they must lead.
_DOMAINS = (
    "PBX_PLATFORM_ZONE",
    "PBX_PUBLIC_NAME",
    "PBX_PUBLIC_ADDRESSES",
    "PBX_DNS_SERVERS",
    "PBX_SPF_INCLUDE",
    "PBX_DKIM_SELECTORS",
    "PBX_DKIM_ZONE",
)
_AMI = (
    "PBX_AMI_HOST",
    "PBX_AMI_READER_SECRET",
    "PBX_AMI_WRITER_SECRET",
    "PBX_JOURNAL_DIR",
)


@dataclass(frozen=True)
class External:
    """Servers that the user already has, by their addresses in the environment."""

    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def postgres(self) -> bool:
        """Is a PostgreSQL given?"""
        return "DATABASE_URL" in self.values

    @property
    def redis(self) -> bool:
        """Is a Redis given?"""
        return "REDIS_URL" in self.values

    @property
    def asterisk(self) -> bool:
        """Is an Asterisk given?"""
        return "PBX_AMI_HOST" in self.values


def external(environ: Mapping[str, str] = os.environ) -> External:
    """What the environment names; incomplete answers are refused with a sentence."""
    if OURS in environ:
        return External()
    given = External(dict(environ))
    if given.postgres:
        _need(given, ("DATABASE_URL", "DATABASE_OWNER_URL"))
    if given.postgres and not given.asterisk:
        _need(given, ("DATABASE_URL", "PBX_ASTERISK_DATABASE_URL"))
    if given.asterisk:
        _need(given, _AMI)
    return given


def _need(given: External, names: tuple[str, ...]) -> None:
    absent = [name for name in names if not given.values.get(name)]
    if absent:
        raise Refusal(
            f"{names[0]} is set, so {' and '.join(absent)} must be set too "
            '(README.md, "Servers you already have"); or unset it to get a private one.'
        )


@dataclass(frozen=True)
class Settings:
    """Ports, secrets and external servers of one instance."""

    instance: Instance
    ports: Mapping[str, int]
    secrets: Mapping[str, str]
    external: External

    @property
    def database(self) -> str:
        """Test instances have a database of their own name, made by the test run."""
        return "pbx_test" if self.instance.name.startswith("test") else "pbx"

    @property
    def may_be_lost(self) -> bool:
        """May a crash lose the database? Benchmarks measure what others have to bear."""
        return self.database == "pbx_test" and "bench" not in self.instance.name

    def database_url(self, role: str) -> str:
        """The address of the private PostgreSQL for one role."""
        secret = quote(self.secrets[f"{role}_password"], safe="")
        where = f"{LOOPBACK}:{self.ports['postgres']}"
        return f"postgresql://pbx_{role}:{secret}@{where}/{self.database}"

    def redis_url(self) -> str:
        """The address of the private Redis."""
        secret = self.secrets["redis_password"]
        return f"redis://default:{secret}@{LOOPBACK}:{self.ports['redis']}/0"

    def console(self) -> dict[str, str]:
        """Every variable that settings.py reads."""
        return {**self._own(), **self._servers(), **self._ami()}

    def _own(self) -> dict[str, str]:
        given = self.external.values
        return {
            OURS: self.instance.name,
            "PBX_SECRET_KEY": self.secrets["secret_key"],
            "PBX_FIELD_KEY": self.secrets["field_key"],
            "PBX_DATA_DIR": str(self.instance.home / "data"),
            "PBX_STATIC_DIR": str(VAR / "static"),
            "PBX_PUBLIC_SCHEME": "http",
            "PBX_PUBLIC_PORT": str(self.ports["web"]),
            "FORWARDED_ALLOW_IPS": "",  # no proxy here: its headers are anybody's
            "PBX_SIP_DOMAIN": given.get("PBX_SIP_DOMAIN", LOOPBACK),
            "PBX_SIP_PORT": given.get("PBX_SIP_PORT", str(self.ports["sip"])),
            "PBX_SIP_TLS_PORT": given.get("PBX_SIP_TLS_PORT", str(self.ports["sips"])),
            "PBX_PHONE_SERVER": given.get("PBX_PHONE_SERVER", "house"),
            "PBX_SIP_AUTHORITIES": self._authorities(),
            "PBX_NODE": given.get("PBX_NODE", "pbx1"),
            "PBX_DEBUG": given.get("PBX_DEBUG", "0"),
            **self._mail(),
            **{name: given[name] for name in _DOMAINS if name in given},
        } | ({"PBX_TEST": "1"} if self.database == "pbx_test" else {})

    def _authorities(self) -> str:
        """Whose certificates Asterisk believes; its own list where it is ours."""
        given = self.external.values.get("PBX_SIP_AUTHORITIES")
        if given is not None or self.external.asterisk:
            return given or ""
        return str(self.instance.home / "asterisk" / "tls" / tls.AUTHORITIES)

    @property
    def catches_mail(self) -> bool:
        """Do mails end at our own catcher? Not where a mail server is given."""
        names = ("PBX_SMTP_URL", "PBX_MAIL_BACKEND")
        return not any(self.external.values.get(name) for name in names)

    def _mail(self) -> dict[str, str]:
        if self.catches_mail:
            where = f"{LOOPBACK}:{self.ports['smtp']}"
            return {"PBX_SMTP_URL": f"smtp+plain://{where}"}
        names = ("PBX_SMTP_URL", "PBX_MAIL_BACKEND", "PBX_MAIL_OPTIONS")
        given = self.external.values
        return {name: given[name] for name in names if name in given}

    def _servers(self) -> dict[str, str]:
        found = {
            "DATABASE_URL": self.database_url("console"),
            "DATABASE_OWNER_URL": self.database_url("owner"),
            "PBX_ASTERISK_DATABASE_URL": self.database_url("asterisk"),
            "REDIS_URL": self.redis_url(),
        }
        return {
            name: self.external.values.get(name, own) for name, own in found.items()
        }

    def _ami(self) -> dict[str, str]:
        own = {
            "PBX_AMI_HOST": LOOPBACK,
            "PBX_AMI_PORT": str(self.ports["ami"]),
            "PBX_AMI_READER_USER": "reader",
            "PBX_AMI_READER_SECRET": self.secrets["ami_reader_secret"],
            "PBX_AMI_WRITER_USER": "writer",
            "PBX_AMI_WRITER_SECRET": self.secrets["ami_writer_secret"],
            "PBX_JOURNAL_DIR": str(self.instance.home / "asterisk" / "journal"),
            "PBX_SOUNDS_DIR": str(self.instance.home / "asterisk" / "sounds"),
            "PBX_RECORDING_SPOOL_DIR": str(
                self.instance.home / "asterisk" / "spool" / "monitor"
            ),
            "PBX_VOICEMAIL_DIR": str(
                self.instance.home / "asterisk" / "spool" / "voicemail"
            ),
        }
        if not self.external.asterisk:
            return own
        kept = {"PBX_AMI_PORT": "5038", "PBX_AMI_READER_USER": "reader"}
        return own | kept | {n: v for n, v in self.external.values.items() if n in own}

    def asterisk_database(self) -> dict[str, str]:
        """The parts of Asterisk's own database address, for its templates."""
        parts = urlsplit(self._servers()["PBX_ASTERISK_DATABASE_URL"])
        return {
            "DB_HOST": parts.hostname or "",
            "DB_PORT": str(parts.port or 5432),
            "DB_NAME": unquote(parts.path.lstrip("/")),
            "DB_USER": unquote(parts.username or ""),
            "DB_PASSWORD": unquote(parts.password or ""),
        }


def settle(instance: Instance) -> Settings:
    """Ports and secrets for a new start, made or chosen again where needed."""
    given = external()
    instance.prepare()
    (instance.home / "data").mkdir(exist_ok=True)
    chosen = ports.settle(instance.home / "ports.json")
    return Settings(instance, chosen, passwords.ensure(instance.secrets), given)


def known(instance: Instance) -> Settings:
    """Ports and secrets of the start that runs."""
    stored = ports.load(instance.home / "ports.json")
    if not stored:
        raise Refusal(f"{instance.name} was never started; run `make up` first.")
    return Settings(instance, stored, passwords.ensure(instance.secrets), external())


def shell_lines(values: Mapping[str, str]) -> str:
    """`export X=…` lines for `. var/<instance>/env`."""
    lines = (f"export {name}={shlex.quote(value)}\n" for name, value in values.items())
    return "".join(sorted(lines))
