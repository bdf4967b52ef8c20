"""Host name -> brand, by exact match in the table, remembered for a moment.

What a process found stays good until any brand or host changes (`changes`), and for `TTL`
seconds at most. When the database is away the last known brand of a host still dresses the
maintenance page (`last_known`).
"""

from __future__ import annotations

import re
import time
from collections import OrderedDict

from django.db import OperationalError, transaction

from pbx_console.accounts.scope import as_everyone
from pbx_console.branding import changes
from pbx_console.branding.models import Brand, BrandDomain

TTL = 5.0  # seconds
MOST = 2048  # hosts remembered; strangers' guesses must not fill the memory
_HOST = re.compile(
    r"(?P<name>[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?)\.?(?::\d{1,5})?"
)
PROVEN_TTL = 1.0  # seconds; strangers' names cost one query in this time, all together
Entry = tuple[float, int, Brand | None]  # good until, changes known then, what it is
_found: OrderedDict[str, Entry] = OrderedDict()
_known: dict[str, Brand] = {}
_proven: tuple[float, frozenset[str]] = (0.0, frozenset())


def host_name(header: str) -> str:
    """Return the bare lower-case name of a Host header; "" for anything odd.

    Port and one trailing dot are dropped (RFC 9110, 7.2; RFC 1034, 3.1).
    """
    match = _HOST.fullmatch(header)
    name = match["name"].lower() if match else ""
    return "" if ".." in name else name


def brand_for(header: str) -> Brand | None:
    """Return the brand that a Host header names, or None."""
    host = host_name(header)
    if not host:
        return None
    entry, known = _found.get(host), changes.latest()
    if entry is None or entry[0] < time.monotonic() or entry[1] != known:
        entry = _remember(host, _look_up_or_recall(host), known)
    return entry[2]


def _look_up_or_recall(host: str) -> Brand | None:
    """Look up; while the database is away go on with what was known before."""
    try:
        return _look_up(host)
    except OperationalError:
        if host not in _known:
            raise
        return _known[host]


def _look_up(host: str) -> Brand | None:
    with as_everyone("brand of a host"):
        domain = (
            BrandDomain.objects.select_related("brand__reseller")
            .filter(host=host, proven_at__isnull=False)
            .first()
        )
        if domain is None:
            return None
        brand = domain.brand
        brand.main_host = "" if domain.is_primary else _main_host(brand)
    return brand if brand.reseller is None or brand.reseller.is_active else None


def _main_host(brand: Brand) -> str:
    """Return the host to which the others lead; "" if there is none that works.

    A name in trouble leads nobody away from one that works.
    """
    main = brand.domains.filter(is_primary=True, proven_at__isnull=False, problem="")
    return main.values_list("host", flat=True).first() or ""


def proven_hosts() -> frozenset[str]:
    """Return all names that may have a certificate, asked at most once a second."""
    global _proven  # noqa: PLW0603 - one value per process
    if _proven[0] < time.monotonic():
        with as_everyone("names that may have a certificate"):
            rows = BrandDomain.objects.filter(proven_at__isnull=False)
            rows = rows.exclude(brand__reseller__is_active=False)
            names = frozenset(rows.values_list("host", flat=True))
        _proven = (time.monotonic() + PROVEN_TTL, names)
    return _proven[1]


def _remember(host: str, brand: Brand | None, known: int) -> Entry:
    """Keep what was found; `known` was read before the table, so nothing is missed."""
    entry = (time.monotonic() + TTL, known, brand)
    _found[host] = entry
    _found.move_to_end(host)
    while len(_found) > MOST:
        _found.popitem(last=False)
    if brand is None:
        _known.pop(host, None)
    else:
        _known[host] = brand
    return entry


def last_known(header: str) -> Brand | None:
    """Return the brand a host had when the database last answered."""
    return _known.get(host_name(header))


def forget() -> None:
    """Ask the table again from now on."""
    global _proven  # noqa: PLW0603 - one value per process
    _found.clear()
    _proven = (0.0, frozenset())


def forget_after_commit() -> None:
    """Forget, here and in every process, once the change can be seen by others."""
    transaction.on_commit(forget)
    transaction.on_commit(changes.announce)
