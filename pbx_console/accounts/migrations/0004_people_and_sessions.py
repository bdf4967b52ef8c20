"""Invitations, sessions that know their person, quotas and features."""

from __future__ import annotations

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import pbx_console.accounts.models.invitations
import pbx_console.accounts.models.resellers
from django.conf import settings
from django.db import migrations, models


from pbx_console.accounts.rls import enable

OF_PERSON = "user_id IN (SELECT id FROM accounts_user)"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_walls"),
    ]

    operations = [
        migrations.AddField(
            model_name="auditentry",
            name="acted_as",
            field=models.CharField(blank=True, max_length=160),
        ),
        migrations.AddField(
            model_name="auditentry",
            name="undoes",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="customer",
            name="features",
            field=models.JSONField(
                blank=True,
                default=pbx_console.accounts.models.resellers.every_feature,
                verbose_name="features",
            ),
        ),
        migrations.AddField(
            model_name="customer",
            name="max_calls",
            field=models.PositiveIntegerField(
                default=10,
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="outside calls at the same time",
            ),
        ),
        migrations.AddField(
            model_name="customer",
            name="max_numbers",
            field=models.PositiveIntegerField(
                default=100, verbose_name="numbers allowed"
            ),
        ),
        migrations.AddField(
            model_name="customer",
            name="max_storage_mb",
            field=models.PositiveIntegerField(default=100, verbose_name="storage, MB"),
        ),
        migrations.AddField(
            model_name="customer",
            name="require_second_factor",
            field=models.BooleanField(
                default=False, verbose_name="everybody needs a second factor"
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="created_at",
            field=models.DateTimeField(
                default=django.utils.timezone.now, editable=False
            ),
        ),
        migrations.AddField(
            model_name="reseller",
            name="features",
            field=models.JSONField(
                blank=True,
                default=pbx_console.accounts.models.resellers.every_feature,
                verbose_name="features",
            ),
        ),
        migrations.AddField(
            model_name="reseller",
            name="max_calls",
            field=models.PositiveIntegerField(
                default=100,
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="outside calls at the same time",
            ),
        ),
        migrations.AddField(
            model_name="reseller",
            name="max_numbers",
            field=models.PositiveIntegerField(
                default=1000, verbose_name="numbers allowed"
            ),
        ),
        migrations.AddField(
            model_name="reseller",
            name="max_storage_mb",
            field=models.PositiveIntegerField(default=1000, verbose_name="storage, MB"),
        ),
        migrations.AddField(
            model_name="reseller",
            name="require_second_factor",
            field=models.BooleanField(
                default=False, verbose_name="customers’ people need a second factor"
            ),
        ),
        migrations.AlterField(
            model_name="customer",
            name="language",
            field=models.CharField(
                choices=[("de", "German"), ("en", "English"), ("nl", "Dutch")],
                default="de",
                max_length=2,
                verbose_name="language",
            ),
        ),
        migrations.AlterField(
            model_name="user",
            name="language",
            field=models.CharField(
                blank=True,
                choices=[("de", "German"), ("en", "English"), ("nl", "Dutch")],
                default="",
                max_length=2,
                verbose_name="language",
            ),
        ),
        migrations.CreateModel(
            name="Invitation",
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
                    "email",
                    models.EmailField(max_length=200, verbose_name="mail address"),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("operator", "Platform staff"),
                            ("owner", "Owner"),
                            ("technician", "Technician"),
                            ("billing", "Billing"),
                            ("reader", "Read only"),
                            ("admin", "Administrator"),
                            ("end_user", "User"),
                        ],
                        max_length=12,
                        verbose_name="role",
                    ),
                ),
                (
                    "extension_number",
                    models.CharField(
                        blank=True, max_length=8, verbose_name="extension"
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("de", "German"), ("en", "English"), ("nl", "Dutch")],
                        max_length=2,
                        verbose_name="language",
                    ),
                ),
                ("token_digest", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "ends_at",
                    models.DateTimeField(
                        default=pbx_console.accounts.models.invitations.end_of_life
                    ),
                ),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
                        to="accounts.customer",
                    ),
                ),
                (
                    "invited_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reseller",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
                        to="accounts.reseller",
                    ),
                ),
            ],
            options={
                "verbose_name": "invitation",
                "ordering": ("-created_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="PasswordReset",
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
                ("token_digest", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("ends_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="password_resets",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RememberedDevice",
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
                ("token_digest", models.CharField(max_length=64, unique=True)),
                ("user_agent", models.CharField(blank=True, max_length=200)),
                ("address", models.GenericIPAddressField(null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("used_at", models.DateTimeField(null=True)),
                ("ends_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="remembered_devices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("-created_at",),
            },
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                (
                    "session_key",
                    models.CharField(
                        max_length=40,
                        primary_key=True,
                        serialize=False,
                        verbose_name="session key",
                    ),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                (
                    "expire_date",
                    models.DateTimeField(db_index=True, verbose_name="expire date"),
                ),
                ("address", models.GenericIPAddressField(null=True)),
                ("user_agent", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("seen_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sessions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "session",
                "verbose_name_plural": "sessions",
                "abstract": False,
                "indexes": [
                    models.Index(fields=["user", "-seen_at"], name="session_person")
                ],
            },
        ),
        enable("accounts_invitation", reseller="reseller_id", customer="customer_id"),
        enable("accounts_remembereddevice", owned=OF_PERSON),
        enable("accounts_passwordreset", owned=OF_PERSON),
    ]
