"""Placeholder in the chain: voicemail and sound."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("pbx", "0008_phones")]
    operations: ClassVar = []
