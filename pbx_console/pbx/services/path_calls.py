"""A call along a call path, tried by a person at the console.

The person's own phone rings; whoever answers is led as an outside caller would be, from
the same token that the picture begins with (`dialplan_tests.conf`). No carrier brings the
call, so nobody is billed for it; a forward to an outside number on the way is paid as ever.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import override

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import Customer
from pbx_console.accounts.services import audit
from pbx_console.asterisk.ami.client import ask_all
from pbx_console.pbx.models import Extension

FAMILY = "pathcall"
LONGEST_SECONDS = 660
_BEGUN = "path-call:%s"
_KEY = re.compile(r"[0-9a-f]{16}")
_TOKEN = re.compile(r"[a-z][0-9a-z]{1,24}")


@dataclass(frozen=True, slots=True)
class State:
    """How far it is: `ringing`, `walking`, `over`, `nobody` or `unknown`.

    `token` is where it is on its way.
    """

    word: str
    token: str = ""

    @property
    def goes_on(self) -> bool:
        """Say whether asking again makes sense."""
        return self.word in ("ringing", "walking")


def start_path_call(
    actor: Actor, *, customer: Customer, extension: Extension, token: str, shown: str
) -> str:
    """Ring the phones of `extension` and lead who answers from `token`; return a key.

    `shown` is what the log calls the beginning of the path. Raises ValidationError,
    AmiError without Asterisk.
    """
    if extension.customer_id != customer.pk:
        raise ValidationError({"extension": _("Choose one of this customer's.")})
    if not _TOKEN.fullmatch(token):
        raise ValidationError(_("This number leads nowhere yet."))
    key = secrets.token_hex(8)
    after = {"number": shown, "extension": str(extension)}
    audit.record(
        actor, "customer.path_tested", customer, key=customer.code, after=after
    )
    forget = {"Action": "DBDelTree", "Family": FAMILY, "Key": customer.code}
    *_forgotten, answer = ask_all([forget, _call(customer, extension, token, key)])
    if answer.get("Response") != "Success":
        raise ValidationError(_("The telephone system did not take the call."))
    cache.set(_BEGUN % key, token, LONGEST_SECONDS)
    return key


def _call(
    customer: Customer, extension: Extension, token: str, key: str
) -> dict[str, str]:
    accounts: list[Any] = [extension, *extension.devices.all()]
    with override(customer.language):
        name = _("Test call").replace(",", " ")
    variables = {
        "PATH_KEY": key,
        "PATH_TENANT": customer.code,
        "PATH_TOKEN": token,
        "PATH_NAME": name,
        "PATH_LANGUAGE": customer.language,
        "PATH_TARGET": "&".join(f"PJSIP/{each.endpoint_id}" for each in accounts),
    }
    return {
        "Action": "Originate",
        "Channel": "Local/s@path-ring/n",
        "Context": "path-call",
        "Exten": "s",
        "Priority": "1",
        "Async": "true",
        "Timeout": "40000",
        "Variable": ",".join(f"{name}={value}" for name, value in variables.items()),
    }


def state_of(customer: Customer, key: str) -> State:
    """Return how far a customer's test call is. Raises AmiError."""
    begun = cache.get(_BEGUN % key) if _KEY.fullmatch(key) else None
    if begun is None:
        return State("unknown")
    place = f"{customer.code}/{key}"
    (answer,) = ask_all([{"Action": "DBGet", "Family": FAMILY, "Key": place}])
    values = [str(event.get("Val", "")) for event in answer["events"]]
    word = values[0] if values else ""
    if word in ("over", "nobody"):
        return State(word)
    if not word:
        return State("ringing")
    where = {"Action": "Getvar", "Channel": word, "Variable": "PBX_NEXT"}
    (answer,) = ask_all([where])
    token = str(answer.get("Value", ""))
    return State("walking", token if _TOKEN.fullmatch(token) else str(begun))
