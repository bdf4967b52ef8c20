"""Who is awaited at a phone's address, and when its people were last warned."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("provisioning", "0002_walls")]
    operations: ClassVar = [
        migrations.AddField(
            "phone",
            "awaited_address",
            models.GenericIPAddressField(blank=True, null=True),
        ),
        migrations.AddField(
            "phone", "alarmed_at", models.DateTimeField(blank=True, null=True)
        ),
        migrations.AddIndex(
            "unknownphone",
            models.Index(fields=["reseller", "address"], name="unknown_by_address"),
        ),
    ]
