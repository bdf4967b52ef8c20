"""Voicemail users, music on hold, and what endpoints say of both."""

from __future__ import annotations

from django.db import migrations, models

MOVE = """
ALTER TABLE public.voicemail SET SCHEMA asterisk;
ALTER TABLE public.musiconhold SET SCHEMA asterisk;
GRANT SELECT, UPDATE (password) ON asterisk.voicemail TO pbx_asterisk;
GRANT SELECT ON asterisk.musiconhold TO pbx_asterisk;
"""
BACK = """
REVOKE ALL ON asterisk.voicemail, asterisk.musiconhold FROM pbx_asterisk;
ALTER TABLE asterisk.voicemail SET SCHEMA public;
ALTER TABLE asterisk.musiconhold SET SCHEMA public;
"""


class Migration(migrations.Migration):
    dependencies = [("asterisk", "0005_phones")]

    operations = [
        migrations.AddField(
            "psendpoint", "mailboxes", models.CharField(max_length=120, null=True)
        ),
        migrations.AddField(
            "psendpoint", "moh_suggest", models.CharField(max_length=40, null=True)
        ),
        migrations.CreateModel(
            name="VoicemailUser",
            fields=[
                (
                    "uniqueid",
                    models.BigIntegerField(primary_key=True, serialize=False),
                ),
                ("context", models.CharField(max_length=20)),
                ("mailbox", models.CharField(max_length=20)),
                (
                    "password",
                    models.CharField(db_default="", default="", max_length=10),
                ),
                ("fullname", models.CharField(max_length=60)),
                ("language", models.CharField(max_length=5, null=True)),
                ("tz", models.CharField(max_length=60, null=True)),
                ("maxsecs", models.PositiveSmallIntegerField(default=180)),
            ],
            options={
                "db_table": "voicemail",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("mailbox", "context"), name="voicemail_mailbox"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("password__regex", "^([0-9]{4,10})?$")),
                        name="voicemail_password",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MusicOnHold",
            fields=[
                (
                    "name",
                    models.CharField(max_length=40, primary_key=True, serialize=False),
                ),
                (
                    "mode",
                    models.CharField(
                        db_default="files", default="files", max_length=10
                    ),
                ),
                ("directory", models.CharField(max_length=80)),
                (
                    "sort",
                    models.CharField(
                        db_default="alpha", default="alpha", max_length=10
                    ),
                ),
            ],
            options={"db_table": "musiconhold"},
        ),
        migrations.RunSQL(MOVE, BACK),
    ]
