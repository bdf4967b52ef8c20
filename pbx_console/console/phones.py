"""What pages say of phones: rows with their states, warnings, what keys do."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pbx_console.accounts.models import Customer
from pbx_console.console.forms.phones import label_of, model_label
from pbx_console.lib.macs import MacError, parse_mac, write_mac
from pbx_console.pbx.models import Destination
from pbx_console.provisioning import configs, freshness
from pbx_console.provisioning.models import Phone, PhoneKey, UnknownPhone
from pbx_console.provisioning.render import keys
from pbx_console.provisioning.render.catalogue import ALL_MODELS, FAMILIES, MODELS
from pbx_console.provisioning.render.config import KeyKind, PhoneConfig
from pbx_console.provisioning.render.families import VALUES, Family, PhoneModel
from pbx_console.provisioning.render.layers import Layer, Line, Origin
from pbx_console.provisioning.render.values import BadValue
from pbx_console.provisioning.services.windows import OPEN_FOR
from pbx_console.provisioning.states import PhoneState, states_of

MOST_BY_STATE = 3000


@dataclass(frozen=True, slots=True)
class Row:
    """A phone in a list."""

    phone: Phone
    state: PhoneState
    model: str
    numbers: list[str] = field(default_factory=list)
    is_unverified: bool = False


def listed(phones: Iterable[Phone]) -> list[Row]:
    """Return phones as a list shows them; two questions however many they are."""
    rows = list(phones)
    states = states_of(rows)
    return [
        Row(
            phone,
            states[phone.pk],
            model_label(phone.model),
            [line.extension.number for line in phone.lines.all()],
            is_unverified(phone.model),
        )
        for phone in rows
    ]


def is_unverified(slug: str) -> bool:
    """Say whether no document of the maker was read for a model."""
    model = MODELS.get(slug)
    return model is not None and not model.verified


def found(rows: QuerySet[Phone], text: str, state: str) -> QuerySet[Phone]:
    """Return the phones that a search and a state leave."""
    rows = rows.select_related("customer").prefetch_related("lines__extension")
    if text:
        rows = rows.filter(_like(text)).distinct()
    if state:
        some = states_of(rows.order_by("pk")[:MOST_BY_STATE])
        rows = rows.filter(pk__in=[pk for pk, s in some.items() if s.word == state])
    return rows


def _like(text: str) -> Q:
    like = Q(name__icontains=text) | Q(customer__name__icontains=text)
    like |= Q(lines__extension__number=text)
    words = text.lower()
    models = [m.slug for m in ALL_MODELS if words in label_of(m).lower()]
    like |= Q(model__in=models)
    digits = "".join(sign for sign in words if sign.isalnum())
    try:
        return like | Q(mac=parse_mac(text))
    except MacError:
        return like | Q(mac__contains=digits) if len(digits) >= 3 else like


def model_options() -> list[tuple[str, str]]:
    """Return (model, what is said beside it) for the list to choose from."""
    unsure = _("unverified")
    return [(label_of(m), "" if m.verified else unsure) for m in ALL_MODELS]


def told(phone: Phone) -> PhoneConfig | None:
    """Return all that a phone is told; None where it cannot be."""
    try:
        return configs.config_of(phone)
    except BadValue:
        return None


def warnings_of(phone: Phone, config: PhoneConfig | None) -> list[str]:
    """Return what a person should know before trusting this phone."""
    model = MODELS.get(phone.model)
    found = [*_unsafe(phone)]
    if model is None:
        return [*found, _("Its model is not in the catalogue any more. Swap it.")]
    if not model.verified:
        found.append(
            _(
                "The maker's document was not available for this model: its file was not"
                " checked against it."
            )
        )
    return [*found, *(_left_out(model, config) if config else [])]


def _unsafe(phone: Phone) -> Iterable[str]:
    if not configs.is_weaker(phone):
        return
    if phone.transport in (Phone.Transport.UDP, Phone.Transport.TCP):
        yield _("Calls of this phone are set up over %(transport)s, unencrypted.") % {
            "transport": phone.get_transport_display()
        }
    if phone.srtp == Phone.Srtp.OFF:
        yield _("Speech of this phone is not encrypted.")
    if phone.srtp == Phone.Srtp.OPTIONAL:
        yield _("Speech of this phone may travel unencrypted.")


def _left_out(model: PhoneModel, config: PhoneConfig) -> list[str]:
    left = keys.left_out(model, config)
    if not left:
        return []
    words = ngettext(
        "%(n)s key does not fit on a %(model)s and is left out: %(keys)s.",
        "%(n)s keys do not fit on a %(model)s and are left out: %(keys)s.",
        len(left),
    )
    names = ", ".join(key.text or key.kind for key in left[:8])
    return [words % {"n": len(left), "model": label_of(model), "keys": names}]


def ways_of(phone: Phone) -> str:
    """Return how a phone talks: TLS, SRTP."""
    srtp = {"required": "SRTP", "optional": _("SRTP if possible"), "off": _("no SRTP")}
    return ", ".join(
        [configs.transport_of(phone).upper(), srtp[configs.srtp_of(phone).value]]
    )


def is_behind(phone: Phone) -> bool:
    """Say whether its file is another one now than the one that it has."""
    return freshness.is_behind(phone)


def placed_keys(
    phone: Phone, config: PhoneConfig | None
) -> Sequence[tuple[int, Any, str, Any]]:
    """Return (place, key, caption, what it does) of what stands on the phone's keys."""
    model = MODELS.get(phone.model)
    if model is None or config is None:
        return []
    kinds = dict(PhoneKey.KINDS)
    return [
        (at, key, keys.caption(config, key), kinds.get(key.kind.value, ""))
        for at, key in keys.placed(model, config)
        if key.kind is not KeyKind.FREE
    ]


