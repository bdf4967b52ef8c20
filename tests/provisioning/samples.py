"""Phones as a reseller would set them up; all of it is invented."""

from __future__ import annotations

from dataclasses import replace

from pbx_console.provisioning.render.catalogue import ALL_MODELS, FAMILIES
from pbx_console.provisioning.render.config import (
    Account,
    KeyKind,
    LineKey,
    PhoneConfig,
    Srtp,
    Transport,
    Web,
)
from pbx_console.provisioning.render.families import PhoneModel

# One model of every family: the last one, which has the most keys.
REPRESENTATIVES = tuple({model.family.slug: model for model in ALL_MODELS}.values())
BY_FAMILY = {
    slug: [model for model in ALL_MODELS if model.family.slug == slug]
    for slug in FAMILIES
}
MAC = "000413a1b2c3"
FIRST = Account(
    user="c7k2mp-201",
    secret="3b1f9c0d5e7a4821b6c0",
    server="sip.nordbel.example",
    number="201",
    display_name="Anna Müller",
)
SECOND = Account(
    user="c7k2mp-202",
    secret="90ab12cd34ef56a7b8c9",
    server="sip.nordbel.example",
    number="202",
    display_name="Bernd O'Neill & Söhne <Lager>",
)
KEYS = (
    LineKey(KeyKind.EXTENSION, label="201"),
    LineKey(KeyKind.BLF, "203", "Carla", lamp="203-3f9ab0c71d24"),
    LineKey(KeyKind.SPEED_DIAL, "+4930123456", "Zentrale"),
    LineKey(KeyKind.PARK, "701", "Parken 1", lamp="701-3f9ab0c71d24"),
    LineKey(KeyKind.QUEUE, "*45600", "Vertrieb"),
    LineKey(KeyKind.VOICEMAIL, "*97700", "Gemeinsame Box"),
    LineKey(KeyKind.DND, label="Ruhe"),
    LineKey(KeyKind.FORWARD, "+491701234567", "Umleitung"),
    LineKey(KeyKind.TRANSFER, label="Verbinden"),
    LineKey(KeyKind.CONFERENCE, label="Konferenz"),
)
FULL = PhoneConfig(
    mac=MAC,
    accounts=(FIRST, SECOND),
    keys=KEYS,
    ntp_server="ntp.nordbel.example",
    phonebook_url="https://phones.nordbel.example/p/5fd0/book",
    phonebook_name="Nordbel",
    voicemail_number="*97",
    pickup_prefix="*88",
    admin_password="Kx7-pt93.zz",
    web=Web.PROTECTED,
    idle_text="Nordbel Telefonie",
    logo_url="https://phones.nordbel.example/logo.png",
    firmware_url="https://phones.nordbel.example/firmware/1.bin",
    provisioning_url="https://phones.nordbel.example/p/5fd0b1c2/",
)


def fitted(model: PhoneModel, config: PhoneConfig = FULL) -> PhoneConfig:
    """Return the configuration with as many accounts and as much safety as fits."""
    accounts = config.accounts[: model.accounts]
    if Transport.TLS not in model.family.transports:
        plain = {"transport": Transport.UDP, "srtp": Srtp.OFF, "port": 5060}
        accounts = tuple(replace(one, **plain) for one in accounts)
    keys = tuple(key for key in config.keys if key.account <= len(accounts))
    return replace(config, accounts=accounts, keys=keys)
