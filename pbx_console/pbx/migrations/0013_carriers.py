"""Placeholder in the chain: trunks, routes, caller ID policy, emergency."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("pbx", "0012_numbers")]
    operations: ClassVar = []
