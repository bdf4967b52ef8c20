"""Lookups of calls read prices: shorter walls, and no question without a minimum charge."""

from __future__ import annotations

import importlib
from typing import ClassVar

from django.db import migrations

from pbx_console.accounts.rls import owner_sees_everyone

earlier = importlib.import_module("pbx_console.metering.migrations.0007_minimum_charge")
READ = ("metering_price", "metering_customertariff", "metering_resellertariff")


def _price_of() -> str:
    """Return the earlier function, which folds only minimum charges that there are."""
    text = earlier._price_of()
    for name in ("minimum", "buy_minimum"):
        start = text.index(f"  SELECT made.setup, made.first INTO {name[:-7]}setup")
        end = text.index("made;", start) + len("made;")
        folded = text[start:end]
        guarded = f"  IF {name} > 0 THEN\n{folded}\n  END IF;"
        text = text[:start] + guarded + text[end:]
    return text


class Migration(migrations.Migration):
    dependencies: ClassVar = [("metering", "0008_no_exten")]
    operations: ClassVar = [
        *(owner_sees_everyone(table) for table in READ),
        migrations.RunSQL(_price_of(), earlier._price_of()),
    ]
