"""The brand of a reseller, and a customer's own logo."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pbx_console.branding.models import Brand, Kind
from pbx_console.branding.services.brands import FIELDS
from pbx_console.branding.uploads import MOST_BYTES
from pbx_console.console.forms.base import NounForm

CORNERS = (
    (0, _("Square")),
    (3, _("Sharp")),
    (6, _("Soft")),
    (10, _("Round")),
)
FACES = {
    "Instrument Sans": _("Instrument Sans, precise"),
    "Inter": _("Inter, neutral"),
    "Figtree": _("Figtree, friendly"),
}
TRY = ("#f2701d", "#e8c400", "#7a2bd0", "#c2185b")
AREAS = ("mail_foot", "pdf_foot", "hold_text")
PICTURES = "image/png,image/jpeg,image/webp,image/svg+xml"
REMOVABLE = (Kind.LOGO_DARK, Kind.LOGIN)


class ColourField(forms.CharField):
    """A colour as people write it: `#0B5C66`, `0b5c66` or `#abc`; kept as `#0b5c66`."""

    def to_python(self, value: Any) -> str:
        """Bring it into the one form that everything else expects."""
        text = str(super().to_python(value)).strip().lower().removeprefix("#")
        if re.fullmatch(r"[0-9a-f]{3}", text):
            text = "".join(2 * letter for letter in text)
        return f"#{text}" if text else ""


class PictureField(forms.FileField):
    """A file; what it is gets decided by the service, by its content."""

    def __init__(self, kind: Kind) -> None:
        """Offer the kinds of pictures that are taken."""
        widget = forms.FileInput(attrs={"accept": PICTURES})
        super().__init__(required=False, label=kind.label, widget=widget)

    def clean(self, data: Any, initial: Any = None) -> bytes | None:
        """Return the bytes, no more than one too many: the service says so in words."""
        if not data:
            return None
        return bytes(data.read(MOST_BYTES + 1))


class BrandForm(NounForm):
    """Everything about a brand that a person decides."""

    model = Brand
    names = tuple(name for name in FIELDS if name != "heading_weight")
    field_order = names

    def __init__(self, *args: Any, obj: Brand, **kwargs: Any) -> None:
        """Show a brand as its draft has it."""
        super().__init__(*args, obj=obj, **kwargs)
        checks = self.fields["accent"].validators
        self.fields["accent"] = ColourField(label=_("Accent colour"), validators=checks)
        self._choices(obj)
        self._texts()
        for kind in Kind:
            self.fields[kind.value] = PictureField(kind)
        for kind in REMOVABLE:
            gone = forms.BooleanField(required=False, label=_("Take the picture away"))
            self.fields[f"no_{kind.value}"] = gone

    def _choices(self, obj: Brand) -> None:
        corners: list[tuple[int, Any]] = list(CORNERS)
        if obj.radius not in dict(corners):
            corners.append((obj.radius, f"{obj.radius} px"))
        self.fields["radius"] = forms.TypedChoiceField(
            label=_("Corners"), coerce=int, choices=sorted(corners)
        )
        fonts = [
            (value, FACES.get(value, label)) for value, label in Brand.Font.choices
        ]
        self.fields["font"] = forms.ChoiceField(label=_("Typeface"), choices=fonts)
        rails = [Brand.Rail.DARK, Brand.Rail.PAGE]
        words = [(rail.value, rail.label) for rail in rails]
        self.fields["rail_scheme"] = forms.ChoiceField(
            label=_("Navigation"), choices=words
        )

    def _texts(self) -> None:
        for name in AREAS:
            self.fields[name].widget = forms.Textarea(attrs={"rows": 3})
        steps = {"type": "range", "min": 0, "max": 2, "step": "0.1"}
        self.fields["tint"].widget = forms.NumberInput(attrs=steps)
        self.fields["tint"].label = _("Colour in the greys")

    def clean(self) -> dict[str, Any]:
        """Let lines end as they are kept; tell fields and pictures apart."""
        data = super().clean() or {}
        for name in AREAS:
            data[name] = str(data.get(name, "")).replace("\r\n", "\n")
        return data

    @property
    def pictures(self) -> dict[str, bytes | None]:
        """Return new pictures by kind; None for one to be taken away."""
        found = {k.value: self.cleaned_data.get(k.value) for k in Kind}
        new: dict[str, bytes | None] = {k: v for k, v in found.items() if v}
        gone = (k.value for k in REMOVABLE if self.cleaned_data.get(f"no_{k.value}"))
        return dict.fromkeys((kind for kind in gone if kind not in new), None) | new

    @property
    def values(self) -> dict[str, Any]:
        """Return the fields of the brand."""
        return {name: self.cleaned_data[name] for name in self.names}


class CustomerLogoForm(forms.Form):
    """A customer's logo: the file, or nothing to take it away."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Ask for the picture."""
        super().__init__(*args, **kwargs)
        self.fields["logo"] = PictureField(Kind.LOGO)
        self.fields["logo"].required = True
        self.fields["logo"].label = _("Logo")

    def clean_logo(self) -> bytes:
        """Refuse to save nothing."""
        data: bytes | None = self.cleaned_data["logo"]
        if not data:
            raise forms.ValidationError(_("Choose a picture."))
        return data
