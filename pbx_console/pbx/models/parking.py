"""Parking: a lot with places; a call is put at a place and taken there by anybody."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.scope import OwnedManager
from pbx_console.pbx.models.destinations import Destination, Kind, Reachable
from pbx_console.pbx.models.prompts import MusicClass

MOST_PLACES = 20


class ParkingLot(Reachable):
    """Who is sent to its number is parked at the first free place."""

    kind = Kind.PARKING

    places = models.PositiveSmallIntegerField(
        _("places"),
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_PLACES)],
        help_text=_("Their numbers follow the number of the lot."),
    )
    seconds = models.PositiveSmallIntegerField(
        _("waits for, seconds"),
        default=120,
        validators=[MinValueValidator(15), MaxValueValidator(3600)],
        help_text=_("Then the phone that parked the call rings again."),
    )
    music = models.ForeignKey(
        MusicClass,
        on_delete=models.SET_NULL,
        related_name="parking_lots",
        null=True,
        blank=True,
        verbose_name=_("music"),
    )
    after = models.ForeignKey(
        Destination,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("if nobody takes it then"),
    )

    objects = OwnedManager["ParkingLot"](
        reseller="customer__reseller", customer="customer"
    )

    class Meta(Reachable.Meta):
        verbose_name = _("parking lot")

    @property
    def asterisk_name(self) -> str:
        """Return the lot as Asterisk knows it."""
        return f"p{self.pk}"

    def numbers(self) -> list[str]:
        """Return the numbers of its places."""
        first = int(self.number) + 1
        return [str(first + place) for place in range(self.places)]


class ParkingSlot(Reachable):
    """One place: a call that is sent here is parked, who dials it takes the call."""

    kind = Kind.SLOT

    lot = models.ForeignKey(ParkingLot, on_delete=models.CASCADE, related_name="slots")

    objects = OwnedManager["ParkingSlot"](
        reseller="customer__reseller", customer="customer"
    )

    class Meta(Reachable.Meta):
        verbose_name = _("parking place")

    @property
    def part_of(self) -> ParkingLot:
        """Return the lot."""
        return self.lot
