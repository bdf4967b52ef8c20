"""Every kind of mail there is: its subject, whom it may reach, and an example of it.

A kind has two templates, `mail/<name>.html` (extends `mail/base.html`) and
`mail/<name>.txt`. Templates see the context given to `send`, and besides:

- `brand`, `product_name`, `recipient` (the name, may be empty), `language`, `sender`;
- for `path` and every `…_path`: `url` and `…_url`, absolute and of the brand's own host;
- every `…_at` as text in the reader's language and the reseller's time zone;
- for `currency` the amounts `used` and `cap` as the reader writes money;
- for `role` its name in the reader's language as `role_label`, for `region` as `country`.

Context values are texts, numbers, dates and lists of them: they travel as JSON.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop


class Audience(StrEnum):
    """Whom a kind may reach. `branding.mail.queue` refuses everybody else."""

    PERSON = "person"
    RESELLER = "reseller"
    PLATFORM = "platform"


AUDIENCES = {
    Audience.PERSON: _("The person concerned"),
    Audience.RESELLER: _("Your own staff"),
    Audience.PLATFORM: _("Staff of the house"),
}
_SOON = dt.datetime(2026, 11, 29, 9, 30, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind. `subject` and `about` are message ids; subjects take `%(product)s` and
    whatever `sample` names."""

    name: str
    subject: str
    about: str
    audience: Audience
    sample: Mapping[str, Any]

    @property
    def audience_label(self) -> Any:
        """Return whom it reaches, translated where it is shown."""
        return AUDIENCES[self.audience]


