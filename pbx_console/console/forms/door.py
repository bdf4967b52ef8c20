"""The forms of the door: password, code, new password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models import User
from pbx_console.accounts.passwords import HINT

_Password = forms.PasswordInput


class SignInForm(forms.Form):
    """Address and password."""

    email = forms.EmailField(
        label=_("Email address"),
        max_length=200,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
        error_messages={
            "invalid": _("Write the whole address, such as name@example.com.")
        },
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=200,
        widget=_Password(attrs={"autocomplete": "current-password"}),
    )


class ProofForm(forms.Form):
    """The password of the person who is signed in."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=200,
        widget=_Password(attrs={"autocomplete": "current-password", "autofocus": True}),
    )


class CodeForm(forms.Form):
    """Six digits of an authenticator."""

    code = forms.RegexField(
        r"^\s*\d{3}\s*\d{3}\s*$",
        label=_("Code"),
        error_messages={"invalid": _("The code has six digits.")},
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "maxlength": 7,
                "autofocus": True,
            }
        ),
    )


class RecoveryForm(forms.Form):
    """One of the codes that were shown once."""

    code = forms.RegexField(
        r"^[\s-]*([0-9a-fA-F][\s-]*){10}$",
        label=_("Recovery code"),
        error_messages={"invalid": _("A recovery code has ten letters and digits.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autofocus": True}
        ),
    )


class NewPasswordForm(forms.Form):
    """A new password, twice."""

    new = forms.CharField(
        label=_("New password"),
        strip=False,
        help_text=HINT,
        widget=_Password(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("New password again"),
        strip=False,
        widget=_Password(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        """Keep the person, whose name may not be in the password."""
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_new(self) -> str:
        """Ask the validators of the settings."""
        new: str = self.cleaned_data["new"]
        validate_password(new, self.user)
        return new

    def clean(self) -> dict[str, Any]:
        """Compare the two."""
        data = super().clean() or {}
        if data.get("new") and data.get("again") and data["new"] != data["again"]:
            self.add_error("again", _("The two new passwords differ."))
        return data


class PasswordForm(NewPasswordForm):
    """The password in use, and a new one twice."""

    current = forms.CharField(
        label=_("Current password"),
        strip=False,
        max_length=200,
        widget=_Password(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("current", "new", "again")


class ForgottenForm(forms.Form):
    """The address that somebody signs in with."""

    email = forms.EmailField(
        label=_("Email address"),
        max_length=200,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
        error_messages={
            "invalid": _("Write the whole address, such as name@example.com.")
        },
    )


class RequireForm(forms.Form):
    """One tick."""

    required = forms.BooleanField(
        label=_("Everybody needs a second factor"), required=False
    )


class ReasonForm(forms.Form):
    """Why a second factor is reset: how the caller made sure who asked."""

    reason = forms.CharField(
        label=_("How did you make sure who asked?"),
        max_length=200,
        help_text=_("For example: called back on the number in our books."),
    )


class PreferencesForm(forms.ModelForm):
    """Language and light."""

    class Meta:
        model = User
        fields = ("language", "theme")
        labels = {"theme": _("Appearance")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Say what the empty language means."""
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [  # type: ignore[attr-defined]
            ("", _("As the customer or the browser")),
            *User._meta.get_field("language").choices,  # type: ignore[misc]
        ]
