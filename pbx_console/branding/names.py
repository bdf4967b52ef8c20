"""Host names as people type them: mended where it is plain what was meant, else refused.

Pure but for the settings. International names are kept in their ASCII form (IDNA 2008)
and shown in both.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata

import idna
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
# Names that only one network knows; nobody can prove them to another.
_PRIVATE = frozenset(
    [
        "localhost",
        "localdomain",
        "local",
        "internal",
        "intranet",
        "private",
        "corp",
        "home",
        "lan",
        "arpa",
        "onion",
        "invalid",
        "test",
        "alt",
    ]
)
# First labels under our zone that a reseller's short name may not be.
RESERVED = frozenset(
    [
        "admin",
        "administrator",
        "api",
        "app",
        "autoconfig",
        "autodiscover",
        "console",
        "demo",
        "dns",
        "dkim",
        "ftp",
        "help",
        "host",
        "hostmaster",
        "imap",
        "localhost",
        "login",
        "mail",
        "mta-sts",
        "mx",
        "ns",
        "ns1",
        "ns2",
        "pbx",
        "platform",
        "pop",
        "postmaster",
        "provision",
        "provisioning",
        "root",
        "security",
        "sip",
        "smtp",
        "spf",
        "static",
        "status",
        "support",
        "system",
        "test",
        "webmaster",
        "webmail",
        "wpad",
        "www",
    ]
)
# Letters of other scripts that look like Latin ones: a whole name of them is a disguise.
_LOOK_ALIKE = frozenset("аеорсухіјѕԁһӏԛԝвгкмнтьպοαυνρικωτησհոսզցօ")
_TOGETHER = {"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO"}


def read_host(typed: str) -> str:
    """Return the host name that was meant, in ASCII. Raises ValidationError.

    Mended: scheme, path, port, upper case, spaces around it, a dot at the end.
    """
    name = _bare(typed)
    if "*" in name:
        raise ValidationError(_("A wildcard cannot be used. Enter one name."))
    if _is_address(name):
        raise ValidationError(_("Enter a name such as phone.example.com, no address."))
    _refuse_disguise(name)
    return _checked(_ascii(name))


def _bare(typed: str) -> str:
    """Drop what a copied address has around its name."""
    rest = _SCHEME.sub("", typed.strip()[:1000])
    rest = re.split(r"[/?#\\]", rest, maxsplit=1)[0].rpartition("@")[2]
    if rest.count(":") == 1:
        rest = re.sub(r":\d{0,5}$", "", rest)
    return rest.strip().removesuffix(".").lower()


def _is_address(name: str) -> bool:
    """Say whether browsers read it as an address: 127.1 and 0x7f.1 are some, too."""
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return bool(_NUMBER.fullmatch(name.rpartition(".")[2]))
    return True


def _refuse_disguise(name: str) -> None:
    """Refuse labels that mix scripts, or hide a Latin word in another one."""
    for label in name.split("."):
        word = _unicode(label)
        scripts = {_script(letter) for letter in word if letter.isalpha()}
        letters = {letter for letter in word if letter.isalpha()}
        mixed = len(scripts) > 1 and not scripts <= _TOGETHER
        if mixed or (letters and letters <= _LOOK_ALIKE):
            raise ValidationError(
                _("This name mixes letters that look alike. Use one alphabet.")
            )


def _script(letter: str) -> str:
    return unicodedata.name(letter, "UNKNOWN").partition(" ")[0]


def _unicode(label: str) -> str:
    if not label.startswith("xn--"):
        return unicodedata.normalize("NFKC", label)
    try:
        return idna.decode(label)
    except (idna.IDNAError, UnicodeError):
        return label


def _ascii(name: str) -> str:
    """Return the IDNA 2008 form; a name that is ASCII already must be right as it is."""
    try:
        return idna.encode(name, uts46=True, std3_rules=True).decode().lower()
    except (idna.IDNAError, UnicodeError):
        raise ValidationError(_not_a_name()) from None


def _not_a_name() -> str:
    return _(
        "This is no host name. Enter one such as phone.example.com: letters, digits and"
        " hyphens, at most 63 between two dots."
    )


def _checked(name: str) -> str:
    labels = name.split(".")
    if len(name) > 240 or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValidationError(_not_a_name())  # `_verify.` must fit in front
    if len(labels) < 2 or labels[-1] in _PRIVATE:
        raise ValidationError(
            _(
                "Only your own network knows this name. Enter one that the internet knows."
            )
        )
    if is_ours(name):
        raise ValidationError(cannot_be_used())
    return name


def cannot_be_used() -> str:
    """Return the one sentence for every name that is not free; it tells no reason."""
    return _("This name cannot be used.")


def is_ours(name: str) -> bool:
    """Say whether a name is the platform's: in its zone, or where domains must lead."""
    zones = {settings.PLATFORM_ZONE, settings.PUBLIC_NAME} - {""}
    return any(name == zone or name.endswith(f".{zone}") for zone in zones)


def platform_host(slug: str) -> str:
    """Return the name under our zone for a reseller's short name. Raises
    ValidationError for a short name that cannot stand in one."""
    if not _LABEL.fullmatch(slug):
        words = _(
            "Use small letters, digits and hyphens: it becomes a part of the host."
        )
        raise ValidationError({"slug": words})
    if slug in RESERVED or slug.startswith("xn--"):
        raise ValidationError({"slug": _("This short name is kept for the platform.")})
    return f"{slug}.{settings.PLATFORM_ZONE}"


def shown(host: str) -> str:
    """Return a name as people write it; the same if it has no other letters."""
    try:
        return idna.decode(host)
    except (idna.IDNAError, UnicodeError):
        return host
