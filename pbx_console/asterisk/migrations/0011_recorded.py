"""What of a phone's calls is recorded, where the dialplan reads it before it dials."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("asterisk", "0010_more_addresses")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="psendpoint",
            name="record_on_feature",
            field=models.CharField(max_length=120, null=True),
        ),
    ]
