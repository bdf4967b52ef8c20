"""The codes that people dial on their phone, as the console lists and prints them.

What they do is decided by `asterisk.feature_code` (migration 0008) and the functions
`asterisk.code_NN` of other nouns; a test asks the database for every code here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Code:
    """`on` is dialled to switch on, `off` to end; `<n>` in it stands for a number.

    A code of `talking` is pressed during a call (features.conf), not dialled.
    """

    words: Any
    on: str
    off: str = ""
    talking: bool = False

    @property
    def dial(self) -> str:
        """Return `on` as people read it."""
        return self.on.replace("<n>", f"<{_('number')}>")

    @property
    def end(self) -> str:
        """Return `off` as people read it."""
        return self.off.replace("<n>", f"<{_('number')}>")


@dataclass(frozen=True, slots=True)
class Group:
    """Codes that belong together."""

    title: Any
    codes: tuple[Code, ...]


GROUPS = (
    Group(
        _("Forwards"),
        (
            Code(_("Every call"), "*21*<n>#", "#21#"),
            Code(_("When busy"), "*67*<n>#", "#67#"),
            Code(_("When nobody answers"), "*61*<n>#", "#61#"),
            Code(_("When no phone is registered"), "*62*<n>#", "#62#"),
            Code(_("Every call, to the number of last time"), "*21#", "#21#"),
        ),
    ),
    Group(
        _("The own extension"),
        (
            Code(_("Do not disturb"), "*25", "#25"),
            Code(_("Call waiting"), "*43#", "#43#"),
            Code(_("Withhold the number, every call"), "*31#", "#31#"),
            Code(_("Withhold the number, this call"), "*31#<n>"),
            Code(_("Call with the PIN"), "*71*<n>"),
        ),
    ),
    Group(
        _("Voicemail"),
        (
            Code(_("Listen to the own messages"), "*97"),
            Code(_("Listen to another box"), "*98"),
        ),
    ),
    Group(
        _("Opening hours"),
        (
            Code(_("Open, whatever the clock says"), "*81<n>", "*80<n>"),
            Code(_("Closed"), "*82<n>", "*80<n>"),
            Code(_("Holiday"), "*83<n>", "*80<n>"),
        ),
    ),
    Group(
        _("Queues"),
        (
            Code(_("Log in and out"), "*45"),
            Code(_("Pause and go on"), "*46"),
        ),
    ),
    Group(
        _("Other calls"),
        (
            Code(_("Take a call of the own pickup group"), "*88"),
            Code(_("Take a call that rings there"), "*88<n>"),
        ),
    ),
    Group(
        _("Announcements"),
        (Code(_("Speak a prompt anew, with the PIN"), "*77<n>"),),
    ),
    Group(
        _("Recording, during a call"),
        (
            Code(_("Begin and end, where it is on demand"), "*1", "*1", talking=True),
            Code(_("Pause, for example for a card's number"), "*2", "*2", talking=True),
        ),
    ),
)
