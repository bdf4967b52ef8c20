"""Trunks and the routes over them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models import Reseller
from pbx_console.console.forms.base import NounForm
from pbx_console.pbx.models import OutboundRoute, Trunk


class TrunkForm(NounForm):
    """A carrier link. An empty password keeps the one that is set."""

    model = Trunk
    names = (
        "slug",
        "name",
        "reseller",
        "host",
        "port",
        "number_format",
        "username",
        "is_active",
    )
    secret = forms.CharField(
        label=_("Password"),
        required=False,
        max_length=120,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, obj: Trunk | None = None, **kwargs: Any) -> None:
        """Keep the short name of a trunk that exists."""
        super().__init__(*args, obj=obj, **kwargs)
        fields: Any = self.fields
        fields["reseller"].queryset = Reseller.objects.all()
        fields["reseller"].label = _("Only for")
        fields["reseller"].empty_label = _("all resellers")
        if obj is None:
            fields["is_active"].initial = True
        else:
            del fields["slug"]
            fields["secret"].help_text = _("Empty: stays as it is.")
        self.order_fields([*self.names[:-1], "secret", "is_active"])

    def clean(self) -> dict[str, Any]:
        """Leave the password out when none was typed."""
        data: dict[str, Any] = self.cleaned_data
        if not data.get("secret"):
            data.pop("secret", None)
        return data


class RouteForm(NounForm):
    """Which numbers go over a trunk, and in which order."""

    model = OutboundRoute
    names = ("prefix", "reseller", "position")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the resellers of the scope."""
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["reseller"].queryset = Reseller.objects.all()
        fields["reseller"].label = _("Only for")
        fields["reseller"].empty_label = _("all resellers")
        fields["prefix"].help_text = _("+49 for Germany, + alone for everything.")
        fields["position"].help_text = _("The lowest is tried first.")
        fields["position"].initial = 1
