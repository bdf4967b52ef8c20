"""Prompts that are spoken at a phone."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("pbx", "0020_limits_more")]
    operations: ClassVar = []
