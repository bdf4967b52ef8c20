"""Phones: more devices, forwards, rights, PIN, and what their people do by code.

`pbx_tell_changed('<kind>')` is the trigger function for every table whose change people
should see at once (channel `pbx_changed`; the live process listens).
"""

from __future__ import annotations

from importlib import import_module

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import pbx_console.accounts.fields
import pbx_console.pbx.models.extensions
from pbx_console.accounts.rls import enable
from pbx_console.pbx.ddl import SAFE, functions
from pbx_console.pbx.migrations import _phones_sql as sql

steps = import_module("pbx_console.pbx.migrations.0007_steps")
PLAIN = django.core.validators.RegexValidator(
    '^[^\\x00-\\x1f\\x7f"<>\\\\;]+$',
    "Letters and digits without quotes, <, >, \\ and ;.",
)
BY_EXTENSION = "extension_id IN (SELECT id FROM pbx_extension)"
KEPT_CLASS = """
SET LOCAL pbx.scope = 'everyone';
UPDATE pbx_extension SET dial_class = 'internal' WHERE NOT may_dial_outside;
RESET pbx.scope;
"""
KEPT_FLAG = """
SET LOCAL pbx.scope = 'everyone';
UPDATE pbx_extension SET may_dial_outside = dial_class <> 'internal';
RESET pbx.scope;
"""
# Codes begin with # too.
CODED = steps.FROM_EXTENSION.replace("dialled LIKE '*%'", "dialled ~ '^[*#]'")
EARLIER = "SET LOCAL check_function_bodies = off;" + (
    steps.POLICY + steps.STEP + steps.FROM_EXTENSION
).replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION").replace("@SAFE", SAFE)
NEW = (
    "country_of(text)",
    "is_premium(text)",
    "withholds(bigint)",
    "phones_of(bigint)",
    "forward_of(bigint, text)",
    "step_f(asterisk.route, bigint, bigint, text, timestamptz)",
    "forward_comes_back(bigint, bigint)",
    "feature_code(asterisk.route, bigint, bigint, text)",
    "note_act(bigint, text, jsonb, jsonb)",
    "act_forward(bigint, text, text)",
    "act_switch(bigint, text, boolean)",
    "phone_act(text, text, text)",
    "pin_digest(text, text)",
    "route_by_pin(text, text, text)",
)
ASKED = """
GRANT EXECUTE ON FUNCTION asterisk.phone_act(text, text, text) TO pbx_asterisk;
GRANT EXECUTE ON FUNCTION asterisk.route_by_pin(text, text, text) TO pbx_asterisk;
GRANT EXECUTE ON FUNCTION asterisk.forward_comes_back(bigint, bigint) TO pbx_console;
GRANT EXECUTE ON FUNCTION asterisk.may_dial(bigint, bigint, text) TO pbx_console;
"""


