"""Who set which line: vendor, model, reseller, customer, device; the later one wins.

What the family writes from a phone's description is the vendor's layer. The others name
single settings. Only what stands in the family's table may be named: an allowlist, so a
setting that carries credentials, moves the phone to another server or opens it can be
written in no layer, whether we know of it or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import cache
from typing import Final, NamedTuple

from pbx_console.provisioning.render.config import (
    Account,
    KeyKind,
    LineKey,
    PhoneConfig,
)
from pbx_console.provisioning.render.families import Family, PhoneModel, Setting
from pbx_console.provisioning.render.formats import Unwritable

_MANY: Final = 250  # more than any model has


class Origin(IntEnum):
    """Where a line comes from, in the order in which it is overridden."""

    VENDOR = 1
    MODEL = 2
    RESELLER = 3
    CUSTOMER = 4
    DEVICE = 5


class Problem(StrEnum):
    """Why a setting of a layer is refused."""

    PROTECTED = "protected"  # the console's own: credentials, servers, addresses
    UNKNOWN = "unknown"  # not in the family's table
    VALUE = "value"  # not what this setting takes
    FORMAT = "format"  # would break the file


class Refused(ValueError):
    """A setting that a layer may not hold. It names the setting, never the value."""

    def __init__(self, problem: Problem, name: str) -> None:
        """Keep why and which."""
        super().__init__(f"{name[:80]!r}: {problem.value}")
        self.problem = problem
        self.name = name


@dataclass(frozen=True, slots=True)
class Layer:
    """What one level sets: names and values in the vendor's words."""

    origin: Origin
    settings: Mapping[str, str]


class Line(NamedTuple):
    """One line of the result and who set it. A secret line is never shown."""

    name: str
    value: str
    origin: Origin
    secret: bool = False


def check(family: Family, name: str, value: str) -> None:
    """Refuse a setting that no layer above the model may hold."""
    tables = [entry for entry in family.adjustable if entry.name.fullmatch(name)]
    if not tables:
        raise Refused(_unlisted(family, name), name)
    try:
        family.form.check(name, value)
    except Unwritable as error:
        raise Refused(Problem.FORMAT, name) from error
    if not any(entry.value.fullmatch(value) for entry in tables):
        raise Refused(Problem.VALUE, name)


def _unlisted(family: Family, name: str) -> Problem:
    """Say whether the console itself writes this setting, or whether nobody knows it."""
    return Problem.PROTECTED if name in _own_names(family) else Problem.UNKNOWN


@cache
def _own_names(family: Family) -> frozenset[str]:
    """Return what the family writes for a phone that wishes everything."""
    model = PhoneModel("", family, "", _MANY, _MANY, verified=False)
    config = _everything()
    return frozenset(setting.name for setting in family.settings(model, config))


def _everything() -> PhoneConfig:
    account = Account("user", "no-secret", "example.org", "1", "Name")
    address = "https://example.org/"
    watching = LineKey(KeyKind.BLF, "1", lamp="2")
    return PhoneConfig(
        mac="000413000001",
        accounts=(account,) * _MANY,
        keys=(*(LineKey(kind, "1") for kind in KeyKind), watching),
        ntp_server="example.org",
        phonebook_url=address,
        voicemail_number="1",
        pickup_prefix="1",
        admin_password="no-secret",  # noqa: S106
        idle_text="Name",
        logo_url=address,
        firmware_url=address,
        provisioning_url=address,
    )


def resolve(family: Family, layers: Iterable[Layer]) -> list[Line]:
    """Put layers over each other and return every line with its origin.

    Lines stay where the lowest layer that names them put them; new ones follow.
    """
    lines: dict[str, Line] = {}
    for layer in sorted(layers, key=lambda one: one.origin):
        for name, value in layer.settings.items():
            if layer.origin > Origin.MODEL:
                check(family, name, value)
            lines[name] = Line(name, value, layer.origin)
    return list(lines.values())


def lines(
    model: PhoneModel, config: PhoneConfig, overrides: Sequence[Layer] = ()
) -> list[Line]:
    """Return what this phone is told, line by line, and who said so."""
    if any(layer.origin <= Origin.MODEL for layer in overrides):
        raise ValueError("vendor and model are the catalogue's layers")
    written = settings(model, config)
    own = Layer(Origin.VENDOR, {one.name: one.value for one in written})
    base = [own, Layer(Origin.MODEL, model.settings)]
    secret = {one.name for one in written if one.secret}
    return [
        line._replace(secret=line.name in secret)
        for line in resolve(model.family, [*base, *overrides])
    ]


def settings(model: PhoneModel, config: PhoneConfig) -> list[Setting]:
    """Return what the family writes for this phone, without what the model lacks."""
    able = model.features
    written = model.family.settings(model, config)
    return [setting for setting in written if setting.feature in able]
