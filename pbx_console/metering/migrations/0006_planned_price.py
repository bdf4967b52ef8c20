"""Whether a call has a price is asked with a plan that is kept."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from pbx_console.pbx.ddl import planned


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("metering", "0005_price_of"),
        ("pbx", "0016_planned_lookups"),
    ]
    operations: ClassVar = [planned("has_price")]
