"""Changing a brand where nobody sees it, publishing it, and going back.

A draft holds only what differs from the published brand, and only what a form found
right: a draft can always be published.
"""

from __future__ import annotations

import copy
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.services import audit
from pbx_console.branding import hosts
from pbx_console.branding.models import Brand, BrandDraft, BrandFile, BrandVersion, Kind
from pbx_console.branding.services.brands import FIELDS
from pbx_console.branding.services.pictures import store

Values = dict[str, Any]


def draft_of(brand: Brand) -> BrandDraft | None:
    """Return the draft of a brand, if anything is changed."""
    return BrandDraft.objects.filter(brand=brand).first()


def drafted(brand: Brand, draft: BrandDraft | None = None) -> Brand:
    """Return the brand as its draft has it: a copy, never to be saved."""
    draft = draft or draft_of(brand)
    shown = copy.copy(brand)
    shown.files = dict(brand.files)
    if draft is not None:
        _dress(shown, draft.values, draft.files)
    return shown


def _dress(brand: Brand, values: Values, files: Values) -> None:
    for name, value in values.items():
        if name in FIELDS:  # a version may know a field that is gone
            field: Any = brand._meta.get_field(name)
            setattr(brand, name, field.to_python(value))
    merged = {**brand.files, **files}
    brand.files = {kind: facts for kind, facts in merged.items() if facts}


def plain_values(brand: Brand) -> Values:
    """Return every published field as JSON has it."""
    return {name: _plain(getattr(brand, name)) for name in FIELDS}


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value


@transaction.atomic
def save_draft(
    actor: Actor, *, brand: Brand, files: dict[str, bytes | None], **values: Any
) -> BrandDraft | None:
    """Keep changes for later; None when nothing differs from what is published.

    `files`: new pictures by kind, None takes one away. Raises ValidationError with the
    field of each reason; nothing is kept then.
    """
    before = _locked(brand)
    draft = draft_of(before) or BrandDraft(brand=before)
    shown = drafted(before, draft)
    for name in FIELDS:
        setattr(shown, name, values.get(name, getattr(shown, name)))
    _check(shown)
    shown.files |= _kept(before, files)
    shown.files = {kind: facts for kind, facts in shown.files.items() if facts}
    return _keep(draft, before, shown)


def _check(shown: Brand) -> None:
    shown.product_name = shown.product_name.strip()
    shown.full_clean(validate_unique=False, validate_constraints=False)


def _locked(brand: Brand) -> Brand:
    return Brand.objects.select_for_update(of=("self",)).get(pk=brand.pk)


def _kept(brand: Brand, files: dict[str, bytes | None]) -> Values:
    """Store new pictures; what is wrong with one stands at its field."""
    kept: Values = {}
    wrong: dict[str, Any] = {}
    for kind, data in files.items():
        try:
            kept[kind] = None if data is None else store(brand, Kind(kind), data)
        except ValidationError as error:
            wrong[kind] = error
    if wrong:
        raise ValidationError(wrong)
    return kept


def _keep(draft: BrandDraft, before: Brand, shown: Brand) -> BrandDraft | None:
    draft.values, draft.files = _differing(before, shown)
    if draft.count:
        draft.save()
    elif draft.pk:
        draft.delete()
    _sweep(before, draft)
    return draft if draft.count else None


def _differing(before: Brand, shown: Brand) -> tuple[Values, Values]:
    old, new = plain_values(before), plain_values(shown)
    values = {name: new[name] for name in FIELDS if new[name] != old[name]}
    files = {
        kind: shown.files.get(kind)
        for kind in Kind.values
        if _digest(shown, kind) != _digest(before, kind)
    }
    return values, files


def _digest(brand: Brand, kind: str) -> str:
    return str((brand.files.get(kind) or {}).get("digest", ""))


def _sweep(brand: Brand, draft: BrandDraft | None) -> None:
    """Drop pictures that no published brand, draft or version names any more."""
    named = [brand.files, draft.files if draft else {}]
    named += list(brand.versions.values_list("files", flat=True))
    wanted = {row["digest"] for files in named for row in files.values() if row}
    BrandFile.objects.filter(brand=brand).exclude(digest__in=wanted).delete()


@transaction.atomic
def discard(actor: Actor, *, brand: Brand) -> None:
    """Forget the draft."""
    before = _locked(brand)
    BrandDraft.objects.filter(brand=before).delete()
    _sweep(before, None)


@transaction.atomic
def publish(actor: Actor, *, brand: Brand) -> BrandVersion | None:
    """Show the draft to everybody from now on; None when there is none.

    Writes a version, so that what was before can be had again.
    """
    before = _locked(brand)
    draft = draft_of(before)
    if draft is None:
        return None
    _first_version(before)
    version = _apply(actor, before, draft.values, draft.files, "brand.published")
    draft.delete()
    return version


@transaction.atomic
def roll_back(actor: Actor, *, brand: Brand, number: int) -> BrandVersion | None:
    """Publish an earlier version again, as a new one; a draft stays as it is.

    None when that version is what is published. Raises ValidationError when it is not
    there.
    """
    before = _locked(brand)
    old = BrandVersion.objects.filter(brand=before, number=number).first()
    if old is None:
        raise ValidationError(_("This version is not there."))
    gone = dict.fromkeys(before.files)
    files = {**gone, **old.files}
    target = copy.copy(before)
    _dress(target, old.values, files)
    if _differing(before, target) == ({}, {}):
        return None
    verb = "brand.rolled_back"
    return _apply(actor, before, old.values, files, verb, rolled_back_to=number)


def _first_version(brand: Brand) -> None:
    """Keep what was there before the first publishing: one can go back to it, too."""
    if not brand.versions.exists():
        _version(None, brand)


def _apply(
    actor: Actor, brand: Brand, values: Values, files: Values, verb: str, **more: Any
) -> BrandVersion:
    old = plain_values(brand) | _names(brand)
    _dress(brand, values, files)
    brand.full_clean()
    brand.save()
    new = plain_values(brand) | _names(brand)
    changed = [name for name in new if old.get(name) != new[name]]
    before, after = ({n: row[n] for n in changed} for row in (old, new))
    audit.record(actor, verb, brand, before=before, after=after)
    hosts.forget_after_commit()
    return _version(actor, brand, **more)


def _names(brand: Brand) -> Values:
    """Return the pictures as the audit log tells them: the start of their digests."""
    return {f"picture_{kind}": _digest(brand, kind)[:8] for kind in Kind.values}


def _version(actor: Actor | None, brand: Brand, **more: Any) -> BrandVersion:
    last = brand.versions.order_by("-number").values_list("number", flat=True).first()
    return BrandVersion.objects.create(
        brand=brand,
        number=(last or 0) + 1,
        values=plain_values(brand),
        files=brand.files,
        published_by_name=actor.name if actor else "",
        published_by_level=actor.level if actor else "system",
        **more,
    )
