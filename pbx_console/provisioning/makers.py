"""Whose phone an address is: the first half of a MAC belongs to a maker.

Blocks as the IEEE lists them (oui.txt of Debian's package ieee-data 20220827.1): all that
these makers had then, but for those of Plantronics (headsets) and of Cisco (thousands).
"""

from __future__ import annotations

from typing import Final

# Newer blocks may exist. A hint, no proof.
_BLOCKS: Final = {
    "Snom": ("000413",),
    "Yealink": ("001565", "805ec0", "805e0c", "249ad8"),
    "Grandstream": ("000b82", "c074ad", "ec74d7"),
    "Gigaset": ("002104", "14b370", "589ec6", "7c2f80"),
    "Poly": ("0004f2", "64167f", "482567"),
    "Fanvil": ("0c383e",),
}
MAKERS: Final = {block: maker for maker, all_ in _BLOCKS.items() for block in all_}


def maker_of(mac: str) -> str:
    """Return the maker that an address belongs to, "" where we do not know."""
    return MAKERS.get(mac[:6], "")
