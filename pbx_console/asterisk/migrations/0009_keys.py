"""Placeholder in the chain: columns for pickup and lamps."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("asterisk", "0008_carriers")]
    operations: ClassVar = []
