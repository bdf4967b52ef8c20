"""app_queue's realtime tables: queues, and the agents who are logged in."""

from __future__ import annotations

from django.db import migrations, models

MOVE = """
ALTER TABLE public.queues SET SCHEMA asterisk;
ALTER TABLE public.queue_members SET SCHEMA asterisk;
GRANT SELECT ON asterisk.queues, asterisk.queue_members TO pbx_asterisk;
"""
BACK = """
REVOKE ALL ON asterisk.queues, asterisk.queue_members FROM pbx_asterisk;
ALTER TABLE asterisk.queues SET SCHEMA public;
ALTER TABLE asterisk.queue_members SET SCHEMA public;
"""


class Migration(migrations.Migration):
    dependencies = [("asterisk", "0006_voicemail")]

    operations = [
        migrations.CreateModel(
            name="AstQueue",
            fields=[
                (
                    "name",
                    models.CharField(max_length=40, primary_key=True, serialize=False),
                ),
                ("strategy", models.CharField(max_length=12)),
                ("timeout", models.PositiveIntegerField()),
                ("retry", models.PositiveIntegerField(default=1)),
                ("wrapuptime", models.PositiveIntegerField()),
                ("maxlen", models.PositiveIntegerField()),
                ("servicelevel", models.PositiveIntegerField()),
                ("musicclass", models.CharField(max_length=40, null=True)),
                ("context", models.CharField(max_length=40, null=True)),
                ("joinempty", models.CharField(max_length=60)),
                ("leavewhenempty", models.CharField(max_length=60)),
                ("ringinuse", models.CharField(default="no", max_length=3)),
                ("autofill", models.CharField(default="yes", max_length=3)),
                ("announce_frequency", models.PositiveIntegerField(default=0)),
                ("min_announce_frequency", models.PositiveIntegerField(default=10)),
                ("announce_position", models.CharField(default="no", max_length=3)),
                ("announce_holdtime", models.CharField(default="no", max_length=3)),
                (
                    "announce_to_first_user",
                    models.CharField(default="no", max_length=3),
                ),
                ("periodic_announce", models.CharField(max_length=120, null=True)),
                ("periodic_announce_frequency", models.PositiveIntegerField(default=0)),
            ],
            options={
                "db_table": "queues",
            },
        ),
        migrations.CreateModel(
            name="AstQueueMember",
            fields=[
                ("uniqueid", models.BigIntegerField(primary_key=True, serialize=False)),
                ("queue_name", models.CharField(db_index=True, max_length=40)),
                ("interface", models.CharField(max_length=80)),
                ("membername", models.CharField(max_length=40)),
                ("state_interface", models.CharField(max_length=80)),
                ("penalty", models.PositiveIntegerField(default=0)),
                ("paused", models.PositiveIntegerField(default=0)),
                ("reason_paused", models.CharField(max_length=80, null=True)),
            ],
            options={
                "db_table": "queue_members",
            },
        ),
        migrations.RunSQL(MOVE, BACK),
    ]
