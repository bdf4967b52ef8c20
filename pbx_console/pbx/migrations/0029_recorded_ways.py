"""Queues and hunt groups that record, pauses of a recording, prompts by a code; the
expected wait of a queue is not announced any more."""

from __future__ import annotations

from typing import ClassVar

import django.core.validators
from django.db import migrations, models

from pbx_console.pbx.ddl import functions
from pbx_console.pbx.migrations import _recorded_ways_sql as sql

REASONS = [
    ("rule", "by the setting of the extension"),
    ("group", "by the setting of the hunt group"),
    ("queue", "by the setting of the queue"),
    ("demand", "on demand"),
]
HELP = "Both parties are told before it begins, as the rules for recordings say."


def recorded(model: str) -> migrations.AddField:
    """Return the operation that gives a noun the setting."""
    field = models.BooleanField(
        default=False, help_text=HELP, verbose_name="record its calls"
    )
    return migrations.AddField(model_name=model, name="is_recorded", field=field)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("pbx", "0028_calls_at_speed")]
    operations: ClassVar = [
        recorded("huntgroup"),
        recorded("queue"),
        migrations.AlterField(
            model_name="recording",
            name="reason",
            field=models.CharField(choices=REASONS, max_length=6),
        ),
        migrations.AddField(
            model_name="recording",
            name="through",
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AddField(
            model_name="recording",
            name="pauses",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="prompt",
            name="phone_code",
            field=models.CharField(
                blank=True,
                help_text=(
                    "Who dials *77 and this number, and knows the PIN of the extension,"
                    " speaks it anew."
                ),
                max_length=4,
                validators=[
                    django.core.validators.RegexValidator(
                        "^[0-9]{1,4}$", "One to four digits."
                    )
                ],
                verbose_name="number for *77",
            ),
        ),
        migrations.AddConstraint(
            model_name="prompt",
            constraint=models.UniqueConstraint(
                condition=models.Q(("phone_code", ""), _negated=True),
                fields=("customer", "phone_code"),
                name="prompt_phone_code",
                violation_error_message="Another prompt has this number.",
            ),
        ),
        functions(sql.KEEP_QUEUE),
        migrations.RemoveField(model_name="queue", name="announce_wait"),
        functions(sql.WORDS + sql.GROUP + sql.QUEUE, sql.WORDS_SIGNATURE),
        functions(sql.CODE_80 + sql.SPEAK, *sql.SPEAK_SIGNATURES),
        functions(sql.START, sql.START_SIGNATURE, grant=True),
    ]
