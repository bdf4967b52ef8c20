"""What the picture of a call path says: a word and a sentence per action of the dialplan.

`tests/meta/test_actions.py` holds this table to the actions that step functions return.
An action that is not here is drawn all the same, with its plain name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pbx_console.console.formats import phone
from pbx_console.pbx.paths import Node, Step, Way


@dataclass(frozen=True, slots=True)
class Says:
    """An action's word, and what it does as a sentence."""

    word: Any
    does: Any


ACTIONS: dict[str, Says] = {
    "number": Says(gettext_lazy("Number"), gettext_lazy("is called.")),
    "extension": Says(gettext_lazy("Extension"), gettext_lazy("rings %(seconds)s s.")),
    "group": Says(gettext_lazy("Hunt group"), gettext_lazy("rings %(seconds)s s.")),
    "queue": Says(gettext_lazy("Queue"), gettext_lazy("lets the caller wait.")),
    "menu": Says(gettext_lazy("Menu"), gettext_lazy("plays and waits for a key.")),
    "goto": Says(gettext_lazy("Schedule"), gettext_lazy("decides by the time.")),
    "forward": Says(gettext_lazy("Forward"), gettext_lazy("forwards every call.")),
    "busy": Says(gettext_lazy("Busy"), gettext_lazy("does not ring.")),
    "announcement": Says(gettext_lazy("Announcement"), gettext_lazy("is played.")),
    "conference": Says(
        gettext_lazy("Conference room"), gettext_lazy("lets the caller in.")
    ),
    "voicemail": Says(gettext_lazy("Voicemail box"), gettext_lazy("takes a message.")),
    "outside": Says(gettext_lazy("Outside number"), gettext_lazy("is called outside.")),
    "page": Says(gettext_lazy("Paging group"), gettext_lazy("speaks at once.")),
    "park": Says(gettext_lazy("Parking lot"), gettext_lazy("keeps the call.")),
    "slot": Says(
        gettext_lazy("Parking place"), gettext_lazy("gives a parked call back.")
    ),
    "pickup": Says(gettext_lazy("Pickup"), gettext_lazy("takes a ringing call.")),
    "callback": Says(
        gettext_lazy("Call back"), gettext_lazy("notes the caller’s number.")
    ),
    "voicemail-open": Says(
        gettext_lazy("Voicemail box"), gettext_lazy("plays its messages.")
    ),
    "voicemail-pin": Says(
        gettext_lazy("Messages"), gettext_lazy("asks for the PIN of the box.")
    ),
    "voicemail-ask": Says(
        gettext_lazy("Voicemail box"), gettext_lazy("asks for number and PIN.")
    ),
    "voicemail-none": Says(
        gettext_lazy("Voicemail box"), gettext_lazy("is not there.")
    ),
    "emergency": Says(
        gettext_lazy("Emergency call"), gettext_lazy("goes out before all else.")
    ),
    "act": Says(gettext_lazy("Code"), gettext_lazy("switches a setting.")),
    "speak": Says(gettext_lazy("Code"), gettext_lazy("records a prompt anew.")),
    "agent": Says(gettext_lazy("Code"), gettext_lazy("signs an agent in or out.")),
    "override": Says(gettext_lazy("Code"), gettext_lazy("switches a schedule.")),
    "pin": Says(gettext_lazy("Code"), gettext_lazy("asks for the PIN.")),
    "refuse": Says(gettext_lazy("End"), gettext_lazy("the call ends.")),
}
REASONS = {
    "gone": gettext_lazy("It leads nowhere."),
    "unknown_number": gettext_lazy("No number of this customer."),
    "no_extension": gettext_lazy("It leads nowhere."),
    "inactive": gettext_lazy("The customer is not active."),
    "not_allowed": gettext_lazy("Calls outside are not allowed."),
    "no_price": gettext_lazy("There is no price for this number."),
    "no_route": gettext_lazy("No trunk leads there."),
    "blocked": gettext_lazy("The caller is blocked."),
    "bad_number": gettext_lazy("The number cannot be dialled."),
}
OUTCOMES = {
    "next": gettext_lazy("then"),
    "on_busy": gettext_lazy("busy"),
    "on_offline": gettext_lazy("offline"),
    "on_full": gettext_lazy("full"),
}
STATES = {
    "open": gettext_lazy("is open"),
    "closed": gettext_lazy("is closed"),
    "holiday": gettext_lazy("on holiday"),
}
RINGS = frozenset({"extension", "group", "queue"})


