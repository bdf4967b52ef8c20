"""Which context answers a phone's lamps, and who may pick up whose calls."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("asterisk", "0008_carriers")]
    operations: ClassVar = [
        migrations.AddField(
            "psendpoint", name, models.CharField(max_length=length, null=True)
        )
        for name, length in (
            ("subscribe_context", 40),
            ("named_call_group", 40),
            ("named_pickup_group", 40),
        )
    ]
