"""Every phone we know, in the order in which people look for it."""

from __future__ import annotations

from typing import Final

from pbx_console.provisioning.render import (
    cisco,
    fanvil,
    generic,
    gigaset,
    grandstream,
    grandstream_numbers,
    poly,
    snom,
    yealink,
)
from pbx_console.provisioning.render.families import Family, PhoneModel

ALL_MODELS: Final[tuple[PhoneModel, ...]] = (
    *snom.MODELS,
    *yealink.MODELS,
    *grandstream.MODELS,
    *grandstream_numbers.MODELS,
    *gigaset.MODELS,
    *poly.MODELS,
    *fanvil.MODELS,
    *cisco.MODELS,
    *generic.MODELS,
)
MODELS: Final[dict[str, PhoneModel]] = {model.slug: model for model in ALL_MODELS}
FAMILIES: Final[dict[str, Family]] = {
    model.family.slug: model.family for model in ALL_MODELS
}
