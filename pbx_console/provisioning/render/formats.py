"""The formats of phones' files. Only this module turns settings into characters.

XML is built as a tree, never pasted. `key = value` files have no quotes at all, so their
writer refuses what the phone would read differently. A setting is a name and a value;
what a name looks like is the format's matter (`name` below) and checked before writing.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from pbx_console.provisioning.render.values import is_line

Pair = tuple[str, str]
_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_MAGIC: Final = re.compile(r"%[A-Za-z]+%")  # "%NULL%" and its like have a meaning
_WORDS: Final = re.compile(r"[a-z][A-Za-z0-9]*(?:\.[A-Za-z0-9]+)+")
_P_VALUE: Final = re.compile(r"P\d+")
_STEP: Final = re.compile(r"([A-Za-z][A-Za-z0-9_-]*)(?:\[(\d+)\])?")


class Unwritable(ValueError):
    """A setting that this format cannot hold. It names the setting, not the value."""

    def __init__(self, name: str) -> None:
        """Keep the name of the setting."""
        super().__init__(f"{name[:80]!r} cannot be written in this format")
        self.name = name


class Format(Protocol):
    """How one vendor writes settings down."""

    @property
    def content_type(self) -> str:
        """What the file is sent as."""

    def check(self, name: str, value: str) -> None:
        """Refuse a name or value that would not be read back as it is."""

    def write(self, pairs: Sequence[Pair], mac: str) -> str:
        """Return the file."""


def _check(pattern: re.Pattern[str], name: str, value: str) -> None:
    if not pattern.fullmatch(name) or not is_line(value):
        raise Unwritable(name)


def _document(root: ET.Element) -> str:
    ET.indent(root)
    return _DECLARATION + ET.tostring(root, encoding="unicode") + "\n"


@dataclass(frozen=True)
class KeyValue:
    """`key = value` lines below a fixed first line (Yealink, and the generic sheet)."""

    first_line: str = ""
    content_type: str = "text/plain; charset=utf-8"
    name: re.Pattern[str] = re.compile(r"[a-z0-9_]+(?:\.[A-Za-z0-9_]+)*")

    def check(self, name: str, value: str) -> None:
        """Refuse line breaks, outer blanks and the vendor's magic words."""
        _check(self.name, name, value)
        if value != value.strip() or _MAGIC.fullmatch(value):
            raise Unwritable(name)

    def write(self, pairs: Sequence[Pair], mac: str) -> str:
        """Return the first line and one line per setting."""
        for name, value in pairs:
            self.check(name, value)
        lines = [f"{name} = {value}".rstrip(" ") for name, value in pairs]
        return "\n".join([*([self.first_line] if self.first_line else []), *lines, ""])


@dataclass(frozen=True)
class SnomXml:
    """`<settings>`: `user_name[1]` has an index, `fkey[0].label` is an attribute."""

    content_type: str = "application/xml"
    name: re.Pattern[str] = re.compile(
        r"[a-z][a-z0-9_]*(?:\[\d{1,3}\])?|fkey\[\d{1,3}\]\.(?:label|context)"
    )

    def check(self, name: str, value: str) -> None:
        """Refuse names of another form and texts of several lines."""
        _check(self.name, name, value)

    def write(self, pairs: Sequence[Pair], mac: str) -> str:
        """Return phone settings and function keys."""
        root = ET.Element("settings")
        settings = ET.SubElement(root, "phone-settings")
        keys: dict[str, ET.Element] = {}
        for name, value in pairs:
            self.check(name, value)
            if name.startswith("fkey["):
                self._key(keys, name, value)
            else:
                self._setting(settings, name, value)
        if keys:
            ET.SubElement(root, "functionKeys").extend(keys.values())
        return _document(root)

    def _setting(self, parent: ET.Element, name: str, value: str) -> None:
        tag, _, index = name.rstrip("]").partition("[")
        attributes = {"idx": index} if index else {}
        ET.SubElement(parent, tag, {**attributes, "perm": "R"}).text = value

    def _key(self, keys: dict[str, ET.Element], name: str, value: str) -> None:
        path, _, attribute = name.partition(".")
        index = path[len("fkey[") : -1]
        key = keys.setdefault(index, ET.Element("fkey", {"idx": index, "perm": "R"}))
        if attribute:
            key.set(attribute, value)
        else:
            key.text = value


