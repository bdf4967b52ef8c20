"""Prompts that are spoken at a phone, spoken codes, lamps and locks of voicemail boxes."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import pbx_console.pbx.models.prompts
import pbx_console.pbx.models.voicemail_boxes
from pbx_console.accounts.rls import enable
from pbx_console.pbx.ddl import SAFE, functions
from pbx_console.pbx.migrations import _prompts_sql as sql

NEW = (
    "prompt_call(text)",
    "prompt_spoken(text, text)",
    "act_sound(bigint, text, text, text)",
    "pin_mask(bigint)",
    "pin_typed(text, bigint)",
    "box_pin(text, text, text)",
)
ASKED = "".join(
    f"GRANT EXECUTE ON FUNCTION asterisk.{name} TO pbx_asterisk;"
    for name in ("prompt_call(text)", "prompt_spoken(text, text)")
) + ("GRANT EXECUTE ON FUNCTION asterisk.box_pin(text, text, text) TO pbx_asterisk;")
FORWARD = sql.CODES_NOW + sql.ACT_NOW + sql.BY_PIN_NOW + sql.OPEN_NOW
BACKWARD = sql.CODES_WERE + sql.ACT_WAS + sql.BY_PIN_WAS + sql.OPEN_WAS
EVERYONE = "SET LOCAL pbx.scope = 'everyone';"


def column(name: str, field: models.Field) -> migrations.AddField:  # type: ignore[type-arg]
    """Return the operation that gives the box a column."""
    return migrations.AddField(model_name="voicemailbox", name=name, field=field)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("pbx", "0020_limits_more")]
    operations: ClassVar = [
        column(
            "pin_lock_told",
            models.BooleanField(default=True, editable=False),
        ),
        column("pin_locked_until", models.DateTimeField(editable=False, null=True)),
        column(
            "pin_mask",
            models.BigIntegerField(
                default=pbx_console.pbx.models.voicemail_boxes.random_mask,
                editable=False,
            ),
        ),
        column(
            "pin_tries", models.PositiveSmallIntegerField(default=0, editable=False)
        ),
        column(
            "watchers",
            models.ManyToManyField(
                blank=True,
                help_text="Their message lamp is lit while a new message waits here.",
                related_name="watched_boxes",
                to="pbx.extension",
                verbose_name="lamp on the phones of",
            ),
        ),
        migrations.CreateModel(
            name="PromptCall",
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
                    "key",
                    models.CharField(
                        default=pbx_console.pbx.models.prompts.random_key,
                        max_length=16,
                        unique=True,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("ringing", "The phone rings."),
                            ("speaking", "Somebody is at the phone."),
                            ("kept", "The recording was kept and is being stored."),
                            ("done", "Recorded. The prompt has a new sound."),
                            (
                                "over",
                                "The call ended without a recording."
                                " Nothing was changed.",
                            ),
                            ("refused", "The recording cannot be used."),
                        ],
                        default="ringing",
                        max_length=8,
                    ),
                ),
                ("problem", models.TextField(blank=True, default="")),
                ("started_at", models.DateTimeField(auto_now_add=True)),
                (
                    "extension",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="prompt_calls",
                        to="pbx.extension",
                    ),
                ),
                (
                    "prompt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calls",
                        to="pbx.prompt",
                    ),
                ),
            ],
            options={
                "verbose_name": "recording by phone",
                "ordering": ("-started_at", "-id"),
            },
        ),
        enable("pbx_promptcall", owned="prompt_id IN (SELECT id FROM pbx_prompt)"),
        enable(
            "pbx_voicemailbox_watchers",
            owned="voicemailbox_id IN (SELECT id FROM pbx_voicemailbox)",
        ),
        migrations.RunSQL(EVERYONE + sql.TELL + "RESET pbx.scope;", sql.NOT_TOLD),
        functions(sql.PROMPTS + sql.SAID + sql.PINS, *NEW),
        migrations.RunSQL(ASKED, migrations.RunSQL.noop),
        migrations.RunSQL(
            FORWARD.replace("@SAFE", SAFE), BACKWARD.replace("@SAFE", SAFE)
        ),
    ]
