"""Forms of voicemail boxes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pbx_console.console.forms.flow import FlowForm
from pbx_console.pbx.models import Extension, Prompt, VoicemailBox


class PinForm(forms.Form):
    """A new PIN of a box; nobody is shown the present one."""

    pin = forms.CharField(
        label=_("New PIN"),
        required=False,
        max_length=10,
        help_text=_("4 to 10 digits."),
        widget=forms.PasswordInput(
            attrs={"autocomplete": "new-password", "inputmode": "numeric"}
        ),
    )


def _name_empty(fields: dict[str, Any], name: str, words: Any) -> None:
    """Say what no choice means."""
    field = fields.get(name)
    if isinstance(field, forms.ModelChoiceField):
        field.empty_label = words
    elif isinstance(field, forms.ChoiceField):
        choices: Any = field.choices
        chosen = [(key, word) for key, word in choices if key]
        field.choices = [("", words), *chosen]


class VoicemailBoxForm(FlowForm):
    """A box. Whose own box it is can only be chosen once."""

    model = VoicemailBox
    names = (
        "name",
        "number",
        "mail_to",
        "mail_as",
        "delete_after_mail",
        "language",
        "max_seconds",
    )
    chosen = {
        "extension": lambda c: Extension.objects.filter(
            customer=c, voicemail_box__isnull=True
        ),
        "greeting": lambda c: Prompt.objects.filter(customer=c),
    }
    pin = forms.CharField(
        label=_("PIN"),
        required=False,
        max_length=10,
        help_text=_("4 to 10 digits, typed on the phone. Empty: it stays as it is."),
        widget=forms.PasswordInput(
            attrs={"autocomplete": "new-password", "inputmode": "numeric"}
        ),
    )
    field_order = (
        "name",
        "extension",
        "number",
        "pin",
        "watchers",
        "greeting",
        "language",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Leave out the owner of a box that exists, and the number of an own box."""
        super().__init__(*args, **kwargs)
        box = kwargs.get("obj")
        if box is not None:
            del self.fields["extension"]
        if box is not None and box.extension_id:
            del self.fields["number"]
        others = Extension.objects.filter(customer=self.customer)
        if box is not None and box.extension_id:
            others = others.exclude(pk=box.extension_id)
        self.fields["watchers"] = forms.ModelMultipleChoiceField(
            others,
            required=False,
            initial=box.watchers.all() if box is not None else None,
            widget=forms.SelectMultiple(attrs={"size": 5}),
        )
        self._describe("watchers")
        _name_empty(self.fields, "extension", _("none, a shared box"))
        _name_empty(self.fields, "greeting", _("recorded by phone, or neutral"))
        _name_empty(self.fields, "language", _("the customer's"))
        self.order_fields(self.field_order)
