"""A caller hears a prompt and presses a key."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.scope import OwnedManager
from pbx_console.pbx.models.destinations import Destination, Kind, Reachable
from pbx_console.pbx.models.prompts import Prompt

KEYS = "1234567890*#"


class Menu(Reachable):
    """Plays its prompt, `tries` times, and goes where the pressed key leads."""

    kind = Kind.MENU

    prompt = models.ForeignKey(
        Prompt,
        on_delete=models.PROTECT,
        related_name="menus",
        verbose_name=_("prompt"),
        help_text=_("What the caller hears: which key leads where."),
    )
    timeout_seconds = models.PositiveSmallIntegerField(
        _("waits for a key, seconds"),
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(30)],
    )
    tries = models.PositiveSmallIntegerField(
        _("plays at most, times"),
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(9)],
    )
    on_timeout = models.ForeignKey(
        Destination,
        on_delete=models.PROTECT,
        related_name="timeout_of_menus",
        null=True,
        blank=True,
        verbose_name=_("if no key is pressed"),
    )
    on_invalid = models.ForeignKey(
        Destination,
        on_delete=models.PROTECT,
        related_name="invalid_of_menus",
        null=True,
        blank=True,
        verbose_name=_("if only wrong keys are pressed"),
    )
    direct_dialling = models.BooleanField(
        _("callers may dial an extension"),
        default=False,
        help_text=_("Who knows the number of an extension dials it in the menu."),
    )

    objects = OwnedManager["Menu"](reseller="customer__reseller", customer="customer")

    class Meta(Reachable.Meta):
        verbose_name = _("menu")

    @property
    def key_ids(self) -> list[str]:
        """Return its keys and their destinations: `1=12`."""
        return [f"{row.key}={row.destination_id}" for row in self.keys.all()]

    @property
    def listed_keys(self) -> list[str]:
        """Return its keys as people know them, for the log."""
        rows = self.keys.select_related("destination")
        return [f"{row.key}: {row.destination}" for row in rows]


class MenuKey(models.Model):
    """Where one key leads."""

    menu = models.ForeignKey(Menu, on_delete=models.CASCADE, related_name="keys")
    key = models.CharField(max_length=1, choices=[(key, key) for key in KEYS])
    destination = models.ForeignKey(
        Destination, on_delete=models.PROTECT, related_name="key_of_menus"
    )

    objects = OwnedManager["MenuKey"](
        reseller="menu__customer__reseller", customer="menu__customer"
    )

    class Meta:
        ordering = ("menu", "key")
        verbose_name = _("key")
        constraints = [
            models.UniqueConstraint(fields=["menu", "key"], name="menu_key_once")
        ]

    def __str__(self) -> str:
        return gettext("key %(key)s") % {"key": self.key}

    @property
    def part_of(self) -> Menu:
        """Return the menu."""
        return self.menu
