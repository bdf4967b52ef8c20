"""Placeholder in the chain: numbers, ranges, porting, phonebook, blocklist."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("pbx", "0011_queues")]
    operations: ClassVar = []
