"""A number outside as a place that calls can be sent to."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.scope import OwnedManager
from pbx_console.pbx.models.destinations import Kind, Reachable


class OutsideNumber(Reachable):
    """Calls sent here are paid by its own internal number."""

    kind = Kind.OUTSIDE

    e164 = models.CharField(
        _("outside number"),
        max_length=16,
        validators=[RegexValidator(r"^\+[1-9][0-9]{4,14}$", _("E.164 with a plus."))],
        help_text=_("The customer pays for these calls."),
    )

    objects = OwnedManager["OutsideNumber"](
        reseller="customer__reseller", customer="customer"
    )

    class Meta(Reachable.Meta):
        verbose_name = _("outside number")
