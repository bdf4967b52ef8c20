"""Every model's file: as it was agreed, and read back as the phone reads it."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from pbx_console.provisioning.render.catalogue import FAMILIES, MODELS
from pbx_console.provisioning.render.config import KeyKind, LineKey, Srtp, Transport
from pbx_console.provisioning.render.families import PhoneModel, Purpose
from pbx_console.provisioning.render.files import Unfit, render, render_file
from pbx_console.provisioning.render.keys import left_out, placed
from tests.provisioning.readers import account_of, attributes, values_of
from tests.provisioning.samples import (
    BY_FAMILY,
    FIRST,
    FULL,
    REPRESENTATIVES,
    SECOND,
    fitted,
)

GOLDEN = Path(__file__).parent / "golden"
SHOWN = [
    "snom-d785",
    "snom-d815",
    "snom-m700",
    "yealink-t33g",
    "yealink-t54w",
    "yealink-w70b",
    "grandstream-grp2614",
    "grandstream-gxp2140",
    "grandstream-gxp1625",
    "grandstream-ht802",
    "gigaset-n870",
    "gigaset-maxwell-3",
    "poly-vvx450",
    "poly-e350",
    "fanvil-x3u",
    "fanvil-v62",
    "cisco-6851",
    "cisco-7841",
    "cisco-8851",
    "generic",
]


@pytest.mark.parametrize("slug", SHOWN)
def test_the_file_is_the_agreed_one(slug: str) -> None:
    """PBX_WRITE_GOLDEN=1 writes them anew; the difference is to be read, then."""
    text = render(MODELS[slug], fitted(MODELS[slug]))
    golden = GOLDEN / f"{slug}.txt"
    if os.environ.get("PBX_WRITE_GOLDEN"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_every_family_has_an_agreed_file() -> None:
    assert {MODELS[slug].family.slug for slug in SHOWN} == set(FAMILIES)
    assert {path.stem for path in GOLDEN.iterdir()} == set(SHOWN)


@pytest.mark.parametrize("family", list(BY_FAMILY))
def test_a_phone_finds_exactly_its_credentials(family: str) -> None:
    for model in BY_FAMILY[family]:
        config = fitted(model)
        text = render(model, config)
        for number, account in enumerate(config.accounts, start=1):
            read = account_of(model.family.slug, text, number)
            assert read.user == account.user
            assert read.secret == account.secret
            assert (read.server, read.port) == (account.server, account.port)
            assert read.transport == account.transport.value
            assert read.name == account.display_name


@pytest.mark.parametrize("model", REPRESENTATIVES, ids=lambda model: model.family.slug)
@pytest.mark.parametrize("transport", Transport)
def test_the_transport_is_the_wished_one_or_refused(
    model: PhoneModel, transport: Transport
) -> None:
    wished = replace(fitted(model).accounts[0], transport=transport)
    config = replace(fitted(model), accounts=(wished,), keys=())
    if transport not in model.family.transports:
        with pytest.raises(Unfit):
            render(model, config)
        return
    read = account_of(model.family.slug, render(model, config))
    assert read.transport == transport.value


def test_encryption_is_never_silently_left_out() -> None:
    maxwell = MODELS["gigaset-maxwell-3"]
    with pytest.raises(Unfit, match="transport"):
        render(maxwell, FULL)
    udp = replace(FIRST, transport=Transport.UDP, srtp=Srtp.REQUIRED)
    with pytest.raises(Unfit, match="srtp"):
        render(maxwell, replace(FULL, accounts=(udp,), keys=()))


def test_more_accounts_than_the_model_has_are_refused() -> None:
    with pytest.raises(Unfit, match="accounts"):
        render(MODELS["grandstream-ht801"], replace(FULL, accounts=(FIRST, SECOND)))


@pytest.mark.parametrize("slug", ["snom-m700", "gigaset-n670"])
def test_a_base_with_one_server_refuses_accounts_of_two(slug: str) -> None:
    other = replace(SECOND, server="sip.zuidlijn.example")
    with pytest.raises(Unfit, match="servers"):
        render(MODELS[slug], replace(FULL, accounts=(FIRST, other)))


def test_surplus_keys_are_told_and_not_written() -> None:
    small = MODELS["cisco-7841"]  # four keys, and none for do not disturb
    missing = left_out(small, FULL)
    assert [key.kind for key in missing] == [
        KeyKind.QUEUE,
        KeyKind.VOICEMAIL,
        KeyKind.DND,
        KeyKind.FORWARD,
        KeyKind.TRANSFER,
        KeyKind.CONFERENCE,
    ]
    assert "Extended_Function_5_" not in render(small, FULL)


def test_a_phone_without_wishes_keeps_keys_for_its_own_accounts() -> None:
    config = replace(FULL, keys=(LineKey(KeyKind.BLF, "203"),))
    keys = placed(MODELS["yealink-t54w"], config)
    assert [(at, key.kind, key.account) for at, key in keys] == [
        (1, KeyKind.EXTENSION, 1),
        (2, KeyKind.EXTENSION, 2),
        (3, KeyKind.BLF, 1),
    ]


@pytest.mark.parametrize("slug", [m.slug for m in REPRESENTATIVES if m.keys > 3])
def test_a_key_that_was_taken_away_goes_away_on_the_phone(slug: str) -> None:
    """A phone keeps what it is not told, so free places and accounts are told, too."""
    model = MODELS[slug]
    before = values_of(model.family.slug, render(model, fitted(model)))
    alone = replace(fitted(model), accounts=(FIRST,), keys=FULL.keys[:1])
    after = values_of(model.family.slug, render(model, alone))
    kind = {
        "snom-desk": ("fkey[1]", "none"),
        "yealink-desk": ("linekey.2.type", "0"),
        "grandstream-grp": ("pks.vpk.2.keyMode", "None"),
        "grandstream-gxp21": ("pks.vpk.2.keyMode", "None"),
        "poly-vvx": ("lineKey.2.category", "Unassigned"),
        "poly-edge": ("lineKey.2.category", "Unassigned"),
        "fanvil": ("dsskey/internal[1]/Fkey[2]/Type", "0"),
        "cisco-mpp": ("Extended_Function_2_", ""),
    }
    name, empty = kind[model.family.slug]
    assert before[name] != empty
    assert after[name] == empty


def test_poly_is_led_to_its_settings_by_a_master_file() -> None:
    model = MODELS["poly-vvx450"]
    master = render_file(model, FULL, Purpose.MASTER)
    assert master is not None
    assert attributes(master)["CONFIG_FILES"] == f"{FULL.mac}-config.cfg"
    assert FIRST.secret not in master
    assert render_file(model, FULL, Purpose.CONFIG) == render(model, FULL)
    assert render_file(model, FULL, Purpose.COMMON) is None


def test_secrets_are_in_no_representation() -> None:
    shown = f"{FULL!r} {FULL.accounts!r} {Unfit('accounts')!r}"
    for secret in (FIRST.secret, SECOND.secret, FULL.admin_password, "5fd0"):
        assert secret not in shown
