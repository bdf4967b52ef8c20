"""Documents in a brand's dress, set by typst: no network, no system's fonts or paths.

A template `documents/<name>.typ` imports `base.typ` and reads `data.json`. Names, numbers
and whatever a user typed are values in that file, never code of the template.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import typst
from django.utils.translation import gettext as _
from django.utils.translation import override

from pbx_console.accounts.models import Customer
from pbx_console.branding import faces
from pbx_console.branding.models import Brand
from pbx_console.branding.pictures import form_of, own_logo, picture_of
from pbx_console.branding.tones import tones

TEMPLATES = Path(__file__).resolve().parent / "documents"
_TOOL = re.compile(
    rb"(?<=/Creator\()Typst [^)]*|(?<=<xmp:CreatorTool>)Typst [^<]*", re.IGNORECASE
)


def render(
    brand: Brand,
    template: str,
    data: Mapping[str, Any],
    language: str,
    form: Literal["pdf", "png"] = "pdf",
    customer: Customer | None = None,
) -> bytes:
    """Return a document as PDF, or a document of one page as a picture. A customer's
    own logo stands beside the brand's where the reseller allows it.

    `data` is what the template reads besides `brand` and `language`; every template needs
    `title`, `subtitle` and `words` (its own labels, translated). Raises typst.TypstError
    for a template that does not fit its data.
    """
    with TemporaryDirectory() as folder, override(language):
        place = Path(folder)
        dress = _dress(brand, _logo(brand, place)) | _own(brand, customer, place)
        full = {**data, "language": language, "brand": dress}
        full["words"] = {"page": _("Page {page} of {pages}"), **data["words"]}
        (place / "data.json").write_text(json.dumps(full), encoding="utf-8")
        for name in ("base", template):
            source = (TEMPLATES / f"{name}.typ").read_text(encoding="utf-8")
            (place / f"{name}.typ").write_text(source, encoding="utf-8")
        made = typst.compile(
            place / f"{template}.typ",
            root=place,
            font_paths=faces.fonts(),
            ignore_system_fonts=True,
            package_path=place,
            package_cache_path=place,
            format=form,
            ppi=110.0,  # of a picture
        )
    return unnamed(made) if form == "pdf" else made


def unnamed(document: bytes) -> bytes:
    """Return a PDF without the name of the program that made it.

    typst writes itself as the creator into the information dictionary and into the XMP
    packet (ISO 32000-1, 14.3), and its templates cannot change that. Spaces of the same
    length keep every offset of the file as it was.
    """
    return _TOOL.sub(lambda found: b" " * len(found[0]), document)


def _logo(brand: Brand, place: Path) -> str:
    content, ending = picture_of(brand, "logo")
    (place / f"logo.{ending}").write_bytes(content)
    return f"logo.{ending}"


def _own(brand: Brand, customer: Customer | None, place: Path) -> dict[str, Any]:
    logo = own_logo(brand, customer)
    if logo is None:
        return {"own_logo": ""}
    name = f"own.{form_of(logo)}"
    (place / name).write_bytes(bytes(logo.content))
    ratio = logo.width / max(logo.height, 1)
    return {"own_logo": name, "own_name": str(customer), "own_ratio": ratio}


def _dress(brand: Brand, logo: str) -> dict[str, Any]:
    return {
        "product_name": brand.product_name,
        "logo": logo,
        "logo_ratio": brand.logo_ratio,
        "tones": tones(brand.accent, float(brand.tint), "light"),
        "fonts": faces.names(brand.font),
        "heading_weight": brand.heading_weight,
        "head": brand.pdf_head,
        "foot": brand.pdf_foot or brand.product_name,
    }


def preview(brand: Brand, language: str, form: Literal["pdf", "png"] = "pdf") -> bytes:
    """Return a page that shows how documents of a brand look."""
    with override(language):
        words = {
            "text": _("This is how documents look that people print or send on."),
            "extension": _("Extension"),
            "name": _("Name"),
            "outside": _("Outside number"),
        }
        title, subtitle = _("Preview of a document"), brand.product_name
    rows = [
        {"number": "201", "name": "Jana Petersen", "outside": ["030 23125 201"]},
        {"number": "202", "name": "Noor van den Berg", "outside": ["030 23125 202"]},
        {"number": "203", "name": "Åke Strömqvist", "outside": ["030 23125 203"]},
    ]
    ramp = ["ramp-1", "ramp-2", "ramp-3", "ramp-4", "ramp-5"]
    data = {"title": title, "subtitle": subtitle, "words": words}
    full = {**data, "rows": rows, "ramp": ramp}
    return render(brand, "preview", full, language, form)
