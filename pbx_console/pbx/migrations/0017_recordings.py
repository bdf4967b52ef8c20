"""Calls that are recorded."""

from __future__ import annotations

from typing import ClassVar

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

from pbx_console.accounts.rls import BY_CUSTOMER_ID, enable

RECORDED = [
    ("never", "no calls"),
    ("demand", "on demand, with *1 during the call"),
    ("outside", "all calls from and to outside"),
    ("all", "all calls, inside too"),
]
ANNOUNCE = (
    "Both parties hear that the call is recorded before it begins. In Germany"
    " recording without the consent of everybody who speaks is a criminal offence"
    " (§ 201 StGB): switch it off only where you have that consent otherwise."
)
OLDER = "Then recordings are deleted for good, also those made before."


class Migration(migrations.Migration):
    dependencies: ClassVar = [("pbx", "0016_planned_lookups")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="extension",
            name="recorded",
            field=models.CharField(
                choices=RECORDED,
                default="never",
                help_text=(
                    "Both parties are told before it begins. Calls for help never are."
                ),
                max_length=7,
                verbose_name="recorded calls",
            ),
        ),
        migrations.CreateModel(
            name="RecordingRules",
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
                (
                    "announce",
                    models.BooleanField(
                        default=True, help_text=ANNOUNCE, verbose_name="announcement"
                    ),
                ),
                (
                    "keep_days",
                    models.PositiveSmallIntegerField(
                        default=30,
                        help_text=OLDER,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(365),
                        ],
                        verbose_name="kept for, days",
                    ),
                ),
                (
                    "listeners",
                    models.JSONField(
                        blank=True, default=list, verbose_name="who may listen"
                    ),
                ),
                (
                    "customer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recording_rules",
                        to="accounts.customer",
                    ),
                ),
                (
                    "prompt",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: “This call is recorded.”",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recording_rules",
                        to="pbx.prompt",
                        verbose_name="own announcement",
                    ),
                ),
            ],
            options={"verbose_name": "rules for recordings"},
        ),
        enable("pbx_recordingrules", customer="customer_id", owned=BY_CUSTOMER_ID),
        migrations.CreateModel(
            name="Recording",
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
                ("extension_number", models.CharField(max_length=6)),
                (
                    "direction",
                    models.CharField(
                        choices=[
                            ("in", "incoming"),
                            ("out", "outgoing"),
                            ("inside", "inside"),
                        ],
                        max_length=6,
                    ),
                ),
                ("other_number", models.CharField(blank=True, max_length=32)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("rule", "by the setting of the extension"),
                            ("demand", "on demand"),
                        ],
                        max_length=6,
                    ),
                ),
                ("announced", models.BooleanField(default=True)),
                ("started_at", models.DateTimeField()),
                ("seconds", models.PositiveIntegerField()),
                ("linkedid", models.CharField(max_length=150)),
                ("key", models.UUIDField(unique=True)),
                ("size", models.PositiveBigIntegerField()),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recordings",
                        to="accounts.customer",
                    ),
                ),
                (
                    "extension",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="recordings",
                        to="pbx.extension",
                    ),
                ),
            ],
            options={
                "verbose_name": "recording",
                "ordering": ("-started_at", "-id"),
                "indexes": [
                    models.Index(
                        fields=["customer", "-started_at", "-id"],
                        name="recording_list",
                    ),
                    models.Index(
                        fields=["customer", "linkedid"], name="recording_call"
                    ),
                ],
            },
        ),
        enable("pbx_recording", customer="customer_id", owned=BY_CUSTOMER_ID),
    ]
