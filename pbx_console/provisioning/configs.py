"""From a phone's rows to what its file says, and who said which line.

Whoever may see a phone has been asked before: what belongs to its reseller (brand,
host, settings of all customers) is read whatever scope is open.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.conf import settings

from pbx_console.accounts.models import Customer
from pbx_console.accounts.scope import as_everyone
from pbx_console.branding.models import Brand, BrandDomain
from pbx_console.branding.pages import address_of as public_address
from pbx_console.pbx.services.lamps import lamps_of
from pbx_console.provisioning.models import Phone, PhoneKey, PhoneLine, PhoneSettings
from pbx_console.provisioning.render import layers
from pbx_console.provisioning.render.catalogue import MODELS
from pbx_console.provisioning.render.config import (
    COUNTRIES,
    LANGUAGES,
    Account,
    Codec,
    KeyKind,
    LineKey,
    PhoneConfig,
    Srtp,
    Transport,
    Web,
)
from pbx_console.provisioning.render.families import PhoneModel
from pbx_console.provisioning.render.layers import Layer, Line, Origin
from pbx_console.provisioning.render.timezones import ZONES
from pbx_console.provisioning.render.values import LONGEST_TEXT

MASKED: Final = "•••"
MESSAGES: Final = "*97"
PICKUP: Final = "*88"
CODECS: Final = (Codec.G722, Codec.PCMA, Codec.PCMU)  # what Asterisk talks to phones
_LOGS_IN: Final = "*45"
_OTHER_BOX: Final = "*98"
PHONEBOOK: Final = "phonebook.xml"
LOGO: Final = "logo.png"


def model_of(phone: Phone) -> PhoneModel:
    """Return the catalogue's model."""
    return MODELS[phone.model]


def host_of(customer: Customer) -> str:
    """Return the main host of the customer's reseller; "" for one that has none."""
    with as_everyone("host of a reseller"):
        proven = BrandDomain.objects.filter(
            brand__reseller=customer.reseller_id, proven_at__isnull=False
        )
        row = proven.filter(failing_since=None).first() or proven.first()
    return row.host if row else ""


def address_of(phone: Phone) -> str:
    """Return the secret address of a phone's files: for its file and its eyes only."""
    return public_address(host_of(phone.customer), f"/p/{phone.secret}/")


def server_of(customer: Customer) -> str:
    """Return where phones register: the reseller's name, or the deployment's."""
    if settings.PHONE_SERVER == "house":
        return str(settings.SIP_DOMAIN)
    return host_of(customer) or str(settings.SIP_DOMAIN)


def transport_of(phone: Phone) -> Transport:
    """Return how a phone talks: its own way, else the house's."""
    return Transport(phone.transport or settings.PHONE_TRANSPORT)


def srtp_of(phone: Phone) -> Srtp:
    """Return whether its speech is encrypted; without TLS its key would be readable."""
    if phone.srtp:
        return Srtp(phone.srtp)
    return Srtp.REQUIRED if transport_of(phone) is Transport.TLS else Srtp.OFF


def is_weaker(phone: Phone) -> bool:
    """Say whether a phone's own setting takes encryption away that the house has."""
    secure = settings.PHONE_TRANSPORT == Transport.TLS
    weaker = transport_of(phone) is not Transport.TLS
    return secure and (weaker or srtp_of(phone) is not Srtp.REQUIRED)


def config_of(phone: Phone) -> PhoneConfig:
    """Return what a phone is told. Raises BadValue for what no phone can be told."""
    with as_everyone("file of a phone"):
        brand = Brand.objects.filter(reseller=phone.customer.reseller_id).first()
        return _config(phone, brand, host_of(phone.customer))


