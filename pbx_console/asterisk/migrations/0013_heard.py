"""Phones bring a handler with them that tells how a call was heard."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("asterisk", "0012_phone_encryption")]
    operations: ClassVar = [
        migrations.AlterField(
            "psendpoint", "set_var", models.CharField(max_length=400, null=True)
        ),
    ]
