"""Which file a phone means, and which phone it says it is.

All of it is what a stranger wrote: a file name is one step of a path or nothing, an
address in it counts only if it is one phone's, and a User-Agent proves nothing; it only
helps to name a phone that waits to be adopted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Final, NamedTuple

from pbx_console.lib.macs import MacError, parse_mac, write_mac
from pbx_console.provisioning.render.catalogue import ALL_MODELS, FAMILIES
from pbx_console.provisioning.render.families import Family, Fetch, PhoneModel, Purpose

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,99}")
_MAC: Final = (
    r"(?P<mac>[0-9A-Fa-f]{12}|(?:[0-9A-Fa-f]{2}[:.-]){5}[0-9A-Fa-f]{2}"
    r"|(?:[0-9A-Fa-f]{4}[.:-]){2}[0-9A-Fa-f]{4})"
)
_HOLES: Final = {
    r"\{mac\}": _MAC,
    r"\{two\}": r"\d{2}",
    r"\{three\}": r"\d{3}",
    r"\{word\}": r"[A-Za-z0-9._-]{1,40}",
}
_LONGEST_AGENT: Final = 300


class Asked(NamedTuple):
    """What a phone asked for: the purpose, and the address it named, if any."""

    purpose: Purpose
    mac: str = ""


class Seen(NamedTuple):
    """What a User-Agent says. Nothing of it is proven."""

    vendor: str
    model: str = ""
    firmware: str = ""
    mac: str = ""


def file_name(model: PhoneModel, mac: str) -> str:
    """Return the name under which this phone's settings are asked for."""
    return _filled(model.family.fetches[0], model, mac)


def file_names(model: PhoneModel, mac: str) -> list[tuple[str, Purpose]]:
    """Return every file that this phone is known to ask for and that is its own."""
    own = [fetch for fetch in model.family.fetches if "{mac}" in fetch.name]
    return [(_filled(fetch, model, mac), fetch.purpose) for fetch in own]


def _filled(fetch: Fetch, model: PhoneModel, mac: str) -> str:
    address = write_mac(mac, upper=fetch.upper)
    return fetch.name.format(mac=address, model=model.file_name)


def meaning(model: PhoneModel, name: str) -> Asked | None:
    """Say what this model means by a file name; None for what is not one of its files."""
    return _first(_patterns(model.family, model.file_name), name)


def guesses(name: str) -> dict[str, Asked]:
    """Say what each family would mean by a file name of a phone that nobody knows."""
    found = {
        slug: _first(_patterns(family, None), name) for slug, family in FAMILIES.items()
    }
    return {slug: asked for slug, asked in found.items() if asked}


def _first(
    patterns: Iterable[tuple[re.Pattern[str], Purpose]], name: str
) -> Asked | None:
    if not _NAME.fullmatch(name) or ".." in name:
        return None
    for pattern, purpose in patterns:
        found = pattern.fullmatch(name)
        if found:
            return _asked(purpose, found.groupdict().get("mac"))
    return None


def _asked(purpose: Purpose, written: str | None) -> Asked | None:
    if not written:
        return Asked(purpose)
    try:
        return Asked(purpose, parse_mac(written))
    except MacError:
        return None


@cache
def _patterns(
    family: Family, model: str | None
) -> tuple[tuple[re.Pattern[str], Purpose], ...]:
    return tuple((_pattern(fetch, model), fetch.purpose) for fetch in family.fetches)


def _pattern(fetch: Fetch, model: str | None) -> re.Pattern[str]:
    text = re.escape(fetch.name)
    name = r"[A-Za-z0-9_-]{1,20}?" if model is None else re.escape(model)
    for hole, pattern in {**_HOLES, r"\{model\}": name}.items():
        text = text.replace(hole, pattern)
    return re.compile(text, re.IGNORECASE | re.ASCII)


def seen(user_agent: str) -> Seen | None:
    """Read a User-Agent; None for what is no phone that we know."""
    text = user_agent[:_LONGEST_AGENT]
    for family in FAMILIES.values():
        found = family.user_agent.search(text)
        if found:
            return _seen(family, found.groupdict(default=""))
    return None


def _seen(family: Family, parts: dict[str, str]) -> Seen:
    try:
        mac = parse_mac(parts["mac"]) if parts["mac"] else ""
    except MacError:
        mac = ""
    said = _plain(parts["model"])
    same = (one for one in ALL_MODELS if one.vendor == family.vendor)
    known = next((one.slug for one in same if said in _names(one)), "")
    return Seen(family.vendor, known, parts["firmware"], mac)


def _names(model: PhoneModel) -> set[str]:
    return {_plain(model.name), _plain(model.file_name)}


def _plain(name: str) -> str:
    return re.sub("[^a-z0-9]", "", name.lower())
