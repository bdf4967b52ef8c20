"""Gigaset: DECT managers of the N series and Maxwell desk phones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pbx_console.provisioning.render.config import Account, PhoneConfig, Srtp, Transport
from pbx_console.provisioning.render.families import (
    Family,
    Feature,
    Fetch,
    PhoneModel,
    Setting,
    adjustable,
)
from pbx_console.provisioning.render.formats import ParamXml
from pbx_console.provisioning.render.keys import unused

_TRANSPORTS: Final = {Transport.UDP: "1", Transport.TCP: "2", Transport.TLS: "3"}
_TONES: Final = {
    "DE": "Germany",
    "NL": "Netherlands",
    "AT": "Austria",
    "CH": "Switzerland",
    "GB": "Great Britain",
    "FR": "France",
    "BE": "Belgium",
    "LU": "Germany",
    "IT": "Italy",
    "ES": "Spain",
}


def base_settings(model: PhoneModel, config: PhoneConfig) -> Iterator[Setting]:
    """Yield the settings of a DECT manager: handset n belongs to account n."""
    yield from _provider(config.accounts[0])
    for number, account in enumerate(config.accounts, start=1):
        yield from _handset(config, f"{number:05d}", account)
    yield Setting("DmGlobal.0.TimeZone", config.time_zone, Feature.TIME_ZONE)
    tones = _TONES[config.country]
    yield Setting("Telephony.0.ToneScheme", tones, Feature.LANGUAGE)
    if config.ntp_server:
        yield Setting("DmGlobal.0.NtpServer", config.ntp_server, Feature.TIME_SERVER)
    yield from _base_access(config)


def _provider(account: Account) -> Iterator[Setting]:
    own, safe, at = Feature.ACCOUNTS, Feature.ENCRYPTION, "SipProvider.0"
    port = str(account.port)
    yield Setting(f"{at}.Domain", account.server, own, locked=True)
    yield Setting(f"{at}.ProxyServerAddress", account.server, own, locked=True)
    yield Setting(f"{at}.ProxyServerPort", port, own, locked=True)
    yield Setting(f"{at}.RegServerAddress", account.server, own, locked=True)
    yield Setting(f"{at}.RegServerPort", port, own, locked=True)
    transport = _TRANSPORTS[account.transport]
    yield Setting(f"{at}.TransportProtocol", transport, own, locked=True)
    srtp = "0" if account.srtp is Srtp.OFF else "1"
    yield Setting(f"{at}.SRTP_Enabled", srtp, safe, locked=True)
    plain = "0" if account.srtp is Srtp.REQUIRED else "1"
    yield Setting(f"{at}.AcceptNonSRTPCalls", plain, safe, locked=True)


def _handset(config: PhoneConfig, number: str, account: Account) -> Iterator[Setting]:
    own, at = Feature.ACCOUNTS, f"SipAccount.{number}"
    yield Setting(f"{at}.AuthName", account.user, own, locked=True)
    yield Setting(f"{at}.AuthPassword", account.secret, own, secret=True)
    yield Setting(f"{at}.UserName", account.user, own, locked=True)
    yield Setting(f"{at}.ProviderId", "0", own, locked=True)
    yield Setting(f"{at}.DisplayName", account.label, own)
    mailbox = config.voicemail_of(account)
    if mailbox:
        yield Setting(f"{at}.VoiceMailMailbox", mailbox, Feature.VOICEMAIL)
        yield Setting(f"{at}.VoiceMailActive", "1", Feature.VOICEMAIL)


def _base_access(config: PhoneConfig) -> Iterator[Setting]:
    if config.admin_password:
        own, password = Feature.ADMIN_PASSWORD, config.admin_password
        yield Setting("WebUIAccounts.1.Password", password, own, secret=True)
    if config.phonebook_url:
        own = Feature.PHONEBOOK
        yield Setting("Netdir.1.Activated", "1", own)
        yield Setting("XMLDir.1.ServerURL", config.phonebook_url, own, secret=True)
        if config.phonebook_name:
            yield Setting("XMLDir.1.ProviderName", config.phonebook_name, own)
    if config.provisioning_url:
        own, address = Feature.PROVISIONING_URL, config.provisioning_url
        yield Setting(
            "Provisioning.global.ProvisioningServer", address, own, secret=True
        )
        # Else "check-sync;reboot=true" only fetches (Gigaset's wiki, from 2.52 on).
        again = "SystemSettings.global.CheckSyncRebootEnabled"
        yield Setting(again, "1", own, locked=True)


def desk_settings(model: PhoneModel, config: PhoneConfig) -> Iterator[Setting]:
    """Yield the settings of a Maxwell. Its document names no transport: UDP only."""
    yield Setting("SIP.DefaultAccount", "0", Feature.ACCOUNTS)
    for index, account in enumerate(config.accounts):
        own, at = Feature.ACCOUNTS, f"SIP.Account.{index}"
        port = str(account.port)
        yield Setting(f"{at}.Active", "1", own, locked=True)
        yield Setting(f"{at}.AccountName", account.label, own)
        yield Setting(f"{at}.DisplayName", account.label, own)
        yield Setting(f"{at}.Username", account.user, own, locked=True)
        yield Setting(f"{at}.AuthName", account.user, own, locked=True)
        yield Setting(f"{at}.AuthPassword", account.secret, own, secret=True)
        yield Setting(f"{at}.Domain", account.server, own, locked=True)
        yield Setting(f"{at}.ProxyServer.Address", account.server, own, locked=True)
        yield Setting(f"{at}.ProxyServer.Port", port, own, locked=True)
        yield Setting(
            f"{at}.RegistrationServer.Address", account.server, own, locked=True
        )
        yield Setting(f"{at}.RegistrationServer.Port", port, own, locked=True)
    for number in unused(model, config):
        path = f"SIP.Account.{number - 1}.Active"
        yield Setting(path, "0", Feature.ACCOUNTS, locked=True)


_FETCHES: Final = (Fetch("{mac}.xml", upper=True),)
_AGENT: Final = re.compile(
    r'^"?(?:Gigaset )?(?P<model>[\w ]+?)/(?P<firmware>[\w.]+)(?:\+[\w.]+)?'
    r";(?P<mac>[0-9A-Fa-f]{12})?"
)
BASE: Final = Family(
    slug="gigaset-dect",
    vendor="Gigaset",
    name="N series",
    form=ParamXml(product="e2"),
    settings=base_settings,
    features=frozenset(
        {
            Feature.ACCOUNTS,
            Feature.ENCRYPTION,
            Feature.TIME_ZONE,
            Feature.TIME_SERVER,
            Feature.LANGUAGE,
            Feature.VOICEMAIL,
            Feature.ADMIN_PASSWORD,
            Feature.PHONEBOOK,
            Feature.PROVISIONING_URL,
        }
    ),
    documented=frozenset(),
    fetches=_FETCHES,
    user_agent=_AGENT,
    sources=("N610, N670, N870: SIP multicast (Gigaset wiki): only the file's format",),
    adjustable=adjustable(
        flag=r"Telephony\.0\.CT_ViaRKey Telephony\.0\.CT_ByOnHook Netdir\.1\.Activated "
        r"SipAccount\.\d{5}\.VoiceMailActive SystemSettings\.global\.SipMulticastEnabled",
        count=r"SipProvider\.0\.RegServerRefreshTimer SipProvider\.0\.DTMFTransmission",
        word=r"Telephony\.0\.ToneScheme DmGlobal\.0\.NtpServer",
        words=r"DmGlobal\.0\.TimeZone",
        text=r"SipAccount\.\d{5}\.DisplayName XMLDir\.1\.ProviderName",
    ),
    one_server=True,
)
MAXWELL: Final = Family(
    slug="gigaset-maxwell",
    vendor="Gigaset",
    name="Maxwell",
    form=ParamXml(product="mx3b", wrapper=""),
    settings=desk_settings,
    features=frozenset({Feature.ACCOUNTS}),
    documented=frozenset({Feature.ACCOUNTS}),
    fetches=_FETCHES,
    user_agent=_AGENT,
    sources=("FAQ Maxwell: Auto provisioning, nested profiles (Gigaset wiki)",),
    adjustable=adjustable(
        flag=r"SIP\.Account\.\d{1,2}\.CallWaiting",
        text=r"SIP\.Account\.\d{1,2}\.(?:AccountName|DisplayName)",
    ),
    transports=frozenset({Transport.UDP}),
    srtp=frozenset({Srtp.OFF}),
)


def _base(name: str, accounts: int) -> PhoneModel:
    slug = f"gigaset-{name.split()[0].lower()}"
    return PhoneModel(slug, BASE, name, accounts, 0, verified=False)


MODELS: Final = (
    _base("N610 IP PRO", 8),
    _base("N670 IP PRO", 20),
    _base("N870 IP PRO", 250),
    PhoneModel("gigaset-maxwell-3", MAXWELL, "Maxwell 3", 4, 0, verified=True),
)
