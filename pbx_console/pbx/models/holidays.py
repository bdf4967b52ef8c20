"""Public holidays, kept from a library so that the dialplan's lookup can ask them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Region(models.TextChoices):
    """The calendars: German states and the Netherlands."""

    NL = "NL", _("Netherlands")
    DE_BW = "DE-BW", "Baden-Württemberg"
    DE_BY = "DE-BY", "Bayern"
    DE_BE = "DE-BE", "Berlin"
    DE_BB = "DE-BB", "Brandenburg"
    DE_HB = "DE-HB", "Bremen"
    DE_HH = "DE-HH", "Hamburg"
    DE_HE = "DE-HE", "Hessen"
    DE_MV = "DE-MV", "Mecklenburg-Vorpommern"
    DE_NI = "DE-NI", "Niedersachsen"
    DE_NW = "DE-NW", "Nordrhein-Westfalen"
    DE_RP = "DE-RP", "Rheinland-Pfalz"
    DE_SL = "DE-SL", "Saarland"
    DE_SN = "DE-SN", "Sachsen"
    DE_ST = "DE-ST", "Sachsen-Anhalt"
    DE_SH = "DE-SH", "Schleswig-Holstein"
    DE_TH = "DE-TH", "Thüringen"


class Holiday(models.Model):
    """One public holiday of one region. The same for everybody."""

    region = models.CharField(max_length=5, choices=Region)
    day = models.DateField()
    name = models.CharField(max_length=120)

    class Meta:
        ordering = ("region", "day")
        verbose_name = _("public holiday")
        constraints = [
            models.UniqueConstraint(fields=["region", "day"], name="holiday_once")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"