def column(name: str, field: models.Field) -> migrations.AddField:  # type: ignore[type-arg]
    """Return the operation that gives the extension a column."""
    return migrations.AddField(model_name="extension", name=name, field=field)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_quota_warnings"), ("pbx", "0007_steps")]
    operations = [
        column(
            "call_waiting",
            models.BooleanField(
                default=True,
                help_text="A second call rings while the first one goes on.",
                verbose_name="call waiting",
            ),
        ),
        column(
            "countries",
            models.JSONField(
                blank=True,
                default=list,
                help_text="Beside the own one. None chosen: every country.",
                verbose_name="countries",
            ),
        ),
        column(
            "dial_class",
            models.CharField(
                choices=[
                    ("internal", "colleagues only"),
                    ("national", "national numbers"),
                    ("abroad", "national and abroad"),
                ],
                default="abroad",
                max_length=8,
                verbose_name="may dial",
            ),
        ),
        column(
            "do_not_disturb",
            models.BooleanField(
                default=False,
                help_text="Callers hear busy, or go where busy calls go.",
                verbose_name="do not disturb",
            ),
        ),
        column(
            "inside_name",
            models.CharField(
                blank=True,
                help_text="Empty: its name.",
                max_length=60,
                validators=[PLAIN],
                verbose_name="name shown inside",
            ),
        ),
        column(
            "inside_number",
            models.CharField(
                blank=True,
                help_text="An internal number, a hunt group's for example."
                " Empty: its own.",
                max_length=6,
                validators=[
                    django.core.validators.RegexValidator(
                        "^[1-9][0-9]{1,5}$", "2 to 6 digits."
                    )
                ],
                verbose_name="number shown inside",
            ),
        ),
        column(
            "language",
            models.CharField(
                blank=True,
                choices=[("de", "German"), ("en", "English"), ("nl", "Dutch")],
                help_text="Of what the telephone system says. Empty: the customer's.",
                max_length=2,
                verbose_name="language",
            ),
        ),
        column(
            "may_dial_premium",
            models.BooleanField(
                default=False,
                help_text="0900, 0180, 118 and their like cost more per minute.",
                verbose_name="premium and service numbers",
            ),
        ),
        column(
            "pin_digest", models.CharField(blank=True, editable=False, max_length=120)
        ),
        column("pin_locked_until", models.DateTimeField(editable=False, null=True)),
        column(
            "pin_tries", models.PositiveSmallIntegerField(default=0, editable=False)
        ),
        column(
            "ring_in_order",
            models.BooleanField(
                default=False,
                help_text="Otherwise all of them ring together.",
                verbose_name="phones ring one after the other",
            ),
        ),
        column(
            "withholds_number",
            models.BooleanField(
                default=False,
                help_text="Outside callers see no number."
                " Emergency calls always show it.",
                verbose_name="number withheld",
            ),
        ),
        migrations.CreateModel(
            name="Device",
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
                ("revision", models.PositiveIntegerField(default=0)),
                ("live_revision", models.PositiveIntegerField(default=0)),
                ("saved_at", models.DateTimeField(auto_now=True)),
                ("live_at", models.DateTimeField(blank=True, null=True)),
                ("failure", models.CharField(blank=True, max_length=200)),
                (
                    "slot",
                    models.PositiveSmallIntegerField(
                        default=2,
                        validators=[
                            django.core.validators.MinValueValidator(2),
                            django.core.validators.MaxValueValidator(9),
                        ],
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="Where it stands or what it is:"
                        " Home, Mobile app, Workshop.",
                        max_length=40,
                        validators=[PLAIN],
                        verbose_name="name",
                    ),
                ),
                (
                    "secret",
                    pbx_console.accounts.fields.SecretField(
                        default=pbx_console.pbx.models.extensions.random_secret
                    ),
                ),
                (
                    "extension",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="devices",
                        to="pbx.extension",
                    ),
                ),
            ],
            options={
                "verbose_name": "device",
                "ordering": ("slot",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("extension", "slot"), name="device_slot"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Forward",
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
                    "condition",
                    models.CharField(
                        choices=[
                            ("always", "always"),
                            ("busy", "busy"),
                            ("no_answer", "no answer"),
                            ("offline", "not registered"),
                        ],
                        max_length=9,
                        verbose_name="condition",
                    ),
                ),
                (
                    "outside_number",
                    models.CharField(
                        blank=True,
                        max_length=16,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^\\+[1-9][0-9]{4,14}$", "E.164 with a plus."
                            )
                        ],
                        verbose_name="outside number",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="on")),
                (
                    "destination",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="forwards",
                        to="pbx.destination",
                        verbose_name="to",
                    ),
                ),
                (
                    "extension",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="forwards",
                        to="pbx.extension",
                    ),
                ),
            ],
            options={
                "verbose_name": "forward",
                "ordering": ("extension", "condition"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("extension", "condition"), name="forward_condition"
                    ),
                    models.CheckConstraint(
                        name="forward_one_target",
                        condition=models.Q(destination=None)
                        | models.Q(outside_number=""),
                    ),
                ],
            },
        ),
        migrations.RunSQL(KEPT_CLASS, KEPT_FLAG),
        migrations.RemoveField(model_name="extension", name="may_dial_outside"),
        enable("pbx_device", customer="", owned=BY_EXTENSION),
        enable("pbx_forward", customer="", owned=BY_EXTENSION),
        migrations.RunSQL(sql.CHANGED, sql.UNCHANGED),
        migrations.RunSQL(migrations.RunSQL.noop, "DROP TYPE asterisk.act;"),
        functions(
            sql.COUNTRIES + sql.RIGHTS + sql.STEPS + sql.CODES + sql.ACTS + CODED,
            *NEW,
        ),
        migrations.RunSQL(ASKED, EARLIER),
    ]
