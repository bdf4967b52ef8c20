"""Something is said, then the call goes on."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.scope import OwnedManager
from pbx_console.pbx.models.destinations import Destination, Kind, Reachable
from pbx_console.pbx.models.prompts import Prompt


class Announcement(Reachable):
    """Plays a prompt once and leads on."""

    kind = Kind.ANNOUNCEMENT

    prompt = models.ForeignKey(
        Prompt,
        on_delete=models.PROTECT,
        related_name="announcements",
        verbose_name=_("prompt"),
    )
    then = models.ForeignKey(
        Destination,
        on_delete=models.PROTECT,
        related_name="after_announcements",
        null=True,
        blank=True,
        verbose_name=_("afterwards"),
    )

    objects = OwnedManager["Announcement"](
        reseller="customer__reseller", customer="customer"
    )

    class Meta(Reachable.Meta):
        verbose_name = _("announcement")
