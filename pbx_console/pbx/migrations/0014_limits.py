"""Placeholder in the chain: limits of what may be spent."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("pbx", "0013_carriers")]
    operations: ClassVar = []
