"""Which of the wished keys stand where on one model."""

from __future__ import annotations

from pbx_console.provisioning.render.config import KeyKind, LineKey, PhoneConfig
from pbx_console.provisioning.render.families import PhoneModel

Placed = tuple[int, LineKey]


def placed(model: PhoneModel, config: PhoneConfig) -> list[Placed]:
    """Return keys with their positions from 1: what fits and what the family knows.

    A kind that the family has no key for leaves its place free, so that the keys after
    it stay where people are used to find them.
    """
    wished = enumerate(wanted(config), start=1)
    known = model.family.kinds
    return [(at, key) for at, key in wished if at <= model.keys and key.kind in known]


def free(model: PhoneModel, config: PhoneConfig) -> list[int]:
    """Return the positions without a key, so that what stood there goes away."""
    taken = {at for at, _key in placed(model, config)}
    return [at for at in range(1, model.keys + 1) if at not in taken]


def unused(model: PhoneModel, config: PhoneConfig) -> range:
    """Return the numbers of accounts that the phone could have and has not."""
    return range(len(config.accounts) + 1, model.accounts + 1)


def left_out(model: PhoneModel, config: PhoneConfig) -> list[LineKey]:
    """Return the wished keys that this model cannot show."""
    shown = {at for at, _key in placed(model, config)}
    wished = enumerate(wanted(config), start=1)
    return [
        key for at, key in wished if at not in shown and key.kind is not KeyKind.FREE
    ]


def wanted(config: PhoneConfig) -> tuple[LineKey, ...]:
    """Return the wished keys; without a key of its own a phone gets them in front."""
    if any(key.kind is KeyKind.EXTENSION for key in config.keys):
        return config.keys
    own = (
        LineKey(KeyKind.EXTENSION, account=number)
        for number, _account in enumerate(config.accounts, start=1)
    )
    return (*own, *config.keys)


def caption(config: PhoneConfig, key: LineKey) -> str:
    """Return what stands beside a key; its account's name where nobody named it."""
    return key.text or config.accounts[key.account - 1].label
