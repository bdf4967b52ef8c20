"""What a call can be sent to: extensions, groups, menus and all the others.

One table over all nouns, so that "leads to" is one foreign key, an internal number is
unique whatever it belongs to, and nothing can be deleted while something leads there. The
rows are kept by triggers (migration 0006): no writer can forget them.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models import Customer
from pbx_console.accounts.scope import OwnedManager
from pbx_console.pbx.models.extensions import validate_number


class Kind(models.TextChoices):
    """The nouns. The value names `asterisk.step_<kind>` and the console's address."""

    EXTENSION = "extension", _("Extension")
    GROUP = "group", _("Hunt group")
    QUEUE = "queue", _("Queue")
    MENU = "menu", _("Menu")
    SCHEDULE = "schedule", _("Schedule")
    ANNOUNCEMENT = "announcement", _("Announcement")
    CONFERENCE = "conference", _("Conference room")
    VOICEMAIL = "voicemail", _("Voicemail box")
    OUTSIDE = "outside", _("Outside number")
    PAGING = "paging", _("Paging group")
    PARKING = "parking", _("Parking lot")
    SLOT = "slot", _("Parking place")


class Destination(models.Model):
    """One thing that calls can be sent to."""

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="destinations"
    )
    kind = models.CharField(max_length=14, choices=Kind)
    object_id = models.BigIntegerField()
    number = models.CharField(max_length=6, null=True)  # noqa: DJ001 - NULL is not unique
    name = models.CharField(max_length=60)

    objects = OwnedManager["Destination"](
        reseller="customer__reseller", customer="customer"
    )

    class Meta:
        ordering = ("number", "name", "id")
        verbose_name = _("destination")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "object_id"], name="destination_object"
            ),
            models.UniqueConstraint(
                fields=["customer", "number"], name="destination_number"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}" if self.number else self.name


class Reachable(models.Model):
    """Base of the nouns that calls can be sent to, other than extensions.

    A subclass sets `kind`; its migration calls `accounts.rls.enable` and
    `pbx.ddl.keep_destination`.
    """

    kind: ClassVar[Kind]

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="%(class)ss"
    )
    number = models.CharField(
        _("internal number"),
        max_length=6,
        blank=True,
        validators=[
            RegexValidator(
                r"^[1-9][0-9]{1,5}$", _("2 to 6 digits, not beginning with 0.")
            ),
            validate_number,
        ],
        help_text=_("Colleagues dial it. Empty: it is reached through others only."),
    )
    name = models.CharField(
        _("name"),
        max_length=60,
        validators=[
            RegexValidator(
                r'^[^\x00-\x1f\x7f"<>\\;]+$',
                _("Letters and digits without quotes, <, >, \\ and ;."),
            )
        ],
    )

    class Meta:
        abstract = True
        ordering = ("number", "name", "id")

    def __str__(self) -> str:
        return f"{self.number} {self.name}" if self.number else self.name

    def clean(self) -> None:
        """Refuse an internal number that is something else's."""
        refuse_taken_number(self.kind, self)

    @property
    def destination(self) -> Destination:
        """Return the row that others point to."""
        return Destination.objects.get(kind=self.kind, object_id=self.pk)


def refuse_taken_number(kind: Kind, noun: Any) -> None:
    """Raise ValidationError when the number of `noun` belongs to another thing."""
    rows = Destination.objects.filter(customer=noun.customer, number=noun.number)
    taken = rows.exclude(kind=kind, object_id=noun.pk).first() if noun.number else None
    if taken is not None:
        words = _("%(number)s is taken: %(kind)s %(name)s.")
        named = {"kind": taken.get_kind_display(), "name": taken.name}
        raise ValidationError({"number": words % {"number": noun.number, **named}})
