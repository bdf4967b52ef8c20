"""Placeholder in the chain: extensions: devices, forwards, classes, feature codes."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("pbx", "0007_steps")]
    operations: ClassVar = []
