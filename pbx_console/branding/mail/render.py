"""A kind and its context into subject, HTML and text, in the reader's language."""

from __future__ import annotations

import base64
import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel import dates, numbers
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext, override

from pbx_console.accounts.locales import locale
from pbx_console.accounts.models import Role
from pbx_console.branding.mail.dress import Dress, dress_of, logo_png
from pbx_console.branding.mail.kinds import Kind
from pbx_console.branding.models import Brand
from pbx_console.branding.pages import absolute_url

LOGOS = {"logo": "logo", "logo-dark": "logo_dark"}  # content id -> kind of picture


@dataclass(frozen=True, slots=True)
class Rendered:
    """One mail, ready to be packed; `pictures` by the content ids of the HTML."""

    dress: Dress
    subject: str
    html: str
    text: str
    pictures: Mapping[str, bytes]

    @property
    def page(self) -> str:
        """Return the HTML with its pictures inside, as a browser shows it."""
        html = self.html
        for name, data in self.pictures.items():
            inside = f"data:image/png;base64,{base64.b64encode(data).decode()}"
            html = html.replace(f'"cid:{name}"', f'"{inside}"')
        return html


def render(
    brand: Brand, kind: Kind, language: str, context: Mapping[str, Any], name: str = ""
) -> Rendered:
    """Return a mail as its reader gets it. Raises LookupError without a proven domain."""
    zone = ZoneInfo(brand.reseller.timezone if brand.reseller else "Europe/Berlin")
    dress = dress_of(brand)
    with override(language), timezone.override(zone):
        values = {
            **_explained(brand, context),
            "brand": dress,
            "product_name": dress.product_name,
            "recipient": name,
            "language": language,
            "sender": dress.from_address,
        }
        values["subject"] = subject_of(kind, dress, values)
        html = render_to_string(f"mail/{kind.name}.html", values)
        text = render_to_string(f"mail/{kind.name}.txt", values)
    pictures = {cid: logo_png(brand, which) for cid, which in LOGOS.items()}
    return Rendered(dress, values["subject"], html, _tidy(text), pictures)


def subject_of(kind: Kind, dress: Dress, values: Mapping[str, Any]) -> str:
    """Return the subject in the language in force, on one line."""
    known = {**kind.sample, **values, "product": dress.product_name}
    subject = gettext(kind.subject)
    for name in re.findall(r"%\((\w+)\)s", subject):
        subject = subject.replace(f"%({name})s", str(known.get(name, "")))
    return " ".join(subject.split())[:200]


def _explained(brand: Brand, context: Mapping[str, Any]) -> dict[str, Any]:
    """Return the context with addresses made absolute and times made readable."""
    values: dict[str, Any] = {}
    for name, value in context.items():
        if name == "path" or name.endswith("_path"):
            values[name.removesuffix("path") + "url"] = absolute_url(brand, str(value))
        elif name.endswith("_at"):
            values[name] = _moment(value)
        else:
            values[name] = value
    if role := context.get("role"):
        values["role_label"] = Role(role).label if role in Role.values else role
    if currency := context.get("currency"):
        for name in ("used", "cap"):
            values[name] = _money(context.get(name, 0), str(currency))
    if region := context.get("region"):
        values["country"] = locale().territories.get(region, region)
    return values


def _money(amount: Any, currency: str) -> str:
    """Return an amount as the reader writes it: 8.412,60 €."""
    return numbers.format_currency(Decimal(str(amount)), currency, locale=locale())


def _moment(value: Any) -> str:
    """Return a time as the reader writes it; "" for what is none."""
    moment = value if isinstance(value, dt.datetime) else parse_datetime(str(value))
    if moment is None:
        return ""
    local = timezone.localtime(moment) if moment.tzinfo else moment
    day = dates.format_date(local, "long", locale=locale())
    return f"{day}, {local:%H:%M}"


def _tidy(text: str) -> str:
    """Return plain text with single empty lines; templates leave more."""
    lines = [line.rstrip() for line in text.strip().splitlines()]
    tidy = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"
    return tidy.replace("\n--\n", "\n-- \n")  # RFC 3676, 4.3: the signature's line
