"""Limits of resellers in the PBX; forwards by outside numbers."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("pbx", "0019_carriers_more")]
    operations: ClassVar = []
