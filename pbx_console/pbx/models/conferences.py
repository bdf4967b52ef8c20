"""A room where several people talk."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import (
    MaxValueValidator,
    MinValueValidator,
    RegexValidator,
)
from django.db import models
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.scope import OwnedManager
from pbx_console.pbx.models.destinations import Kind, Reachable


def _pin(words: Any, help_text: Any) -> Any:
    digits = RegexValidator(r"^[0-9]{4,10}$", _("4 to 10 digits."))
    return models.CharField(
        words, max_length=10, blank=True, validators=[digits], help_text=help_text
    )


class Conference(Reachable):
    """Who knows the PIN comes in; who knows the moderator's PIN leads."""

    kind = Kind.CONFERENCE

    pin = _pin(_("PIN"), _("4 to 10 digits. Empty: everybody who is led here."))
    admin_pin = _pin(
        _("PIN of the moderator"), _("Who enters with it can mute others and lock.")
    )
    max_members = models.PositiveSmallIntegerField(
        _("people at most"),
        default=20,
        validators=[MinValueValidator(2), MaxValueValidator(100)],
    )
    waits_for_admin = models.BooleanField(
        _("begins when the moderator is there"), default=False
    )
    music_while_alone = models.BooleanField(_("music while alone"), default=True)
    announces_joins = models.BooleanField(
        _("a tone when somebody comes or goes"), default=True
    )

    objects = OwnedManager["Conference"](
        reseller="customer__reseller", customer="customer"
    )

    class Meta(Reachable.Meta):
        verbose_name = _("conference room")

    @property
    def has_pin(self) -> bool:
        """Say whether people must type one; the log knows no more."""
        return bool(self.pin)

    def clean(self) -> None:
        """Refuse PINs that cannot be told apart, and a wait for nobody."""
        super().clean()
        if self.admin_pin and not self.pin:
            raise ValidationError({"pin": _("A moderator's PIN needs one for others.")})
        if self.admin_pin and self.admin_pin == self.pin:
            raise ValidationError({"admin_pin": _("Choose another PIN than theirs.")})
        if self.waits_for_admin and not self.admin_pin:
            raise ValidationError(
                {"admin_pin": _("Nobody could begin: the moderator needs a PIN.")}
            )
