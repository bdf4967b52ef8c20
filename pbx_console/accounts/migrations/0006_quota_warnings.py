"""Whom we told of a quota nearly used up."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

from pbx_console.accounts.rls import enable


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_people_and_sessions")]
    operations = [
        migrations.CreateModel(
            name="QuotaWarning",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("kind", models.CharField(max_length=12)),
                ("sent_at", models.DateTimeField(auto_now_add=True)),
                (
                    "customer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="quota_warnings",
                        to="accounts.customer",
                    ),
                ),
                (
                    "reseller",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="quota_warnings",
                        to="accounts.reseller",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("reseller", "customer", "kind"),
                        name="quota_warned_once",
                        nulls_distinct=False,
                    )
                ]
            },
        ),
        enable("accounts_quotawarning", reseller="reseller_id", customer="customer_id"),
    ]
