"""What the phone of an account was told about encryption."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

from pbx_console.pbx.models.encrypted import SRTP


def _field() -> models.CharField:  # type: ignore[type-arg]
    return models.CharField(
        blank=True,
        choices=SRTP,
        default="",
        db_default="",
        editable=False,
        max_length=8,
    )


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("asterisk", "0012_phone_encryption"),
        ("pbx", "0025_cheaper_calls"),
    ]
    operations: ClassVar = [
        migrations.AddField("extension", "srtp", _field()),
        migrations.AddField("device", "srtp", _field()),
    ]
