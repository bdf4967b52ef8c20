"""From a phone's description to the file that it fetches."""

from __future__ import annotations

from collections.abc import Sequence

from pbx_console.provisioning.render import poly
from pbx_console.provisioning.render.config import (
    Account,
    PhoneConfig,
    Srtp,
    Transport,
)
from pbx_console.provisioning.render.families import PhoneModel, Purpose
from pbx_console.provisioning.render.layers import Layer, lines


class Unfit(ValueError):
    """What is wished is more than this model can do. `wish` says what."""

    def __init__(self, wish: str) -> None:
        """Keep the word for what is too much."""
        super().__init__(f"this model cannot do: {wish}")
        self.wish = wish


def check_fit(model: PhoneModel, config: PhoneConfig) -> None:
    """Refuse more accounts than the model has, and encryption that it cannot do.

    A phone that was told to encrypt and silently does not is worse than none; surplus
    keys are only left out (`keys.left_out` tells which).
    """
    if len(config.accounts) > model.accounts:
        raise Unfit("accounts")
    for account in config.accounts:
        if account.transport not in model.family.transports:
            raise Unfit("transport")
        if account.srtp not in model.family.srtp:
            raise Unfit("srtp")
    if model.family.one_server and len({_way(one) for one in config.accounts}) > 1:
        raise Unfit("servers")


def _way(account: Account) -> tuple[str, int, Transport, Srtp]:
    return account.server, account.port, account.transport, account.srtp


def render(
    model: PhoneModel, config: PhoneConfig, overrides: Sequence[Layer] = ()
) -> str:
    """Return the file with this phone's settings."""
    check_fit(model, config)
    pairs = [(line.name, line.value) for line in lines(model, config, overrides)]
    return model.family.form.write(pairs, config.mac)


def render_file(
    model: PhoneModel,
    config: PhoneConfig,
    purpose: Purpose,
    overrides: Sequence[Layer] = (),
) -> str | None:
    """Return what a phone gets for a file it asked for; None where we have nothing."""
    if purpose is Purpose.CONFIG:
        return render(model, config, overrides)
    if purpose is Purpose.MASTER:
        return poly.master(config)
    return None
