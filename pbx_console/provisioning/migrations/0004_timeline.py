"""Where accounts are, or were."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from pbx_console.accounts.rls import BY_CUSTOMER_ID, enable


class Migration(migrations.Migration):
    dependencies: ClassVar = [("provisioning", "0003_fetches")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Registration",
            fields=[
                (
                    "endpoint",
                    models.CharField(max_length=60, primary_key=True, serialize=False),
                ),
                ("address", models.GenericIPAddressField(blank=True, null=True)),
                ("agent", models.CharField(blank=True, max_length=200)),
                ("since", models.DateTimeField(default=django.utils.timezone.now)),
                ("lost_at", models.DateTimeField(blank=True, null=True)),
                ("latency_ms", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="registrations",
                        to="accounts.customer",
                    ),
                ),
            ],
            options={"ordering": ("endpoint",)},
        ),
        enable("provisioning_registration", owned=BY_CUSTOMER_ID),
    ]
