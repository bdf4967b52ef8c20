"""What the own page asks."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("pbx", "0021_prompts_by_phone")]
    operations: ClassVar = []
