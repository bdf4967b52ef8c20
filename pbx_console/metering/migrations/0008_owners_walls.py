"""Lookups of calls read prices; see `owner_sees_everyone`."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from pbx_console.accounts.rls import owner_sees_everyone

READ = ("metering_price", "metering_customertariff", "metering_resellertariff")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("metering", "0006_planned_price")]
    operations: ClassVar = [owner_sees_everyone(table) for table in READ]
