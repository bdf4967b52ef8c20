"""Queues and their agents, what Asterisk reads of them, and what agents dial.

Asterisk's rows are kept by triggers: the console, a code dialled at a phone and an
extension that is renumbered or does not want to be disturbed all end in the same rows.
"""

# ruff: noqa: E501 - texts of the fields
from __future__ import annotations

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import pbx_console.pbx.models.extensions
from pbx_console.accounts.rls import BY_CUSTOMER_ID, enable
from pbx_console.pbx.migrations import _queues_sql as sql
from pbx_console.pbx.ddl import SAFE, functions, keep_destination

BY_QUEUE = "queue_id IN (SELECT id FROM pbx_queue)"


class Migration(migrations.Migration):
    dependencies = [("pbx", "0010_call_flow"), ("asterisk", "0007_queues")]

    operations = [
        migrations.CreateModel(
            name="Queue",
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
                    "number",
                    models.CharField(
                        blank=True,
                        help_text="Colleagues dial it. Empty: it is reached through others only.",
                        max_length=6,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[1-9][0-9]{1,5}$",
                                "2 to 6 digits, not beginning with 0.",
                            ),
                            pbx_console.pbx.models.extensions.validate_number,
                        ],
                        verbose_name="internal number",
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        max_length=60,
                        validators=[
                            django.core.validators.RegexValidator(
                                '^[^\\x00-\\x1f\\x7f"<>\\\\;]+$',
                                "Letters and digits without quotes, <, >, \\ and ;.",
                            )
                        ],
                        verbose_name="name",
                    ),
                ),
                (
                    "strategy",
                    models.CharField(
                        choices=[
                            ("ringall", "all free agents at once"),
                            ("leastrecent", "who has been without a call longest"),
                            ("fewestcalls", "who took the fewest calls"),
                            ("random", "anybody"),
                            ("rrmemory", "in turn, after the one who was rung last"),
                            ("linear", "always in the same order"),
                        ],
                        default="ringall",
                        max_length=12,
                        verbose_name="rings",
                    ),
                ),
                (
                    "ring_seconds",
                    models.PositiveSmallIntegerField(
                        default=20,
                        validators=[
                            django.core.validators.MinValueValidator(5),
                            django.core.validators.MaxValueValidator(120),
                        ],
                        verbose_name="an agent's phone rings for, seconds",
                    ),
                ),
                (
                    "wrapup_seconds",
                    models.PositiveSmallIntegerField(
                        default=10,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(600),
                        ],
                        verbose_name="rest after a call, seconds",
                    ),
                ),
                (
                    "prefix",
                    models.CharField(
                        blank=True,
                        help_text="Agents see it on their display: “Service: Anna Voss”.",
                        max_length=12,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[\\w .:/-]*$", "Letters, digits and . : / -"
                            )
                        ],
                        verbose_name="prefix of the caller's name",
                    ),
                ),
                (
                    "announce_position",
                    models.BooleanField(
                        default=True, verbose_name="say the place in the queue"
                    ),
                ),
                (
                    "announce_wait",
                    models.BooleanField(
                        default=False, verbose_name="say the expected wait"
                    ),
                ),
                (
                    "announce_seconds",
                    models.PositiveSmallIntegerField(
                        default=45,
                        validators=[
                            django.core.validators.MinValueValidator(15),
                            django.core.validators.MaxValueValidator(600),
                        ],
                        verbose_name="say it every, seconds",
                    ),
                ),
                (
                    "periodic_seconds",
                    models.PositiveSmallIntegerField(
                        default=60,
                        validators=[
                            django.core.validators.MinValueValidator(10),
                            django.core.validators.MaxValueValidator(600),
                        ],
                        verbose_name="play it every, seconds",
                    ),
                ),
                (
                    "max_wait_seconds",
                    models.PositiveSmallIntegerField(
                        default=300,
                        validators=[
                            django.core.validators.MinValueValidator(5),
                            django.core.validators.MaxValueValidator(7200),
                        ],
                        verbose_name="longest wait, seconds",
                    ),
                ),
                (
                    "max_waiting",
                    models.PositiveSmallIntegerField(
                        default=20,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(200),
                        ],
                        verbose_name="at most so many wait",
                    ),
                ),
                (
                    "empty",
                    models.CharField(
                        choices=[
                            ("nobody", "when no agent is logged in"),
                            (
                                "away",
                                "when every agent is logged out, paused or unreachable",
                            ),
                            ("never", "never: callers wait for somebody to log in"),
                        ],
                        default="nobody",
                        max_length=8,
                        verbose_name="callers are sent on",
                    ),
                ),
                (
                    "leave_key",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("0", "0"),
                            ("2", "2"),
                            ("9", "9"),
                            ("*", "*"),
                            ("#", "#"),
                        ],
                        max_length=1,
                        verbose_name="key to leave",
                    ),
                ),
                (
                    "offers_callback",
                    models.BooleanField(
                        default=False,
                        help_text="The place is kept; the call back is billed to this queue.",
                        verbose_name="offer a call back with key 1",
                    ),
                ),
                (
                    "target_seconds",
                    models.PositiveSmallIntegerField(
                        default=20,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(600),
                        ],
                        verbose_name="target: answered within, seconds",
                    ),
                ),
                (
                    "target_percent",
                    models.PositiveSmallIntegerField(
                        default=80,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="target: share of calls, %",
                    ),
                ),
            ],
            options={
                "verbose_name": "queue",
                "ordering": ("number", "name", "id"),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="QueueCallback",
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
                ("number", models.CharField(max_length=20)),
                ("name", models.CharField(blank=True, max_length=60)),
                ("joined_at", models.DateTimeField()),
                ("asked_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("calling", "in the queue"),
                            ("done", "called back"),
                            ("failed", "not reached"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("try_at", models.DateTimeField()),
                ("began_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "call back",
                "ordering": ("joined_at", "id"),
            },
        ),
        migrations.CreateModel(
            name="QueueMember",
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
                    "position",
                    models.PositiveSmallIntegerField(
                        default=1,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(999),
                        ],
                        verbose_name="place",
                    ),
                ),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="Higher levels are rung while all lower ones are busy.",
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(9),
                        ],
                        verbose_name="level",
                    ),
                ),
                (
                    "is_logged_in",
                    models.BooleanField(default=True, verbose_name="logged in"),
                ),
                (
                    "is_paused",
                    models.BooleanField(default=False, verbose_name="paused"),
                ),
                (
                    "reason",
                    models.CharField(blank=True, max_length=40, verbose_name="reason"),
                ),
                ("changed_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "verbose_name": "agent",
                "ordering": ("position", "extension__number", "id"),
            },
        ),
        migrations.AddField(
            model_name="queue",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="%(class)ss",
                to="accounts.customer",
            ),
        ),
        migrations.AddField(
            model_name="queue",
            name="greeting",
            field=models.ForeignKey(
                blank=True,
                help_text="Played once, before the caller waits.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="greets_queues",
                to="pbx.prompt",
                verbose_name="greeting",
            ),
        ),
        migrations.AddField(
            model_name="queue",
            name="music",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="queues",
                to="pbx.musicclass",
                verbose_name="music while waiting",
            ),
        ),
        migrations.AddField(
            model_name="queue",
            name="on_empty",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="pbx.destination",
                verbose_name="when nobody is there",
            ),
        ),
        migrations.AddField(
            model_name="queue",
            name="on_full",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="pbx.destination",
                verbose_name="when it is full",
            ),
        ),
        migrations.AddField(
            model_name="queue",
            name="on_leave",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="pbx.destination",
                verbose_name="the key leads to",
            ),
        ),
        migrations.AddField(
            model_name="queue",
            name="on_timeout",
            field=models.ForeignKey(
                blank=True,
                help_text="After the longest wait.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="pbx.destination",
                verbose_name="then",
            ),
        ),
        migrations.AddField(
            model_name="queue",
            name="periodic",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="repeats_in_queues",
                to="pbx.prompt",
                verbose_name="prompt while waiting",
            ),
        ),
        migrations.AddField(
            model_name="queuecallback",
            name="queue",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="callbacks",
                to="pbx.queue",
            ),
        ),
        migrations.AddField(
            model_name="queuemember",
            name="extension",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="queue_memberships",
                to="pbx.extension",
            ),
        ),
        migrations.AddField(
            model_name="queuemember",
            name="queue",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="members",
                to="pbx.queue",
            ),
        ),
        migrations.AddIndex(
            model_name="queuecallback",
            index=models.Index(
                condition=models.Q(("state__in", ["waiting", "calling"])),
                fields=["try_at"],
                name="callback_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="queuemember",
            constraint=models.UniqueConstraint(
                fields=("queue", "extension"),
                name="queue_member",
                violation_error_message="This extension is an agent already.",
            ),
        ),
        enable("pbx_queue", owned=BY_CUSTOMER_ID),
        enable("pbx_queuemember", owned=BY_QUEUE),
        enable("pbx_queuecallback", owned=BY_QUEUE),
        keep_destination("pbx_queue", "queue"),
        migrations.RunSQL(sql.ROWS.replace("@SAFE", SAFE), sql.NO_ROWS),
        functions(sql.STEP + sql.CALLBACK, *sql.NEW),
        functions(sql.ACT, sql.ACT_SIGNATURE),
        migrations.RunSQL(sql.ASKED, migrations.RunSQL.noop),
        functions(sql.CODES, *sql.CODE_SIGNATURES),
        migrations.RunSQL(sql.TELL, sql.TELL_NO_MORE),
    ]
