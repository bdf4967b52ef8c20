"""Host name -> brand, by exact match in the table, remembered for a moment.

What a process found stays good for `TTL` seconds; a save in this process forgets it at
once. When the database is away the last known brand of a host still dresses the
maintenance page (`last_known`).
"""

from __future__ import annotations

import re
import time
from collections import OrderedDict

from django.db import OperationalError, transaction

from pbx_console.accounts.scope import as_everyone
from pbx_console.branding.models import Brand, BrandDomain

TTL = 5.0  # seconds
MOST = 2048  # hosts remembered; strangers' guesses must not fill the memory
_HOST = re.compile(
    r"(?P<name>[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?)\.?(?::\d{1,5})?"
)
_found: OrderedDict[str, tuple[float, Brand | None]] = OrderedDict()
_known: dict[str, Brand] = {}


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
    entry = _found.get(host)
    if entry is None or entry[0] < time.monotonic():
        entry = _remember(host, _look_up_or_recall(host))
    return entry[1]


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
    reseller = domain.brand.reseller
    return domain.brand if reseller is None or reseller.is_active else None


def _remember(host: str, brand: Brand | None) -> tuple[float, Brand | None]:
    entry = (time.monotonic() + TTL, brand)
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
    _found.clear()


def forget_after_commit() -> None:
    """Forget once the change can be seen by others."""
    transaction.on_commit(forget)
