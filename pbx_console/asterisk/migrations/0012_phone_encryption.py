"""Whether a phone's speech may be encrypted, must be, or is not."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("asterisk", "0011_recorded")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="psendpoint",
            name="media_encryption_optimistic",
            field=models.CharField(max_length=3, null=True),
        ),
    ]
