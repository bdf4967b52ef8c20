"""What file a phone has, should have, and was asked to fetch."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


def digest() -> models.CharField[str, str]:
    """Return a column for a SHA-256, or nothing."""
    return models.CharField(blank=True, default="", max_length=64)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("provisioning", "0004_timeline")]
    operations: ClassVar = [
        migrations.AddField("phone", "file_digest", digest()),
        migrations.AddField("phone", "wanted_digest", digest()),
        migrations.AddField("phone", "told_digest", digest()),
        migrations.AddField(
            "phone", "told_at", models.DateTimeField(blank=True, null=True)
        ),
        migrations.AddIndex(
            "phone",
            models.Index(
                condition=models.Q(
                    ("fetched_at__isnull", False), ("wanted_digest", "")
                ),
                fields=["id"],
                name="phone_to_look_at",
            ),
        ),
        migrations.AddIndex(
            "phone",
            models.Index(
                condition=models.Q(
                    ("wanted_digest", models.F("file_digest")), _negated=True
                ),
                fields=["told_at", "id"],
                name="phone_behind",
            ),
        ),
    ]
