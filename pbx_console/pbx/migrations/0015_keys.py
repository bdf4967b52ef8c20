"""Placeholder in the chain: parking, pickup, paging, lamps, recording."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("pbx", "0014_limits")]
    operations: ClassVar = []