def is_open(phone: Phone) -> bool:
    """Say whether the next fetch is answered, whoever comes."""
    return phone.window_until is not None and phone.window_until > timezone.now()


def opened_at(phone: Phone) -> dt.datetime:
    """Return when a phone's open window was opened."""
    until = phone.window_until or timezone.now()
    return until - OPEN_FOR


def room_of(phone: Phone) -> dict[str, int]:
    """Return how many keys the model has, and on which of them the lines stand."""
    model = MODELS.get(phone.model)
    own = [key for key in phone.keys.all() if key.kind == KeyKind.EXTENSION]
    lines = 0 if own else phone.lines.count()
    return {"keys": model.keys if model else 0, "lines": lines}


def people_of(customer: Customer) -> list[tuple[str, str]]:
    """Return what keys are mostly for: internal numbers with their names."""
    rows = Destination.objects.filter(customer=customer).exclude(number=None)
    found = rows.exclude(number="").values_list("number", "name")
    return [(str(number), name) for number, name in found[:500]]


# ── settings in the maker's words ────────────────────────────────────────────────────

ORIGINS = {
    Origin.VENDOR: gettext_lazy("console"),
    Origin.MODEL: gettext_lazy("model"),
    Origin.RESELLER: gettext_lazy("all customers"),
    Origin.CUSTOMER: gettext_lazy("customer"),
    Origin.DEVICE: gettext_lazy("this phone"),
}


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One line of a phone's file and who said so."""

    name: str
    value: str
    origin: Any
    is_own: bool
    is_secret: bool
    level: str = ""
    instead: tuple[str, Any] | None = None  # what would stand there, and whose it is


def lines_shown(phone: Phone) -> list[ShownLine]:
    """Return a phone's file line by line, what people set first; secrets masked."""
    if phone.model not in MODELS or not phone.lines.exists():
        return []
    lines = sorted(configs.lines_of(phone), key=lambda line: -line.origin)
    layers = configs.layers_of(phone)
    return [
        ShownLine(
            line.name,
            line.value,
            ORIGINS[line.origin],
            line.origin > Origin.MODEL,
            line.secret,
            line.origin.name.lower(),
            None if line.secret else _instead(line, layers),
        )
        for line in lines
    ]


def _instead(line: Line, layers: Sequence[Layer]) -> tuple[str, Any] | None:
    """Return what a weaker level says of the same setting."""
    weaker = [
        (layer.settings[line.name], ORIGINS[layer.origin])
        for layer in layers
        if layer.origin < line.origin and line.name in layer.settings
    ]
    return weaker[-1] if weaker else None


@dataclass(frozen=True, slots=True)
class Takes:
    """What a setting takes: in words, or as it is typed."""

    words: Any
    is_code: bool = False


def may_set(family: Family) -> list[tuple[str, Takes]]:
    """Return what people may set on a family, and what it takes."""
    return [
        (_readable(entry.name.pattern), _takes(entry.value.pattern))
        for entry in family.adjustable
    ]


def _readable(pattern: str) -> str:
    """Return a pattern of names as people write it: linekey.<n>.label."""
    numbered = re.sub(r"\\d(\{[0-9,]+\}|\+)?", "<n>", pattern)
    named = re.sub(r"\[a-z0-9_-]+\]\+", "<name>", numbered)
    return named.replace("(?:", "(").replace("\\", "")


def _takes(pattern: str) -> Takes:
    for kind, words in VALUE_WORDS.items():
        if VALUES[kind] == pattern:
            return Takes(words)
    return Takes(pattern.replace("|", ", "), is_code=True)


VALUE_WORDS = {
    "count": gettext_lazy("a number"),
    "signed": gettext_lazy("a number, also below zero"),
    "word": gettext_lazy("a word"),
    "words": gettext_lazy("words"),
    "text": gettext_lazy("a text"),
}


@dataclass(frozen=True, slots=True)
class Chip:
    """A family that people may set something on; how many phones it is for."""

    family: Family
    is_set: bool
    count: int


def families(known: Container[str], models: Iterable[str]) -> list[Chip]:
    """Return the families, those first of which there are phones. `models`: theirs."""
    here = Counter(MODELS[slug].family.slug for slug in models if slug in MODELS)
    rows = [family for family in FAMILIES.values() if family.adjustable]
    chips = [Chip(one, one.slug in known, here[one.slug]) for one in rows]
    return sorted(chips, key=lambda chip: (not chip.count, not chip.is_set))


def family_first(rows: Sequence[Row]) -> str:
    """Return the family whose settings are offered first: one that is there."""
    used = [MODELS[row.phone.model].family for row in rows if row.phone.model in MODELS]
    return next((one.slug for one in used if one.adjustable), "snom-desk")


def where_of(request: Any) -> str:
    """Return what phones are told by DHCP or by hand: the reseller's own host."""
    return request.build_absolute_uri("/") if request.brand.reseller_id else ""


# ── phones that called in ────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Caller:
    """An unknown phone as a list shows it; `phone` when its address is known here."""

    row: UnknownPhone
    mac: str
    model: str
    phone: Phone | None


def caller(row: UnknownPhone, phone: Phone | None) -> Caller:
    """Return what called in, in words."""
    model = model_label(row.model) if row.model else row.vendor
    return Caller(row, write_mac(row.mac, ":", upper=True), model, phone)
