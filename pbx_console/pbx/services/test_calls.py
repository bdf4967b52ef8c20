"""A call over one trunk, tried by a person at the console, with the result in words.

Asterisk rings the number, waits five seconds after the answer and hangs up (context
`test-call`); how it went it leaves in its own store for us. Nobody is billed for it.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

import phonenumbers
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models.resellers import Country
from pbx_console.accounts.services import audit
from pbx_console.asterisk.ami.client import ask_all
from pbx_console.pbx.models import Did, Trunk

FAMILY = "testcall"
RING_SECONDS = 25
LONGEST_SECONDS = 90
REMEMBERED_SECONDS = 900
_RINGING = "test-call-begun:%s"
_REMEMBERED = "test-call:%s"
_KINDS = {
    phonenumbers.PhoneNumberType.FIXED_LINE,
    phonenumbers.PhoneNumberType.MOBILE,
    phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    phonenumbers.PhoneNumberType.VOIP,
    phonenumbers.PhoneNumberType.TOLL_FREE,
}
CAUSES: dict[int, Promise] = {
    1: gettext_lazy("The carrier does not know this number."),
    3: gettext_lazy("The carrier has no way to this number."),
    18: gettext_lazy("The carrier did not answer at all."),
    19: gettext_lazy("It rang, and nobody answered. The trunk works."),
    20: gettext_lazy("The carrier cannot be reached."),
    21: gettext_lazy(
        "The carrier refused the call: account, address or caller's number."
    ),
    27: gettext_lazy("The carrier cannot be reached."),
    28: gettext_lazy("The carrier cannot read the number: check the number format."),
    34: gettext_lazy("The carrier has no free line, or this trunk's own limit is met."),
    38: gettext_lazy("The carrier's network is out of order."),
    41: gettext_lazy("The carrier has a fault for the moment. Try again."),
    42: gettext_lazy("The carrier is overloaded."),
    58: gettext_lazy("The two sides agree on no way of speech: codecs or SRTP."),
    88: gettext_lazy("The two sides agree on no way of speech: codecs or SRTP."),
}
GOOD = {
    "ANSWER": gettext_lazy("It was answered. The trunk works."),
    "BUSY": gettext_lazy("It is busy there. The trunk works."),
    "NOANSWER": gettext_lazy("It rang, and nobody answered. The trunk works."),
}


@dataclass(frozen=True, slots=True)
class Result:
    """How it went: `good` says that the trunk works."""

    good: bool
    words: str


def start_test_call(actor: Actor, *, trunk: Trunk, number: str) -> str:
    """Ring `number` over `trunk`; return the id to ask the result with.

    Raises ValidationError for numbers that no test may ring, AmiError without Asterisk.
    """
    wanted = callable_number(number)
    key = secrets.token_hex(8)
    variables = {
        "TEST_ID": key,
        "TEST_TRUNK": trunk.slug,
        "TEST_NUMBER": _written(wanted, trunk),
        "TEST_CALLER": _written(_stock_number(trunk), trunk),
    }
    audit.record(actor, "trunk.tested", trunk, key=trunk.slug, after={"number": wanted})
    (answer,) = ask_all(
        [
            {
                "Action": "Originate",
                "Channel": "Local/s@test-call",
                "Application": "Wait",
                "Data": "60",
                "Async": "true",
                "Variable": ",".join(f"{k}={v}" for k, v in variables.items()),
            }
        ]
    )
    if answer.get("Response") != "Success":
        raise ValidationError(_("The telephone system did not take the call."))
    cache.set(_RINGING % key, True, LONGEST_SECONDS)
    return key


def callable_number(number: str) -> str:
    """Return a number as E.164 that a test may ring: no premium, short or emergency
    number, and only in the countries that are served. Raises ValidationError."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        parsed = None
    if parsed is None or not phonenumbers.is_valid_number(parsed):
        raise ValidationError({"number": _("Write a whole number: +49 30 123456.")})
    home = phonenumbers.region_code_for_number(parsed) in Country.values
    if not home or phonenumbers.number_type(parsed) not in _KINDS:
        message = _(
            "Ordinary numbers at home only: fixed lines, mobile, free of charge."
        )
        raise ValidationError({"number": message})
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def result_of(key: str) -> Result | None:
    """Return how a test call went, None while it goes on. Raises AmiError.

    What is told once is told again for a while: pages are looked at twice.
    """
    if not re.fullmatch(r"[0-9a-f]{16}", key):
        return _forgotten()
    if told := cache.get(_REMEMBERED % key):
        return Result(*told)
    (answer,) = ask_all([{"Action": "DBGet", "Family": FAMILY, "Key": key}])
    values = [str(event.get("Val", "")) for event in answer["events"]]
    if not values or not values[0]:
        return None if cache.get(_RINGING % key) else _forgotten()
    status, _comma, cause = values[0].partition(",")
    result = _words(status, int(cause) if cause.isdecimal() else 0)
    cache.set(_REMEMBERED % key, (result.good, result.words), REMEMBERED_SECONDS)
    ask_all([{"Action": "DBDel", "Family": FAMILY, "Key": key}])
    return result


def _forgotten() -> Result:
    return Result(False, _("Nothing is known of this call any more. Try again."))


def _words(status: str, cause: int) -> Result:
    if status in GOOD:
        return Result(True, str(GOOD[status]))
    unknown = _("The call failed with cause %(cause)s.") % {"cause": cause}
    return Result(False, str(CAUSES.get(cause, unknown)))


def _written(number: str, trunk: Trunk) -> str:
    """Return a number as the carrier wants it; the dialplan's own function says."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT asterisk.written(%s, %s, %s)",
            [number, trunk.number_format, trunk.country],
        )
        (text,) = cursor.fetchone()
    return str(text)


def _stock_number(trunk: Trunk) -> str:
    """Return a number of the trunk that nobody holds, to be shown; empty: withheld."""
    free = Did.objects.filter(trunk=trunk, customer=None).order_by("number").first()
    return free.number if free else ""
