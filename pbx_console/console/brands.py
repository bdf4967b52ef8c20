"""What the brand page shows: whose brand, its draft, its versions in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.urls import NoReverseMatch, reverse
from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from pbx_console.accounts.models import Customer, Reseller
from pbx_console.branding import contrast
from pbx_console.branding.colours import MOST as MOST_COLOURS
from pbx_console.branding.models import Brand, BrandDraft, BrandVersion, Kind
from pbx_console.branding.services.brands import FIELDS
from pbx_console.branding.services.drafts import draft_of, drafted
from pbx_console.console import formats
from pbx_console.console.history import Change
from pbx_console.console.owners import reseller_for

VERSIONS = 12  # shown on the page
PAGES = (
    "publish",
    "discard",
    "tones",
    "styles",
    "door",
    "sheet",
    "open",
    "close",
    "versions",
)


@dataclass
class Shelf:
    """One brand with everything the page asks about it."""

    brand: Brand
    reseller: Reseller | None
    slug: str = ""

    @cached_property
    def draft(self) -> BrandDraft | None:
        """Return what is changed and not published."""
        return draft_of(self.brand)

    @cached_property
    def shown(self) -> Brand:
        """Return the brand with its draft."""
        return drafted(self.brand, self.draft)

    @property
    def changes(self) -> int:
        """Return how many things the draft changes."""
        return self.draft.count if self.draft else 0

    @cached_property
    def customers(self) -> int:
        """Return how many customers see this brand."""
        rows = Customer.objects.filter(reseller=self.reseller, is_active=True)
        return rows.count()

    @property
    def rows(self) -> list[contrast.Row]:
        """Return the table of contrast."""
        return contrast.rows(self.shown.accent, float(self.shown.tint))

    @property
    def colours(self) -> list[str]:
        """Return colours taken from the logos, the mark's first."""
        kinds = (Kind.MARK, Kind.LOGO, Kind.LOGO_DARK)
        found = [
            (self.shown.files.get(kind) or {}).get("colours", []) for kind in kinds
        ]
        return list(dict.fromkeys(c for row in found for c in row))[:MOST_COLOURS]

    @property
    def pictures(self) -> dict[str, str]:
        """Return the address of every picture of the draft by its kind."""
        return {kind: picture_url(self, kind) for kind in self.shown.files}

    @property
    def urls(self) -> dict[str, str]:
        """Return the addresses of the page's parts."""
        return {page: self.url(page) for page in PAGES} | {"page": self.url()}

    def url(self, page: str = "", **more: Any) -> str:
        """Return an address of this brand's pages; "" where there is none."""
        prefix = "reseller_" if self.slug else ""
        name = f"console:{prefix}brand" + (f"_{page}" if page else "")
        try:
            return reverse(
                name, kwargs=({"slug": self.slug} if self.slug else {}) | more
            )
        except NoReverseMatch:
            return ""


def shelf_for(request: Any, slug: str = "") -> Shelf:
    """Return the brand of an address: one's own, or that of a reseller below."""
    if slug:
        reseller: Reseller | None = reseller_for(request, slug)
    else:
        reseller = request.membership.reseller
    brand = Brand.objects.select_related("reseller").filter(reseller=reseller).first()
    if brand is None:
        raise Http404
    return Shelf(brand, reseller, slug)


def picture_url(shelf: Shelf, kind: str) -> str:
    """Return where a picture of the draft is shown to whoever may see the draft."""
    facts = shelf.shown.files.get(kind) or shelf.shown.files.get("logo")
    return shelf.url("file", digest=facts["digest"]) if facts else ""


# ── versions in words ────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Told:
    """A version as the page lists it."""

    number: int
    when: str
    who: str
    accent: str
    changes: list[Change]
    rolled_back_to: int | None
    current: bool


def told(shelf: Shelf, request: Any) -> list[Told]:
    """Return the latest versions, newest first, each with what it changed."""
    rows = list(BrandVersion.objects.filter(brand=shelf.brand)[: VERSIONS + 1])
    older: list[BrandVersion | None] = [*rows, None]
    pairs = list(zip(rows, older[1:], strict=True))[:VERSIONS]
    return [_told(row, old, request, current=row is rows[0]) for row, old in pairs]


def _told(
    row: BrandVersion, old: BrandVersion | None, request: Any, *, current: bool
) -> Told:
    return Told(
        number=row.number,
        when=formats.moment(row.published_at),
        who=_who(row, request),
        accent=row.values.get("accent", ""),
        changes=_changes(old, row) if old else [],
        rolled_back_to=row.rolled_back_to,
        current=current,
    )


def _who(row: BrandVersion, request: Any) -> str:
    """Return who published; platform staff have no name for anybody else."""
    if row.published_by_level in ("", "system"):
        return _("automatic")
    if row.published_by_level == "operator" and request.membership.level != "operator":
        return str(request.brand.product_name)
    return row.published_by_name


def _changes(old: BrandVersion, new: BrandVersion) -> list[Change]:
    fields = [
        Change(label_of(name), words(name, before), words(name, after))
        for name in FIELDS
        if (before := old.values.get(name, "")) != (after := new.values.get(name, ""))
    ]
    pictures = [
        Change(str(kind.label), "", _("new picture") if new.files.get(kind) else "")
        for kind in Kind
        if _digest(old, kind) != _digest(new, kind)
    ]
    return fields + pictures


def _digest(row: BrandVersion, kind: str) -> str:
    return str((row.files.get(kind) or {}).get("digest", ""))


def label_of(name: str) -> str:
    """Return the word for a field of a brand."""
    label = str(getattr(Brand._meta.get_field(name), "verbose_name", name))
    return label[:1].upper() + label[1:]


def words(name: str, value: Any) -> str:
    """Return a value as a person reads it, long texts cut."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    choices = dict(getattr(Brand._meta.get_field(name), "flatchoices", None) or [])
    return Truncator(str(choices.get(value, value))).chars(40)


# ── what other rooms show in the draft's dress ───────────────────────────────────────


def mail_preview(shelf: Shelf) -> str:
    """Return the address of a mail drawn with the draft, alone on its page."""
    url = shelf.url("mail_page", kind="invitation")
    return f"{url}?draft=1" if url else ""


def pdf_preview(shelf: Shelf) -> str:
    """Return the address of a document drawn with the draft."""
    url = shelf.url("pdf")
    return f"{url}?draft=1" if url else ""


def domains_url(shelf: Shelf) -> str:
    """Return the page of the brand's host names."""
    if shelf.slug:
        return reverse("console:reseller_domains", kwargs={"slug": shelf.slug})
    return reverse("console:domains")
