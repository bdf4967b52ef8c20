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
        "more_addresses",
        "transport",
        "checks_certificate",
        "srtp",
        "registers",
        "username",
        "account_in_from",
        "domain",
        "proxy",
        "number_format",
        "incoming_format",
        "country",
        "origin",
        "abroad_header",
        "caller_header",
        "shows_original",
        "max_calls",
        "watch_seconds",
        "is_active",
    )
    secret = forms.CharField(
        label=_("Password"),
        required=False,
        max_length=120,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(
        self,
        *args: Any,
        obj: Trunk | None = None,
        shared: bool = True,
        **kwargs: Any,
    ) -> None:
        """Keep the short name of a trunk that exists. A reseller's people (not `shared`)
        add trunks of their own only."""
        super().__init__(*args, obj=obj, **kwargs)
        fields: Any = self.fields
        _only_for(fields, shared=shared)
        fields["abroad_header"].widget.attrs["placeholder"] = "X-Origin: abroad"
        if obj is None:
            fields["is_active"].initial = True
        else:
            del fields["slug"]
            fields["secret"].help_text = _("Empty: stays as it is.")

    def clean(self) -> dict[str, Any]:
        """Leave the password out when none was typed."""
        data: dict[str, Any] = self.cleaned_data
        if not data.get("secret"):
            data.pop("secret", None)
        return data


class RouteForm(NounForm):
    """Which numbers go over a trunk, in which order, and what share of them."""

    model = OutboundRoute
    names = ("prefix", "reseller", "position", "weight")

    def __init__(
        self,
        *args: Any,
        obj: OutboundRoute | None = None,
        shared: bool = True,
        **kwargs: Any,
    ) -> None:
        """Offer the resellers of the scope. A route that exists keeps its prefix."""
        super().__init__(*args, obj=obj, **kwargs)
        fields: Any = self.fields
        _only_for(fields, shared=shared and obj is None)
        if obj is not None:
            del fields["prefix"]
        else:
            fields["prefix"].help_text = _("+49 for Germany, + alone for everything.")
            fields["position"].initial = fields["weight"].initial = 1
        fields["position"].help_text = _("The lowest is tried first.")
        fields["weight"].help_text = _("Of the calls of all trunks with this order.")


def _only_for(fields: Any, *, shared: bool) -> None:
    if not shared:
        fields.pop("reseller", None)
        return
    fields["reseller"].queryset = Reseller.objects.all()
    fields["reseller"].label = _("Only for")
    fields["reseller"].empty_label = _("all resellers")


class TestCallForm(forms.Form):
    """Whom a test call rings."""

    number = forms.CharField(
        label=_("Number to ring"),
        max_length=24,
        widget=forms.TextInput(attrs={"inputmode": "tel", "placeholder": "+49 30 …"}),
    )
