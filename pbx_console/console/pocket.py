"""An end user's own extension as the page on a phone shows it: where calls ring now.

One choice stands for the forward that always counts, and one for each that counts only
sometimes. What a feature code at the phone
changes is the same row, so page and phone never differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pbx_console.accounts.models import AuditEntry
from pbx_console.console.formats import phone
from pbx_console.pbx import presence
from pbx_console.pbx.models import Destination, Extension, Forward, VoicemailBox
from pbx_console.provisioning.services.setup_links import handed_out

HERE, MOBILE, VOICEMAIL, OTHER = "phone", "mobile", "voicemail", "other"
ALWAYS = Forward.Condition.ALWAYS
CONDITIONS = {
    "no_answer": gettext_lazy("Nobody answers"),
    "busy": gettext_lazy("Busy"),
    "offline": gettext_lazy("No phone registered"),
}
NOT_FORWARDED = {
    "no_answer": gettext_lazy("the call ends"),
    "busy": gettext_lazy("callers hear busy"),
    "offline": gettext_lazy("callers hear that nobody is there"),
}
ICONS = {
    HERE: "device-landline-phone",
    MOBILE: "device-mobile",
    VOICEMAIL: "mailbox",
    OTHER: "user-share",
}


@dataclass(frozen=True, slots=True)
class Account:
    """One phone of the extension with its state; `slot` of a program that the person
    may take away again."""

    name: str
    endpoint_id: str
    presence: str
    slot: int = 0


@dataclass(frozen=True, slots=True)
class Way:
    """Where calls go on one condition, as one of the four choices."""

    condition: str
    forward: Forward | None
    box: VoicemailBox | None

    @property
    def active(self) -> Forward | None:
        """Return the forward if it counts now."""
        found = self.forward
        return found if found is not None and found.is_active else None

    @property
    def where(self) -> str:
        """Return which of the four choices holds."""
        found = self.active
        if found is None:
            return HERE
        if found.outside_number:
            return MOBILE
        own = self.box is not None and found.destination == self.box.destination
        return VOICEMAIL if own else OTHER

    @property
    def other(self) -> Destination | None:
        """Return the colleague, group or room that calls go to now."""
        found = self.active
        return found.destination if found and self.where == OTHER else None

    @property
    def icon(self) -> str:
        """Return the sign of the choice."""
        return ICONS[self.where]

    @property
    def word(self) -> Any:
        """Return when it counts, as a heading."""
        return CONDITIONS[self.condition]

    @property
    def ends(self) -> Any:
        """Return what happens where nothing is forwarded."""
        return NOT_FORWARDED[self.condition]

    @property
    def said(self) -> str:
        """Return where calls go then, in a few words."""
        found = self.active
        if found is None:
            return str(self.ends)
        if self.where == VOICEMAIL:
            return _("Voicemail")
        return phone(found.outside_number) if found.outside_number else found.target


@dataclass(slots=True)
class Pocket:
    """What is known of an extension for its own person."""

    extension: Extension
    forwards: dict[str, Forward]
    box: VoicemailBox | None
    accounts: list[Account]

    def way(self, condition: str) -> Way:
        """Return where calls go on a condition."""
        return Way(condition, self.forwards.get(condition), self.box)

    @property
    def always(self) -> Forward | None:
        """Return the forward that takes every call now."""
        return self.way(ALWAYS).active

    @property
    def where(self) -> str:
        """Return which of the four choices holds for every call."""
        return self.way(ALWAYS).where

    def outside(self, condition: str) -> str:
        """Return the outside number of a condition, or the one that was used last."""
        found = self.forwards.get(condition)
        kept = [f.outside_number for f in self.forwards.values() if f.outside_number]
        here = found.outside_number if found else ""
        return here or self._last_outside or next(iter(kept), "")

    @property
    def _last_outside(self) -> str:
        """Return the number that the log remembers of this extension's forwards."""
        rows = AuditEntry.objects.filter(
            customer=self.extension.customer,
            verb="forward.saved",
            object_key=self.extension.endpoint_id,
            after__outside_number__startswith="+",
        )
        last = rows.order_by("-id").first()
        return str(last.after["outside_number"]) if last else ""


def of(extension: Extension) -> Pocket:
    """Return an extension with its forwards, box and phones."""
    rows = extension.forwards.select_related("destination")
    return Pocket(
        extension,
        {row.condition: row for row in rows},
        VoicemailBox.objects.filter(extension=extension).first(),
        accounts_of(extension),
    )


def accounts_of(extension: Extension) -> list[Account]:
    """Return the phones of an extension; state "" while nothing is known."""
    code = extension.customer.code
    found = presence.words_of([code])
    names = [(_("Phone"), extension.endpoint_id, 0)]
    programs = set(handed_out(extension).values_list("slot", flat=True))
    names += [
        (row.name, row.endpoint_id, row.slot if row.slot in programs else 0)
        for row in extension.devices.all()
    ]
    states: dict[str, str] | None = found[code] if found is not None else None
    return [
        Account(name, key, "" if states is None else states.get(key, "off"), slot)
        for name, key, slot in names
    ]


def values_of(choice: str, pocket: Pocket, data: dict[str, Any]) -> dict[str, Any]:
    """Return what `save_forward` is given for a choice of the page."""
    if choice == MOBILE:
        return {"outside_number": data["mobile"], "destination": None}
    if choice == VOICEMAIL and pocket.box is not None:
        return {"outside_number": "", "destination": pocket.box.destination}
    return {"outside_number": "", "destination": data["other"]}


def said(pocket: Pocket, condition: str = ALWAYS) -> str:
    """Return where calls go now, as the sentence after saving."""
    if condition != ALWAYS:
        way = pocket.way(condition)
        return f"{way.word}: {way.said}"
    target = pocket.always
    if target is None:
        return _("Calls ring at your phone.")
    if pocket.where == VOICEMAIL:
        return _("Calls go to your voicemail.")
    name = phone(target.outside_number) if target.outside_number else target.target
    return _("Calls ring at %(name)s.") % {"name": name}
