"""Carriers that we register with, encrypted ones, and those behind a proxy."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

MOVE = """
ALTER TABLE public.ps_registrations SET SCHEMA asterisk;
GRANT SELECT ON asterisk.ps_registrations TO pbx_asterisk;
"""
BACK = "ALTER TABLE asterisk.ps_registrations SET SCHEMA public;"


def _text(length: int) -> models.CharField:
    return models.CharField(max_length=length, null=True)  # noqa: DJ001


class Migration(migrations.Migration):
    dependencies: ClassVar = [("asterisk", "0007_queues")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="PsRegistration",
            fields=[
                (
                    "id",
                    models.CharField(max_length=60, primary_key=True, serialize=False),
                ),
                ("server_uri", models.CharField(max_length=200)),
                ("client_uri", models.CharField(max_length=200)),
                ("contact_user", models.CharField(max_length=60)),
                ("outbound_auth", models.CharField(max_length=60)),
                ("outbound_proxy", models.CharField(max_length=120, null=True)),
                ("transport", models.CharField(max_length=10, null=True)),
                ("endpoint", models.CharField(max_length=60)),
                ("line", models.CharField(default="yes", max_length=3)),
                ("expiration", models.PositiveIntegerField(default=300)),
                ("retry_interval", models.PositiveIntegerField(default=30)),
                ("forbidden_retry_interval", models.PositiveIntegerField(default=300)),
                ("fatal_retry_interval", models.PositiveIntegerField(default=300)),
                ("max_random_initial_delay", models.PositiveIntegerField(default=0)),
                ("max_retries", models.PositiveIntegerField(default=1000000)),
                (
                    "auth_rejection_permanent",
                    models.CharField(default="no", max_length=3),
                ),
            ],
            options={"db_table": "ps_registrations"},
        ),
        migrations.RunSQL(MOVE, BACK),
        migrations.AddField("psendpoint", "transport", _text(10)),
        migrations.AddField("psendpoint", "media_encryption", _text(4)),
        migrations.AddField("psendpoint", "outbound_proxy", _text(120)),
        migrations.AddField("psendpoint", "from_domain", _text(100)),
        migrations.AddField(
            "psendpoint",
            "send_rpid",
            models.CharField(default="no", max_length=3, db_default="no"),
        ),
        migrations.AddField("psaor", "outbound_proxy", _text(120)),
        migrations.AlterField(
            "psendpointidip", "match", models.CharField(max_length=500)
        ),
        migrations.AlterField("psendpoint", "from_user", _text(60)),
        migrations.AlterField("psendpoint", "set_var", _text(300)),
    ]
