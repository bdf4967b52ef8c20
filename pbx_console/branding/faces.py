"""The asset build's typefaces in the form that the typesetter reads.

Browsers get WOFF2; typst reads TrueType. Each process converts them once into the data
directory (half a second, shared by all processes). The second file of a family, with the
rarer letters, gets a name of its own: typst takes one file per family.
"""

from __future__ import annotations

import hashlib
import shutil
from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp

import typst
from django.conf import settings
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # has no stubs

FAMILIES = {
    "Inter": "inter",
    "Instrument Sans": "instrument-sans",
    "Figtree": "figtree",
}
_FAMILY, _FULL, _POSTSCRIPT, _TYPOGRAPHIC = 1, 4, 6, 16  # OpenType, "name"


@lru_cache(maxsize=1)
def fonts() -> typst.Fonts:
    """Return the faces that documents may use: ours and typst's own, no system's."""
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=True,
        font_paths=[str(_folder())],
    )


def names(family: str) -> list[str]:
    """Return the families to set a text in, the fallbacks last."""
    first = family if family in FAMILIES else "Inter"
    return [first, f"{first} Ext", "Inter", "Inter Ext", "Libertinus Serif"]


def _folder() -> Path:
    """Return the folder of the converted faces, made when it is not there."""
    sources = _sources()
    stamp = hashlib.sha256(b"2")
    for path in sources:
        stamp.update(path.read_bytes())
    place: Path = settings.DATA_DIR / "faces" / stamp.hexdigest()[:16]
    if not place.exists():
        _convert(sources, place)
    return place


def _sources() -> list[Path]:
    build = settings.STATIC_ROOT / "build" / "fonts"
    wanted = [build / f"{slug}-{part}.woff2" for slug, part in _parts()]
    return [path for path in wanted if path.exists()]


def _parts() -> list[tuple[str, str]]:
    slugs = FAMILIES.values()
    return [(slug, part) for slug in slugs for part in ("latin", "latin-ext")]


def _convert(sources: list[Path], place: Path) -> None:
    """Convert all faces, then put the folder in its place at once."""
    place.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(mkdtemp(dir=place.parent))
    for path in sources:
        face = TTFont(path)
        face.flavor = None
        if path.stem.endswith("-ext"):
            _rename(face, " Ext")
        face.save(fresh / f"{path.stem}.ttf")
    try:
        fresh.rename(place)
    except OSError:  # another process was quicker
        shutil.rmtree(fresh)


def _rename(face: TTFont, ending: str) -> None:
    table = face["name"]
    family = next(n for n, slug in FAMILIES.items() if n in table.getDebugName(_FAMILY))
    for name_id in (_FAMILY, _FULL, _TYPOGRAPHIC):
        table.setName(f"{family}{ending}", name_id, 3, 1, 0x409)
    table.names = [name for name in table.names if name.platformID == 3]
    table.setName(f"{family}{ending}".replace(" ", ""), _POSTSCRIPT, 3, 1, 0x409)
