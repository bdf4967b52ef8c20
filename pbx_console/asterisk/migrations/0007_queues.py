"""Placeholder in the chain: queues, members, music."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("asterisk", "0006_voicemail")]
    operations: ClassVar = []
