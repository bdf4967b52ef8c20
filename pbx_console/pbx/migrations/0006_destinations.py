"""What calls can be sent to: one row per noun, kept by triggers; prompts and music."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

from pbx_console.accounts.rls import BY_CUSTOMER_ID, enable
from pbx_console.pbx.ddl import keep_destination

TRIGGER = """
CREATE FUNCTION pbx_keep_destination() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM pbx_destination WHERE kind = TG_ARGV[0] AND object_id = OLD.id;
    RETURN OLD;
  END IF;
  INSERT INTO pbx_destination (customer_id, kind, object_id, number, name)
  VALUES (NEW.customer_id, TG_ARGV[0], NEW.id, NULLIF(NEW.number, ''), NEW.name)
  ON CONFLICT (kind, object_id) DO UPDATE
    SET customer_id = excluded.customer_id, number = excluded.number,
        name = excluded.name;
  RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_quota_warnings"),
        ("pbx", "0005_call_limits"),
    ]

    operations = [
        migrations.CreateModel(
            name="Destination",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("extension", "Extension"),
                            ("group", "Hunt group"),
                            ("queue", "Queue"),
                            ("menu", "Menu"),
                            ("schedule", "Schedule"),
                            ("announcement", "Announcement"),
                            ("conference", "Conference room"),
                            ("voicemail", "Voicemail box"),
                            ("outside", "Outside number"),
                            ("paging", "Paging group"),
                        ],
                        max_length=14,
                    ),
                ),
                ("object_id", models.BigIntegerField()),
                ("number", models.CharField(max_length=6, null=True)),
                ("name", models.CharField(max_length=60)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="destinations",
                        to="accounts.customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "destination",
                "ordering": ("number", "name", "id"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "object_id"), name="destination_object"
                    ),
                    models.UniqueConstraint(
                        fields=("customer", "number"), name="destination_number"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MusicClass",
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
                ("name", models.CharField(max_length=60, verbose_name="name")),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="music_classes",
                        to="accounts.customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "music on hold",
                "ordering": ("name", "id"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("customer", "name"),
                        name="music_name",
                        violation_error_message="There is music of this name already.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Prompt",
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
                ("name", models.CharField(max_length=60, verbose_name="name")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("upload", "uploaded"),
                            ("text", "spoken from text"),
                            ("phone", "recorded by phone"),
                        ],
                        default="upload",
                        max_length=6,
                    ),
                ),
                (
                    "text",
                    models.TextField(blank=True, max_length=1000, verbose_name="text"),
                ),
                (
                    "language",
                    models.CharField(blank=True, max_length=5, verbose_name="language"),
                ),
                ("data", models.BinaryField(default=b"")),
                ("digest", models.CharField(blank=True, editable=False, max_length=64)),
                (
                    "seconds",
                    models.DecimalField(
                        decimal_places=1, default=0, editable=False, max_digits=6
                    ),
                ),
                ("saved_at", models.DateTimeField(auto_now=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="prompts",
                        to="accounts.customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "prompt",
                "ordering": ("name", "id"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("customer", "name"),
                        name="prompt_name",
                        violation_error_message="There is a prompt of this name already.",
                    )
                ],
            },
        ),
        enable("pbx_destination", customer="customer_id", owned=BY_CUSTOMER_ID),
        enable("pbx_prompt", customer="customer_id", owned=BY_CUSTOMER_ID),
        enable("pbx_musicclass", customer="customer_id", owned=BY_CUSTOMER_ID),
        migrations.RunSQL(TRIGGER, "DROP FUNCTION pbx_keep_destination();"),
        keep_destination("pbx_extension", "extension"),
    ]
