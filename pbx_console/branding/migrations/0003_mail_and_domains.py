"""Outgoing mails, and what a domain's daily proof needs."""

from __future__ import annotations

import django.db.models.deletion
import django.utils.timezone
import pbx_console.accounts.fields
from django.db import migrations, models

from pbx_console.accounts.rls import enable


class Migration(migrations.Migration):
    dependencies = [
        ("branding", "0002_walls"),
        ("accounts", "0004_people_and_sessions"),
    ]

    operations = [
        migrations.AddField(
            model_name="branddomain",
            name="is_platform",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="branddomain",
            name="proof_token",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="branddomain",
            name="checked_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="branddomain",
            name="failing_since",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="branddomain",
            name="switched_off_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="branddomain",
            name="problem",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.CreateModel(
            name="OutgoingMail",
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
                ("kind", models.CharField(max_length=40, verbose_name="kind")),
                (
                    "to",
                    models.EmailField(max_length=200, verbose_name="mail address"),
                ),
                (
                    "name",
                    models.CharField(blank=True, max_length=80, verbose_name="name"),
                ),
                ("language", models.CharField(max_length=2, verbose_name="language")),
                (
                    "payload",
                    pbx_console.accounts.fields.SecretField(blank=True, default=""),
                ),
                (
                    "subject",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="subject"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                (
                    "next_try_at",
                    models.DateTimeField(default=django.utils.timezone.now, null=True),
                ),
                ("sent_at", models.DateTimeField(null=True)),
                ("failure", models.CharField(blank=True, max_length=200)),
                (
                    "brand",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mails",
                        to="branding.brand",
                    ),
                ),
            ],
            options={"verbose_name": "mail", "ordering": ("-created_at", "-id")},
        ),
        migrations.AddIndex(
            model_name="outgoingmail",
            index=models.Index(
                condition=models.Q(("next_try_at__isnull", False)),
                fields=["next_try_at"],
                name="outgoing_mail_waits",
            ),
        ),
        migrations.AddIndex(
            model_name="outgoingmail",
            index=models.Index(
                fields=["brand", "-created_at"], name="outgoing_mail_latest"
            ),
        ),
        enable(
            "branding_outgoingmail",
            owned="brand_id IN (SELECT id FROM branding_brand)",
        ),
    ]
