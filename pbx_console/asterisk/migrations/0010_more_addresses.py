"""Room for the addresses that host names lead to."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("asterisk", "0009_keys")]
    operations: ClassVar = [
        migrations.AlterField(
            model_name="psendpointidip",
            name="match",
            field=models.CharField(max_length=1500),
        ),
    ]
