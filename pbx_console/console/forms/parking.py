"""The form of a parking lot."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from pbx_console.console.forms.flow import FlowForm
from pbx_console.pbx.models.parking import ParkingLot
from pbx_console.pbx.models.prompts import MusicClass


class ParkingLotForm(FlowForm):
    """A lot of one customer."""

    model = ParkingLot
    names = ("number", "name", "places", "seconds")
    destinations = {"after": _("the call ends")}
    chosen = {"music": lambda customer: MusicClass.objects.filter(customer=customer)}
