"""A route has a word of its own."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("pbx", "0029_recorded_ways")]

    operations: ClassVar = [
        migrations.AlterModelOptions(
            name="outboundroute",
            options={
                "ordering": ("prefix", "position", "id"),
                "verbose_name": "route",
            },
        ),
    ]
