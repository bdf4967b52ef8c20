"""Placeholder in the chain: hunt groups, menus, schedules, announcements, conferences, outside numbers."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("pbx", "0009_voicemail")]
    operations: ClassVar = []
