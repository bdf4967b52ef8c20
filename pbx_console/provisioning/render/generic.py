"""A phone of any vendor: its account as a sheet to type in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pbx_console.provisioning.render.config import PhoneConfig
from pbx_console.provisioning.render.families import (
    Family,
    Feature,
    Fetch,
    PhoneModel,
    Setting,
)
from pbx_console.provisioning.render.formats import KeyValue


def settings(model: PhoneModel, config: PhoneConfig) -> Iterator[Setting]:
    """Yield what every SIP phone asks for."""
    for number, account in enumerate(config.accounts, start=1):
        own, at = Feature.ACCOUNTS, f"account_{number}"
        yield Setting(f"{at}.user", account.user, own, locked=True)
        yield Setting(f"{at}.password", account.secret, own, secret=True)
        yield Setting(f"{at}.server", account.server, own, locked=True)
        yield Setting(f"{at}.port", str(account.port), own, locked=True)
        yield Setting(f"{at}.transport", account.transport.value, own, locked=True)
        yield Setting(f"{at}.display_name", account.label, own, locked=True)
        srtp, codecs = account.srtp.value, ", ".join(c.value for c in account.codecs)
        yield Setting(f"{at}.srtp", srtp, Feature.ENCRYPTION, locked=True)
        yield Setting(f"{at}.codecs", codecs, Feature.CODECS, locked=True)
        mailbox = config.voicemail_of(account)
        if mailbox:
            yield Setting(f"{at}.voicemail", mailbox, Feature.VOICEMAIL, locked=True)


_FEATURES: Final = frozenset(
    {Feature.ACCOUNTS, Feature.ENCRYPTION, Feature.CODECS, Feature.VOICEMAIL}
)
FAMILY: Final = Family(
    slug="generic",
    vendor="",
    name="SIP account",
    form=KeyValue(),
    settings=settings,
    features=_FEATURES,
    documented=_FEATURES,
    fetches=(Fetch("{mac}.txt"),),
    user_agent=re.compile(r"(?!)"),
    sources=("RFC 3261",),
)
MODELS: Final = (PhoneModel("generic", FAMILY, "SIP account", 16, 0, verified=True),)
