"""The forms of announcements, conference rooms and outside numbers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models import Customer
from pbx_console.console.formats import phone
from pbx_console.console.forms.flow import FlowForm
from pbx_console.lib import e164
from pbx_console.pbx.models import Announcement, Conference, OutsideNumber, Prompt


class AnnouncementForm(FlowForm):
    """What is played, and where the call goes afterwards."""

    model = Announcement
    names = ("number", "name")
    chosen = {"prompt": lambda customer: Prompt.objects.filter(customer=customer)}
    destinations = {"then": _("the call ends")}


class ConferenceForm(FlowForm):
    """A room, its PINs and manners."""

    model = Conference
    names = (
        "number",
        "name",
        "pin",
        "admin_pin",
        "max_members",
        "waits_for_admin",
        "music_while_alone",
        "announces_joins",
    )


class OutsideNumberForm(FlowForm):
    """A number outside, typed as people write it."""

    model = OutsideNumber
    names = ("number", "name")

    def __init__(
        self,
        *args: Any,
        customer: Customer,
        obj: OutsideNumber | None = None,
        **kwargs: Any,
    ) -> None:
        """Show the number in groups."""
        super().__init__(*args, customer=customer, obj=obj, **kwargs)
        self.fields["e164"] = forms.CharField(
            label=_("Outside number"),
            max_length=40,
            initial=phone(obj.e164) if obj else "",
            help_text=_("The customer pays for these calls."),
            widget=forms.TextInput(attrs={"inputmode": "tel"}),
        )

    def clean_e164(self) -> str:
        """Return the number in E.164."""
        try:
            return e164.parse(
                self.cleaned_data["e164"], country=str(self.customer.country)
            )
        except e164.NumberError:
            raise forms.ValidationError(
                gettext("Write it as +49 30 23125000 or 030 23125000.")
            ) from None