def _config(phone: Phone, brand: Brand | None, host: str) -> PhoneConfig:
    customer = phone.customer
    below = address_of(phone) if host else ""
    name = _text(brand.softphone) if brand else ""
    return PhoneConfig(
        mac=phone.mac,
        accounts=tuple(_account(phone, line) for line in _lines(phone)),
        keys=_keys(phone),
        time_zone=customer.timezone if customer.timezone in ZONES else "Europe/Berlin",
        language=customer.language if customer.language in LANGUAGES else "en",
        country=customer.country if customer.country in COUNTRIES else "DE",
        ntp_server=settings.PHONE_TIME_SERVER,
        phonebook_url=below and _phonebook(phone, below),
        phonebook_name=name,
        voicemail_number=MESSAGES,
        pickup_prefix=PICKUP,
        admin_password=str(phone.admin_password),
        web=Web(settings.PHONE_WEB),
        idle_text=name,
        logo_url=f"{below}{LOGO}"
        if below and brand and brand.files.get("logo")
        else "",
        provisioning_url=below,
    )


def _phonebook(phone: Phone, below: str) -> str:
    """Return where the book is; Grandstream's phones add its name by themselves."""
    adds = model_of(phone).family.slug.startswith("grandstream")
    return below if adds else f"{below}{PHONEBOOK}"


def _lines(phone: Phone) -> list[PhoneLine]:
    rows = phone.lines.select_related("extension__customer", "device")
    lines = list(rows.order_by("position"))
    for line in lines:
        if line.device is not None:
            line.device.extension = line.extension
    return lines


def _account(phone: Phone, line: PhoneLine) -> Account:
    transport, account = transport_of(phone), line.account
    secure = transport is Transport.TLS
    return Account(
        user=account.endpoint_id,
        secret=str(account.secret),
        server=server_of(phone.customer),
        number=line.extension.number,
        display_name=_text(line.extension.name),
        port=settings.SIP_TLS_PORT if secure else settings.SIP_PORT,
        transport=transport,
        srtp=srtp_of(phone),
        codecs=CODECS,
        voicemail=MESSAGES,
    )


def _text(text: str) -> str:
    return text.strip()[:LONGEST_TEXT].strip()


def _keys(phone: Phone) -> tuple[LineKey, ...]:
    """Return the keys by position; what nobody chose is a free one, so none moves."""
    rows = {row.position: row for row in phone.keys.all()}
    count = max(rows, default=0)
    free, lamp_of = LineKey(KeyKind.FREE), lamps_of(phone.customer) if rows else str
    return tuple(
        _key(rows[at], lamp_of) if at in rows else free for at in range(1, count + 1)
    )


def _key(row: PhoneKey, lamp_of: Callable[[str], str]) -> LineKey:
    kind = KeyKind(row.kind)
    inside = row.value.isascii() and row.value.isdigit() and len(row.value) <= 6
    value, lamp = row.value, ""
    if inside and kind in (KeyKind.BLF, KeyKind.PARK):
        lamp = lamp_of(value)
    elif inside and kind is KeyKind.QUEUE:
        value = f"{_LOGS_IN}{value}"
    elif inside and kind is KeyKind.VOICEMAIL:
        value = f"{_OTHER_BOX}{value}"
    return LineKey(kind, value, _text(row.label), account=row.line, lamp=lamp)


def layers_of(phone: Phone) -> list[Layer]:
    """Return what reseller, customer and this phone set, the weakest first."""
    family, customer = model_of(phone).family.slug, phone.customer
    with as_everyone("settings of a phone"):
        rows = PhoneSettings.objects.filter(
            reseller=customer.reseller_id, family=family
        )
        found = {row.customer_id: row.settings for row in rows}
    return [
        Layer(Origin.RESELLER, found.get(None, {})),
        Layer(Origin.CUSTOMER, found.get(customer.pk, {})),
        Layer(Origin.DEVICE, phone.settings),
    ]


def lines_of(phone: Phone) -> list[Line]:
    """Return the file line by line with who set it; what is secret is masked."""
    config = config_of(phone)
    hidden = [one.secret for one in config.accounts]
    hidden += [str(phone.secret), config.admin_password]
    return [
        _masked(line, hidden)
        for line in layers.lines(model_of(phone), config, layers_of(phone))
    ]


def _masked(line: Line, hidden: list[str]) -> Line:
    secret = line.secret or any(one and one in line.value for one in hidden)
    return line._replace(value=MASKED, secret=True) if secret else line
