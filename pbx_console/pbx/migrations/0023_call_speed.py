"""Fewer questions per call."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("pbx", "0022_own_page")]
    operations: ClassVar = []
