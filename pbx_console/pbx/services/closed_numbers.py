"""Numbers that calls may not be sent on to, by the limits; told when one is saved."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from pbx_console.accounts.locales import locale
from pbx_console.accounts.models import Customer
from pbx_console.pbx.models import Extension

_WHY = {
    "range_closed": gettext_noop(
        "%(number)s is a premium, satellite or often abused number, and these are"
        " closed. Open them in the limits first."
    ),
    "country_closed": gettext_noop(
        "Calls to %(country)s are closed. Open the country in the limits first."
    ),
    "forward_closed": gettext_noop(
        "%(number)s is expensive, and calls may not be sent on to expensive numbers."
        " Allow it in the limits first."
    ),
}


def refuse_closed(
    customer: Customer, number: str, *, field: str, extension: Extension | None = None
) -> None:
    """Raise ValidationError when the limits let no call be sent on to `number`."""
    asked = [customer.pk, extension.pk if extension else None, number, number]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT asterisk.forward_closed(%s, %s, %s),"
            " (asterisk.range_of(%s)).region",
            asked,
        )
        reason, region = cursor.fetchone()
    if reason:
        country = locale().territories.get(region or "", number)
        words = _(_WHY[reason]) % {"number": number, "country": country}
        raise ValidationError({field: words})
