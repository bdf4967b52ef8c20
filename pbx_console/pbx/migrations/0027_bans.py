"""Addresses that are refused for a while, and whose accounts they tried."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from pbx_console.accounts.rls import enable

TRIED = "id IN (SELECT ban_id FROM pbx_bantarget)"


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("accounts", "0006_quota_warnings"),
        ("pbx", "0026_phone_encryption"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Ban",
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
                ("address", models.GenericIPAddressField(verbose_name="address")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("passwords", "wrong passwords"),
                            ("accounts", "accounts that do not exist"),
                            ("by_hand", "banned by hand"),
                        ],
                        max_length=10,
                    ),
                ),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("since", models.DateTimeField(default=django.utils.timezone.now)),
                ("until", models.DateTimeField()),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "lifted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "ban",
                "ordering": ("-since", "-id"),
            },
        ),
        migrations.CreateModel(
            name="BanTarget",
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
                ("attempts", models.PositiveIntegerField(default=0)),
                (
                    "ban",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="targets",
                        to="pbx.ban",
                    ),
                ),
                (
                    "reseller",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.reseller",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="ban",
            index=models.Index(fields=["until"], name="ban_by_end"),
        ),
        migrations.AddConstraint(
            model_name="ban",
            constraint=models.UniqueConstraint(
                condition=models.Q(("lifted_at", None)),
                fields=("address",),
                name="ban_of_address_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="bantarget",
            constraint=models.UniqueConstraint(
                fields=("ban", "reseller"), name="ban_target_once"
            ),
        ),
        enable("pbx_bantarget", reseller="reseller_id"),
        enable("pbx_ban", owned=TRIED),
    ]
