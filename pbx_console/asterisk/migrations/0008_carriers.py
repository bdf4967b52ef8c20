"""Placeholder in the chain: registrations."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("asterisk", "0007_queues")]
    operations: ClassVar = []
