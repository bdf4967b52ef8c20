"""Calls that are recorded."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("pbx", "0016_planned_lookups")]
    operations: ClassVar = []
