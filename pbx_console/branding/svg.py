"""Which SVG may be a logo. Strict: a drawing of shapes, nothing that acts or fetches.

Logos are shown through CSS and `<img>`, where browsers run no script; the answer carries a
sandboxing policy as well (views/files.py). This check is the first wall.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MAX_BYTES = 64 * 1024
_NAMESPACE = "{http://www.w3.org/2000/svg}"
_SHAPES = frozenset(
    (
        "svg",
        "g",
        "title",
        "desc",
        "defs",
        "path",
        "rect",
        "circle",
        "ellipse",
        "line",
        "polyline",
        "polygon",
        "text",
        "tspan",
        "use",
        "clipPath",
        "mask",
        "linearGradient",
        "radialGradient",
        "stop",
        "symbol",
    )
)
_FETCHES = re.compile(
    r"url\s*\(\s*(?!['\"]?#)|@import|javascript:|data:", re.IGNORECASE
)


def validate_svg(text: str) -> None:
    """Raise ValidationError with the reason unless `text` is a harmless drawing."""
    if len(text.encode()) > MAX_BYTES:
        raise ValidationError(
            _("The file is larger than 64 kB. Save a simpler drawing.")
        )
    # Entities are expanded before an element tree exists, so they are refused as text.
    if "<!DOCTYPE" in text.upper() or "<!ENTITY" in text.upper():
        raise ValidationError(_("The file has a document type. Save it as plain SVG."))
    if re.search(r"<\?(?!xml[\s?])", text):  # xml-stylesheet fetches
        raise ValidationError(
            _("The file has instructions in it. Save it as plain SVG.")
        )
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - no document type can be in it
    except ElementTree.ParseError as error:
        raise ValidationError(_("The file is not an SVG drawing.")) from error
    if root.tag != f"{_NAMESPACE}svg":
        raise ValidationError(_("The file is not an SVG drawing."))
    for element in root.iter():
        _check(element)


def _check(element: ElementTree.Element) -> None:
    name = element.tag.removeprefix(_NAMESPACE) if isinstance(element.tag, str) else "?"
    if name not in _SHAPES:
        reason = _("The drawing contains <%(name)s>, which a logo may not have.")
        raise ValidationError(reason, params={"name": name})
    for key, value in element.attrib.items():
        local = key.rpartition("}")[2].lower()
        foreign = local == "href" and not value.startswith("#")
        if local.startswith("on") or foreign or _FETCHES.search(value):
            reason = _("The drawing refers to something outside itself (%(name)s).")
            raise ValidationError(reason, params={"name": local})


def drawing_size(text: str) -> tuple[float, float]:
    """Return width and height from the viewBox, else from the root's own; 96 × 24 if
    there is neither."""
    root = re.search(r"<svg\b[^>]*>", text)
    head = root[0] if root else ""
    box = r'viewBox="\s*[\d.-]+[\s,]+[\d.-]+[\s,]+([\d.]+)[\s,]+([\d.]+)'
    own = r'(?=[^>]*\swidth="([\d.]+)(?:px)?")(?=[^>]*\sheight="([\d.]+)(?:px)?")'
    for pattern in (box, rf"<svg\b{own}"):
        found = re.search(pattern, head)
        if found and float(found[1]) > 0 and float(found[2]) > 0:
            return float(found[1]), float(found[2])
    return 96.0, 24.0


def drawing_colours(text: str) -> list[str]:
    """Return the colours that a drawing names, in their order, as `#rrggbb`."""
    found = (
        m[1].lower() for m in re.finditer(r"#([0-9a-fA-F]{6}|[0-9a-fA-F]{3})\b", text)
    )
    whole = (f if len(f) == 6 else "".join(2 * letter for letter in f) for f in found)
    return list(dict.fromkeys(f"#{colour}" for colour in whole))
