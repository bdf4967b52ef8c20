"""What queues do more."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("pbx", "0017_recordings")]
    operations: ClassVar = []