@dataclass(frozen=True)
class FlatXml:
    """One element per setting (Cisco: `<flat-profile>`)."""

    root: str = "flat-profile"
    attributes: tuple[Pair, ...] = (("ua", "na"),)
    content_type: str = "application/xml"
    name: re.Pattern[str] = re.compile(r"[A-Z][A-Za-z0-9_.-]*")

    def check(self, name: str, value: str) -> None:
        """Refuse names that are no element and texts of several lines."""
        _check(self.name, name, value)

    def write(self, pairs: Sequence[Pair], mac: str) -> str:
        """Return the profile."""
        root = ET.Element(self.root)
        for name, value in pairs:
            self.check(name, value)
            ET.SubElement(root, name, dict(self.attributes)).text = value
        return _document(root)


@dataclass(frozen=True)
class GrandstreamXml:
    """`<gs_provision>`: numbers as elements (version 1) or named items (version 2)."""

    named: bool
    content_type: str = "application/xml"

    @property
    def name(self) -> re.Pattern[str]:
        """P-values, or words with dots."""
        return re.compile(
            r"[a-z][A-Za-z0-9]*(?:\.[A-Za-z0-9]+)+" if self.named else r"P\d+"
        )

    def check(self, name: str, value: str) -> None:
        """Refuse names of the other writing and texts of several lines."""
        _check(self.name, name, value)

    def write(self, pairs: Sequence[Pair], mac: str) -> str:
        """Return the file, bound to the phone by its address."""
        root = ET.Element("gs_provision", {"version": "1"})
        ET.SubElement(root, "mac").text = mac
        config = ET.SubElement(root, "config", {"version": "2" if self.named else "1"})
        for name, value in pairs:
            self.check(name, value)
            item = ("item", {"name": name}) if self.named else (name, {})
            ET.SubElement(config, *item).text = value
        return _document(root)


@dataclass(frozen=True)
class ParamXml:
    """`<provisioning><nvm><param name= value=>` (Gigaset)."""

    product: str
    wrapper: str = "nvm"
    content_type: str = "application/xml"
    name: re.Pattern[str] = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)+")

    def check(self, name: str, value: str) -> None:
        """Refuse names of another form and texts of several lines."""
        _check(self.name, name, value)

    def write(self, pairs: Sequence[Pair], mac: str) -> str:
        """Return the parameters."""
        root = ET.Element("provisioning", {"version": "1.1", "productID": self.product})
        parent = ET.SubElement(root, self.wrapper) if self.wrapper else root
        for name, value in pairs:
            self.check(name, value)
            ET.SubElement(parent, "param", {"name": name, "value": value})
        return _document(root)


@dataclass(frozen=True)
class AttributeXml:
    """Every setting is an attribute, one element for each first word (Poly)."""

    root: str = "PHONE_CONFIG"
    content_type: str = "application/xml"
    name: re.Pattern[str] = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)+")

    def check(self, name: str, value: str) -> None:
        """Refuse names that are no attribute and texts of several lines."""
        _check(self.name, name, value)

    def write(self, pairs: Sequence[Pair], mac: str) -> str:
        """Return the elements in the order in which their first setting came."""
        root = ET.Element(self.root)
        holders: dict[str, ET.Element] = {}
        for name, value in pairs:
            self.check(name, value)
            word = name.partition(".")[0]
            if word not in holders:
                holders[word] = ET.SubElement(root, word)
            holders[word].set(name, value)
        return _document(root)


@dataclass(frozen=True)
class TreeXml:
    """A tree of elements: `sip/line[1]/PhoneNumber` (Fanvil)."""

    root: str = "sysConf"
    first: tuple[Pair, ...] = (("Version", "2.0000000000"),)
    content_type: str = "application/xml"
    name: re.Pattern[str] = field(
        default=re.compile(rf"{_STEP.pattern}(?:/{_STEP.pattern}){{1,4}}")
    )

    def check(self, name: str, value: str) -> None:
        """Refuse paths of another form and texts of several lines."""
        _check(self.name, name, value)

    def write(self, pairs: Sequence[Pair], mac: str) -> str:
        """Return the tree; steps of one name and index are one element."""
        root = ET.Element(self.root)
        for tag, text in self.first:
            ET.SubElement(root, tag).text = text
        known: dict[str, ET.Element] = {"": root}
        for name, value in pairs:
            self.check(name, value)
            self._at(known, name).text = value
        return _document(root)

    def _at(self, known: dict[str, ET.Element], path: str) -> ET.Element:
        if path in known:
            return known[path]
        parent, _, step = path.rpartition("/")
        found = _STEP.fullmatch(step)
        assert found is not None, "the path was checked"
        attributes = {"index": found[2]} if found[2] else {}
        known[path] = ET.SubElement(self._at(known, parent), found[1], attributes)
        return known[path]


def check_all(form: Format, pairs: Iterable[Pair]) -> None:
    """Refuse the first pair that this format cannot hold."""
    for name, value in pairs:
        form.check(name, value)
