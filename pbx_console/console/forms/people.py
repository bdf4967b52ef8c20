"""People: inviting, changing a role, filters of the list, accepting an invitation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models.resellers import Language
from pbx_console.console.forms.base import Filters
from pbx_console.console.places import Place, extension_choices


class RoleForm(forms.Form):
    """A role of a level, and the extension where a customer's people have one."""

    role = forms.ChoiceField(label=_("Role"))
    extension_number = forms.ChoiceField(label=_("Extension"), required=False)

    def __init__(
        self, *args: Any, place: Place, roles: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        """Offer what may be given at this level."""
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = roles  # type: ignore[attr-defined]
        if place.customer is None:
            del self.fields["extension_number"]
            return
        choices = [("", _("none")), *extension_choices(place.customer)]
        self.fields["extension_number"].choices = choices  # type: ignore[attr-defined]


class InviteForm(RoleForm):
    """Somebody who is to get a role, by mail."""

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=_("Email address"),
        max_length=200,
        help_text=_("The invitation goes there and works for seven days, once."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={
            "invalid": _("Write the whole address, such as name@example.com.")
        },
    )
    language = forms.ChoiceField(
        label=_("Language of the invitation"), choices=Language, required=False
    )
    field_order = ("name", "email", "role", "extension_number", "language")


class NameForm(forms.Form):
    """How a person is called."""

    name = forms.CharField(label=_("Name"), max_length=80)


class PeopleFilters(Filters):
    """Search by name or address."""

    placeholder = _("Name or mail address")
    role = forms.ChoiceField(required=False, label=_("Role"))
    state = forms.ChoiceField(
        required=False,
        label=_("State"),
        choices=[
            ("", _("all")),
            ("active", _("active")),
            ("invited", _("invited")),
            ("off", _("deactivated")),
        ],
    )

    def __init__(self, data: Any, *, roles: list[tuple[str, str]]) -> None:
        """Offer the roles of the level."""
        self.base_fields["role"].choices = [("", _("all")), *roles]  # type: ignore[attr-defined]
        super().__init__(data)


class AcceptForm(forms.Form):
    """Name and password of somebody who is new here."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=200,
        help_text=_("12 characters or more; a sentence is easier to remember."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
