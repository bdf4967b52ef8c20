"""What was dialled is not in the journal, so no column waits for it."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("metering", "0007_minimum_charge")]
    operations: ClassVar = [migrations.RemoveField("channelevent", "exten")]
