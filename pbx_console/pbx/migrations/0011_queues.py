"""Placeholder in the chain: queues and their agents."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("pbx", "0010_call_flow")]
    operations: ClassVar = []
