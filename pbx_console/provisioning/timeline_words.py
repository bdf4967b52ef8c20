"""The sentences of a timeline. A detail that a stranger sent is only ever shown as text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

REFUSED = {
    "password": gettext_lazy("Registration refused: wrong password"),
    "account": gettext_lazy("Registration refused: there is no such account"),
    "address": gettext_lazy("Registration refused: the address is not allowed"),
}
ASKED = {
    "wrong_secret": gettext_lazy(
        "Somebody asked for its settings with a wrong address"
    ),
    "no_secret": gettext_lazy("It asked for settings with its MAC address only"),
    "window_closed": gettext_lazy("Somebody asked for its settings; nobody was let in"),
    "second_fetcher": gettext_lazy("A second device asked for its settings"),
    "other_phone": gettext_lazy("Another phone asked for its settings"),
    "other_file": gettext_lazy("Somebody asked for a file that is not of this phone"),
    "certificate": gettext_lazy("The certificate of another phone was shown"),
    "not_encrypted": gettext_lazy("It asked for settings without encryption"),
    "scan": gettext_lazy("An address tried many phones"),
    "nothing": gettext_lazy("It asked for a file that does not exist"),
}
HARMLESS = ("no_secret", "nothing")
LOST = {
    "expired": gettext_lazy("Not registered any more: it did not come back in time"),
    "signed_off": gettext_lazy("Signed off by itself"),
    "ended": gettext_lazy("Its connection ended, or it signed off"),
}
PLAIN = {
    "registered": (gettext_lazy("Registered"), "live"),
    "moved": (gettext_lazy("Registered from another address"), "live"),
    "flapping": (gettext_lazy("Comes and goes"), "pending"),
    "fetched": (gettext_lazy("Fetched its settings"), "live"),
    "asked": (gettext_lazy("Was asked to fetch its changed settings"), "pending"),
    "file_failed": (gettext_lazy("Its settings could not be written"), "failed"),
    "window_opened": (gettext_lazy("The next fetch is answered"), "pending"),
    "bound": (gettext_lazy("Its address belongs to this phone now"), "live"),
    "adopted": (gettext_lazy("Adopted"), "live"),
    "link_used": (gettext_lazy("A program fetched its account"), "live"),
    "link_refused": (
        gettext_lazy("A link that was used or had ended was asked for again"),
        "failed",
    ),
    "banned": (gettext_lazy("An address that tried passwords was banned"), "failed"),
    "silent": (gettext_lazy("Told as silent by mail"), ""),
}
# Why a file could not be written: what the model cannot do, or which text is at fault.
UNFIT = {
    "accounts": gettext_lazy(
        "It has more lines than its model can carry. Take lines away or swap it."
    ),
    "transport": gettext_lazy(
        "Its model does not know the transport that is set. Choose another one."
    ),
    "srtp": gettext_lazy(
        "Its model cannot encrypt speech as it is set. Choose another way."
    ),
    "servers": gettext_lazy("Its model registers all lines at one server only."),
}
TEXTS = {
    "display_name": gettext_lazy("name of an extension"),
    "number": gettext_lazy("number of an extension"),
    "label": gettext_lazy("label of a key"),
    "value": gettext_lazy("number on a key"),
    "keys": gettext_lazy("line of a key"),
    "idle_text": gettext_lazy("name of the product on the display"),
    "phonebook_name": gettext_lazy("name of the product on the display"),
    "time_zone": gettext_lazy("time zone of the customer"),
    "ntp_server": gettext_lazy("time server"),
    "server": gettext_lazy("name of the telephone system"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence, what it looks like, and a second line."""

    text: str
    tone: str = ""
    detail: str = ""


def words_of(kind: str, detail: Mapping[str, Any]) -> Said:
    """Return what to say of an event; of an unknown kind its name."""
    reason = str(detail.get("reason", ""))
    if kind == "refused":
        return Said(
            str(REFUSED.get(reason, REFUSED["password"])), "failed", _of(detail)
        )
    if kind == "fetch_refused":
        asked = str(ASKED.get(reason, ASKED["wrong_secret"]))
        return Said(asked, "" if reason in HARMLESS else "failed", _of(detail))
    if kind == "lost":
        return Said(str(LOST.get(reason, LOST["expired"])), "failed")
    if kind == "heard":
        return _heard(detail)
    if kind == "file_failed":
        return Said(str(PLAIN[kind][0]), "failed", why_not(_error(detail)))
    text, tone = PLAIN.get(kind, (kind.replace("_", " "), ""))
    return Said(str(text), tone, _of(detail))


def _error(detail: Mapping[str, Any]) -> str:
    return f"{detail.get('error', 'unfit')}: {detail.get('what', '')}"


def why_not(error: str) -> str:
    """Return why a file was not written, of what `serving` keeps: `unfit: srtp`."""
    kind, _colon, what = error.partition(": ")
    if kind == "unfit" and what in UNFIT:
        return str(UNFIT[what])
    if kind == "refused":
        words = _("These phones do not take the setting %(name)s. Take it away.")
        return words % {"name": what}
    if what in TEXTS:
        words = _("No phone can show or use this: %(what)s. Change it.")
        return words % {"what": TEXTS[what]}
    return _("Something in it cannot be told to a phone. Save it anew to see what.")


def _of(detail: Mapping[str, Any]) -> str:
    """Return the details that people want to see, as they were sent."""
    names = ("account", "agent", "firmware")
    return " · ".join(str(detail[name]) for name in names if detail.get(name))


def _heard(detail: Mapping[str, Any]) -> Said:
    worst = max(_figure(detail, "loss"), _figure(detail, "loss_there"))
    jitter = max(_figure(detail, "jitter"), _figure(detail, "jitter_there"))
    if worst >= 5 or jitter >= 60:
        text, tone = _("Call was hard to understand"), "failed"
    elif worst >= 1 or jitter >= 30:
        text, tone = _("Call with gaps"), "pending"
    else:
        text, tone = _("Call was heard well"), "live"
    words = _(
        "From the phone: %(loss)s %% lost, jitter %(jitter)s ms."
        " To the phone: %(loss_there)s %% lost, jitter %(jitter_there)s ms."
    )
    names = ("loss", "jitter", "loss_there", "jitter_there")
    figures = {name: _written(_figure(detail, name)) for name in names}
    said = words % figures
    if rtt := _figure(detail, "rtt"):
        said += " " + _("Way and back %(ms)s ms.") % {"ms": _written(rtt)}
    return Said(text, tone, said)


def _figure(detail: Mapping[str, Any], name: str) -> float:
    value = detail.get(name, 0)
    return float(value) if isinstance(value, int | float) else 0.0


def _written(value: float) -> str:
    """Return a figure as the reader's language writes it, with a decimal if it has one."""
    return str(number_format(value, 0 if value == int(value) else 1))
