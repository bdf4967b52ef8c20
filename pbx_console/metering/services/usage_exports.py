"""Sealing a day by hand."""

from __future__ import annotations

from datetime import date

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import Reseller
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services import audit
from pbx_console.metering import exports
from pbx_console.metering.models import UsageExport


def seal_day(actor: Actor, *, reseller: Reseller, day: date) -> UsageExport:
    """Seal a reseller's day now instead of at night; a day that is sealed stays as it is.

    Raises DayNotOver. A night's run that comes later finds it done.
    """
    # The files hold both levels and the reconciliation looks at the whole journal.
    with as_everyone("usage export by hand"):
        sealed = exports.export_day(day, reseller=reseller)[0]
    audit.record(
        actor,
        "usage_export.sealed",
        sealed,
        key=str(sealed.sequence),
        after={"day": str(day), "rows": sealed.rows},
    )
    return sealed