_ALL = (
    Kind(
        "invitation",
        gettext_noop("Your access to %(product)s"),
        gettext_noop("Somebody is invited to sign in for the first time."),
        Audience.PERSON,
        {
            "inviter": "Jana Petersen",
            "organisation": "Hafenkontor Lindqvist",
            "role": "admin",
            "path": "/invitation/example",
            "ends_at": _SOON,
        },
    ),
    Kind(
        "password_reset",
        gettext_noop("A new password for %(product)s"),
        gettext_noop("Somebody asked for a new password at the sign-in page."),
        Audience.PERSON,
        {"path": "/password/example", "ends_at": _SOON},
    ),
    Kind(
        "second_factor_reset",
        gettext_noop("Your second factor was reset"),
        gettext_noop("A second factor was lost and somebody above reset it."),
        Audience.PERSON,
        {"by": "Jana Petersen", "happened_at": _SOON, "path": "/sign-in/"},
    ),
    Kind(
        "domain_failing",
        gettext_noop("%(host)s no longer leads here"),
        gettext_noop("A domain lost its proof or leads elsewhere; it has three days."),
        Audience.RESELLER,
        {
            "host": "phone.example.com",
            "problem": _("The TXT record is gone."),
            "path": "/brand/domains/",
        },
    ),
    Kind(
        "domain_off",
        gettext_noop("%(host)s was switched off"),
        gettext_noop("The proof of a domain was missing for too long."),
        Audience.RESELLER,
        {
            "host": "phone.example.com",
            "problem": _("The TXT record is gone."),
            "path": "/brand/domains/",
        },
    ),
    Kind(
        "quota_warning",
        gettext_noop("Almost used up: %(what)s"),
        gettext_noop("A quota has reached 80 %."),
        Audience.RESELLER,
        {
            "what": _("Extensions"),
            "owner": "Hafenkontor Lindqvist",
            "used": 80,
            "limit": 100,
            "percent": 80,
            "path": "/",
        },
    ),
    Kind(
        "limit_warning",
        gettext_noop("Calls of %(owner)s have almost reached a limit"),
        gettext_noop("A limit of calls to the outside has reached 80 %."),
        Audience.PERSON,
        {
            "owner": "Hafenkontor Lindqvist",
            "extension": "",
            "window": "day",
            "measure": "money",
            "percent": 80,
            "used": "80.10",
            "cap": "100.00",
            "currency": "EUR",
            "happened_at": _SOON,
            "path": "/",
        },
    ),
    Kind(
        "limit_reached",
        gettext_noop("Calls to the outside are stopped: %(owner)s"),
        gettext_noop("A limit was reached; calls to the outside ended."),
        Audience.PERSON,
        {
            "owner": "Hafenkontor Lindqvist",
            "extension": "",
            "window": "hour",
            "measure": "minutes",
            "percent": 100,
            "used": "1000",
            "cap": "1000",
            "happened_at": _SOON,
            "path": "/",
        },
    ),
    Kind(
        "sum_warning",
        gettext_noop("Calls of all customers have almost reached a limit"),
        gettext_noop("Your own limit of calls to the outside has reached 80 %."),
        Audience.RESELLER,
        {
            "owner": "Hafenkontor Telefonie",
            "window": "day",
            "measure": "money",
            "percent": 80,
            "used": "401.20",
            "cap": "500.00",
            "currency": "EUR",
            "happened_at": _SOON,
            "path": "/",
        },
    ),
    Kind(
        "sum_reached",
        gettext_noop("Calls of all customers to the outside are stopped"),
        gettext_noop("Your own limit was reached; calls to the outside ended."),
        Audience.RESELLER,
        {
            "owner": "Hafenkontor Telefonie",
            "window": "day",
            "measure": "money",
            "percent": 100,
            "used": "500.00",
            "cap": "500.00",
            "currency": "EUR",
            "happened_at": _SOON,
            "path": "/",
        },
    ),
    Kind(
        "new_destination",
        gettext_noop("First call to another country: %(owner)s"),
        gettext_noop("A customer called a country for the first time."),
        Audience.PERSON,
        {
            "owner": "Hafenkontor Lindqvist",
            "extension": "201",
            "region": "PL",
            "number": "+48221234567",
            "happened_at": _SOON,
            "path": "/",
        },
    ),
    Kind(
        "voicemail_message",
        gettext_noop("New message for %(box)s"),
        gettext_noop("Somebody left a message in a voicemail box."),
        Audience.PERSON,
        {
            "box": "214 Jana Petersen",
            "caller": "+49 30 23125 012",
            "left_at": _SOON,
            "seconds": 34,
            "path": "/",
        },
    ),
    Kind(
        "voicemail_locked",
        gettext_noop("Voicemail closed for 15 minutes: %(box)s"),
        gettext_noop("A voicemail box was closed after wrong PINs."),
        Audience.PERSON,
        {"box": "214 Jana Petersen", "happened_at": _SOON, "path": "/"},
    ),
    Kind(
        "soft_client",
        gettext_noop("Extension %(extension)s on your computer or mobile"),
        gettext_noop("Somebody is sent the link that sets up a program as a phone."),
        Audience.PERSON,
        {
            "client": "Linphone",
            "extension": "214 Jana Petersen",
            "path": "/set-up/example/",
            "ends_at": _SOON,
        },
    ),
    Kind(
        "porting_soon",
        gettext_noop("Porting on %(day)s: %(owner)s"),
        gettext_noop("Numbers are ported in two days."),
        Audience.RESELLER,
        {
            "owner": "Hafenkontor Lindqvist",
            "numbers": "+493023125400",
            "carrier": "Nordnetz",
            "day": "01.12.2026",
            "path": "/",
        },
    ),
    Kind(
        "porting_overdue",
        gettext_noop("Porting overdue: %(owner)s"),
        gettext_noop("The day of a porting has passed and it is not done."),
        Audience.RESELLER,
        {
            "owner": "Hafenkontor Lindqvist",
            "numbers": "+493023125400",
            "carrier": "Nordnetz",
            "day": "01.12.2026",
            "path": "/",
        },
    ),
    Kind(
        "trunk_down",
        gettext_noop("The carrier does not answer: %(trunk)s"),
        gettext_noop("A trunk stopped answering; calls go over the next one."),
        Audience.RESELLER,
        {
            "trunk": "Nordnetz",
            "trouble": "wrong_name",
            "happened_at": _SOON,
            "path": "/trunks/",
        },
    ),
    Kind(
        "trunk_back",
        gettext_noop("The carrier answers again: %(trunk)s"),
        gettext_noop("A trunk that was told as away answers again."),
        Audience.RESELLER,
        {
            "trunk": "Nordnetz",
            "happened_at": _SOON,
            "path": "/trunks/",
        },
    ),
    Kind(
        "emergency_call",
        gettext_noop("Emergency call %(dialled)s from extension %(extension)s"),
        gettext_noop("Somebody dialled an emergency number."),
        Audience.PERSON,
        {
            "owner": "Hafenkontor Lindqvist",
            "extension": "214",
            "dialled": "112",
            "site": "Am Sandtorkai 5, 20457 Hamburg",
            "happened_at": _SOON,
            "path": "/",
        },
    ),
    Kind(
        "phone_alarm",
        gettext_noop("Somebody asked for the settings of a phone"),
        gettext_noop("A stranger tried to fetch the settings of a phone."),
        Audience.RESELLER,
        {
            "owner": "Hafenkontor Lindqvist",
            "phone": "Empfang",
            "reason": "second_fetcher",
            "address": "203.0.113.7",
            "happened_at": _SOON,
            "path": "/phones/",
        },
    ),
    Kind(
        "phones_silent",
        gettext_noop("Phones that went silent: %(count)s"),
        gettext_noop("Phones were registered and are not any more."),
        Audience.RESELLER,
        {
            "count": 2,
            "phones": ["Hafenkontor Lindqvist: Empfang, Lager"],
            "more": 0,
            "path": "/phones/",
        },
    ),
    Kind(
        "test",
        gettext_noop("Test mail from %(product)s"),
        gettext_noop("You asked for it on this page."),
        Audience.PERSON,
        {"path": "/brand/mails/"},
    ),
)
KINDS: dict[str, Kind] = {kind.name: kind for kind in _ALL}
