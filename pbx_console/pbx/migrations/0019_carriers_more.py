"""Carriers by name, and callers from abroad."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("pbx", "0018_queue_words")]
    operations: ClassVar = []