def says(step: Step) -> Says:
    """Return the words of a step's action; plain ones for an action we do not know."""
    plain = str(step.action).replace("_", " ").replace("-", " ").capitalize()
    return ACTIONS.get(step.action) or Says(plain, _("goes on."))


def seconds_of(step: Step) -> int:
    """Return how long a step rings, 0 when it does not ring."""
    return int(step.ring_seconds or 0) if step.action in RINGS else 0


def aside(step: Step) -> str:
    """Return the short text in a box's corner: how long it rings, or open and closed."""
    if step.action == "goto":
        return str(STATES.get(step.x1, ""))
    seconds = seconds_of(step)
    return _("%(n)s s") % {"n": seconds} if seconds else ""


def sentence(step: Step, *, away: bool = False) -> str:
    """Return what a step does, without the name before it."""
    special = SENTENCES.get(step.action)
    if special is not None and (found := special(step)):
        return str(found)
    if away:
        return ngettext(
            "does not ring: its phone is not registered.",
            "does not ring: none of its phones is registered.",
            len(step.phones),
        )
    return str(says(step).does) % {"seconds": seconds_of(step)}


def _refused(step: Step) -> Any:
    return REASONS.get(step.reason, "")


def _scheduled(step: Step) -> str:
    """Return why a schedule is open or closed: closed, Heiligabend."""
    why, _space, name = str(step.x2).partition(" ")
    state = str(STATES.get(step.x1, step.x1))
    if name:
        return _("%(state)s: %(name)s.") % {"state": state, "name": name}
    if why == "hand":
        return _("%(state)s, switched by hand.") % {"state": state}
    return _("%(state)s by its hours.") % {"state": state}


def _menu(step: Step) -> str:
    if step.options == "direct":
        return _("plays and waits for a key or the number of an extension.")
    return ""


def _busy(step: Step) -> str:
    return _("does not ring: do not disturb is on.")


def _group(step: Step) -> str:
    if not step.target:
        return _("rings nobody: it has no members.")
    if step.options == "all":
        return _("rings all together, %(seconds)s s.") % {"seconds": step.ring_seconds}
    return _("rings one after another, %(seconds)s s each.") % {
        "seconds": step.ring_seconds
    }


SENTENCES: dict[str, Callable[[Step], Any]] = {
    "refuse": _refused,
    "goto": _scheduled,
    "menu": _menu,
    "busy": _busy,
    "group": _group,
}


def on_line(node: Node, way: Way) -> str:
    """Return the word on a line: the first of its outcomes."""
    return after(node.step, way.outcomes[0])


def conditions(step: Step, way: Way) -> str:
    """Return every outcome that leads along a line: busy, offline."""
    return ", ".join(after(step, outcome) for outcome in way.outcomes)


def after(step: Step, outcome: str) -> str:
    """Return one outcome in words: after 20 s, busy, key 1."""
    if outcome.startswith("key "):
        key = outcome[4:]
        return str(STATES.get(key, "")) or _("key %(key)s") % {"key": key}
    special = AFTER.get((step.action, outcome))
    if special is not None:
        return str(special(step))
    if outcome == "next" and (seconds := seconds_of(step)) and step.action != "group":
        return _("after %(n)s s") % {"n": seconds}
    return str(OUTCOMES[outcome])


AFTER: dict[tuple[str, str], Callable[[Step], Any]] = {
    ("number", "next"): lambda step: "",
    ("goto", "next"): lambda step: STATES.get(step.x1, ""),
    ("menu", "next"): lambda step: _("no key"),
    ("menu", "on_full"): lambda step: _("wrong keys"),
    ("group", "next"): lambda step: _("nobody"),
    ("forward", "next"): lambda step: _("always"),
}


def number_of(step: Step) -> str:
    """Return the outside number of a step as people write it, or the inside one."""
    return phone(step.e164) if step.e164 else str(step.accountcode)
