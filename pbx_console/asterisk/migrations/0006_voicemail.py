"""Placeholder in the chain: voicemail users."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("asterisk", "0005_phones")]
    operations: ClassVar = []
