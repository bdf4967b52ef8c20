"""Parking, paging and lamps; the group in which a phone may pick up.

`asterisk.step_parking`, `step_slot` and `step_paging` answer for the dialplan (contexts
`do-park`, `do-slot`, `do-page`); `asterisk.lamp(name)` says which devices a lamp follows.
"""

from __future__ import annotations

from typing import ClassVar

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import pbx_console.pbx.models.extensions
import pbx_console.pbx.models.lamps
from pbx_console.accounts.rls import BY_CUSTOMER_ID, enable
from pbx_console.pbx.ddl import functions, keep_destination

OWNED = {"customer": "customer_id", "owned": BY_CUSTOMER_ID}
STEPS = """
-- A lot's name in Asterisk changes with its places: a lot that exists is never renumbered.
CREATE FUNCTION asterisk.parking(answer asterisk.route, lot bigint)
RETURNS asterisk.route LANGUAGE plpgsql STABLE @SAFE AS $$
DECLARE
  found record;
BEGIN
  SELECT p.number::int + 1 AS first, p.places, p.seconds, p.music_id, p.after_id
    INTO found FROM pbx_parkinglot p WHERE p.id = lot;
  answer.x1 := format('p%s-%s-%s', lot, found.first, found.places);
  answer.x2 := format('%s-%s', found.first, found.first + found.places - 1);
  answer.ring_seconds := found.seconds;
  answer.music := coalesce('m' || found.music_id, '');
  answer.next := coalesce('d' || found.after_id, '');
  RETURN answer;
END $$;

CREATE FUNCTION asterisk.step_parking(answer asterisk.route, customer bigint,
  object bigint, caller text, at timestamptz)
RETURNS asterisk.route LANGUAGE plpgsql STABLE @SAFE AS $$
BEGIN
  answer := asterisk.parking(answer, object);
  answer.action := 'park';
  answer.accountcode := '';
  RETURN answer;
END $$;

CREATE FUNCTION asterisk.step_slot(answer asterisk.route, customer bigint,
  object bigint, caller text, at timestamptz)
RETURNS asterisk.route LANGUAGE plpgsql STABLE @SAFE AS $$
DECLARE
  place record;
BEGIN
  SELECT s.number, s.lot_id INTO place FROM pbx_parkingslot s WHERE s.id = object;
  answer := asterisk.parking(answer, place.lot_id);
  answer.action := 'slot';
  answer.x3 := place.number;
  answer.accountcode := '';
  RETURN answer;
END $$;

-- Only phones of the customer may speak out of others: somebody outside is refused.
CREATE FUNCTION asterisk.step_paging(answer asterisk.route, customer bigint,
  object bigint, caller text, at timestamptz)
RETURNS asterisk.route LANGUAGE plpgsql STABLE @SAFE AS $$
BEGIN
  answer.accountcode := '';
  IF coalesce(caller, '') = '' THEN
    answer.action := 'refuse';
    answer.reason := 'not_allowed';
    RETURN answer;
  END IF;
  SELECT string_agg('PJSIP/' || answer.tenantid || '-' || e.number, '&' ORDER BY e.number)
    INTO answer.target
    FROM pbx_paginggroup_members m JOIN pbx_extension e ON e.id = m.extension_id
   WHERE m.paginggroup_id = object
     AND answer.tenantid || '-' || e.number <> caller;
  SELECT CASE WHEN g.talks_back THEN 'd' ELSE '' END INTO answer.options
    FROM pbx_paginggroup g WHERE g.id = object;
  answer.action := CASE WHEN answer.target IS NULL THEN 'refuse' ELSE 'page' END;
  answer.reason := CASE WHEN answer.target IS NULL THEN 'no_extension' END;
  RETURN answer;
END $$;

-- `*88` takes a call of the own pickup group, `*88<number>` one that rings there.
CREATE FUNCTION asterisk.code_88(answer asterisk.route, customer bigint,
  extension bigint, rest text)
RETURNS asterisk.route LANGUAGE plpgsql STABLE @SAFE AS $$
BEGIN
  answer.action := 'pickup';
  IF rest <> '' THEN
    SELECT 'PJSIP/' || answer.tenantid || '-' || e.number || '-' INTO answer.target
      FROM pbx_extension e WHERE e.customer_id = customer AND e.number = rest;
    IF NOT FOUND THEN
      answer.action := 'refuse';
      answer.reason := 'no_extension';
    END IF;
  END IF;
  RETURN answer;
END $$;

-- `205-<word>` -> what a lamp for 205 of that word's customer follows; nothing else.
CREATE FUNCTION asterisk.lamp(wanted text) RETURNS text LANGUAGE sql STABLE @SAFE AS $$
  SELECT coalesce((
    SELECT CASE t.kind
        WHEN 'extension' THEN 'PJSIP/' || c.code || '-' || t.number
        WHEN 'slot' THEN format('park:%s@parked-p%s-%s-%s', t.number, p.id,
                                p.number::int + 1, p.places)
        ELSE 'Custom:' || t.kind || t.object_id END
      FROM pbx_lampword w
      JOIN accounts_customer c ON c.id = w.customer_id
      JOIN pbx_destination t ON t.customer_id = c.id
       AND t.number = split_part(wanted, '-', 1)
      LEFT JOIN pbx_parkingslot s ON t.kind = 'slot' AND s.id = t.object_id
      LEFT JOIN pbx_parkinglot p ON p.id = s.lot_id
     WHERE w.word = split_part(wanted, '-', 2)), 'Custom:none')
$$;
"""
SIGNATURE = "(asterisk.route, bigint, bigint, text, timestamptz)"
NEW = (
    f"step_parking{SIGNATURE}",
    f"step_slot{SIGNATURE}",
    f"step_paging{SIGNATURE}",
    "parking(asterisk.route, bigint)",
    "lamp(text)",
    "code_88(asterisk.route, bigint, bigint, text)",
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("accounts", "0006_quota_warnings"),
        ("pbx", "0014_limits"),
    ]
    operations: ClassVar = [
        migrations.CreateModel(
            name="LampWord",
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
                    "word",
                    models.CharField(
                        default=pbx_console.pbx.models.lamps.random_word,
                        max_length=12,
                        unique=True,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PagingGroup",
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
                    "talks_back",
                    models.BooleanField(
                        default=False,
                        help_text="Otherwise only the caller is heard.",
                        verbose_name="everybody may speak",
                    ),
                ),
            ],
            options={
                "verbose_name": "paging group",
                "ordering": ("number", "name", "id"),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ParkingLot",
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
                    "places",
                    models.PositiveSmallIntegerField(
                        default=5,
                        help_text="Their numbers follow the number of the lot.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(20),
                        ],
                        verbose_name="places",
                    ),
                ),
                (
                    "seconds",
                    models.PositiveSmallIntegerField(
                        default=120,
                        help_text="Then the phone that parked the call rings again.",
                        validators=[
                            django.core.validators.MinValueValidator(15),
                            django.core.validators.MaxValueValidator(3600),
                        ],
                        verbose_name="waits for, seconds",
                    ),
                ),
            ],
            options={
                "verbose_name": "parking lot",
                "ordering": ("number", "name", "id"),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ParkingSlot",
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
            ],
            options={
                "verbose_name": "parking place",
                "ordering": ("number", "name", "id"),
                "abstract": False,
            },
        ),
        migrations.AlterField(
            model_name="destination",
            name="kind",
            field=models.CharField(
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
                    ("parking", "Parking lot"),
                    ("slot", "Parking place"),
                ],
                max_length=14,
            ),
        ),
        migrations.AddField(
            model_name="lampword",
            name="customer",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="lamp_word",
                to="accounts.customer",
            ),
        ),
        migrations.AddField(
            model_name="paginggroup",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="%(class)ss",
                to="accounts.customer",
            ),
        ),
        migrations.AddField(
            model_name="paginggroup",
            name="members",
            field=models.ManyToManyField(
                related_name="paging_groups", to="pbx.extension", verbose_name="phones"
            ),
        ),
        migrations.AddField(
            model_name="parkinglot",
            name="after",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="pbx.destination",
                verbose_name="if nobody takes it then",
            ),
        ),
        migrations.AddField(
            model_name="parkinglot",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="%(class)ss",
                to="accounts.customer",
            ),
        ),
        migrations.AddField(
            model_name="parkinglot",
            name="music",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="parking_lots",
                to="pbx.musicclass",
                verbose_name="music",
            ),
        ),
        migrations.AddField(
            model_name="parkingslot",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="%(class)ss",
                to="accounts.customer",
            ),
        ),
        migrations.AddField(
            model_name="parkingslot",
            name="lot",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="slots",
                to="pbx.parkinglot",
            ),
        ),
        migrations.AddField(
            "extension",
            "pickup_group",
            models.CharField(
                "pickup group",
                blank=True,
                default="",
                help_text="Phones of the same group take each other's calls with *88.",
                max_length=20,
                validators=[
                    django.core.validators.RegexValidator(
                        "^[a-z0-9_]+$", "Small letters, digits and _ only."
                    )
                ],
            ),
            preserve_default=False,
        ),
        enable("pbx_lampword", **OWNED),
        enable("pbx_parkinglot", **OWNED),
        enable("pbx_parkingslot", **OWNED),
        enable("pbx_paginggroup", **OWNED),
        enable(
            "pbx_paginggroup_members",
            owned="paginggroup_id IN (SELECT id FROM pbx_paginggroup)",
        ),
        keep_destination("pbx_parkinglot", "parking"),
        keep_destination("pbx_parkingslot", "slot"),
        keep_destination("pbx_paginggroup", "paging"),
        functions(STEPS, *NEW),
        migrations.RunSQL(
            "GRANT EXECUTE ON FUNCTION asterisk.lamp(text) TO pbx_asterisk;",
            migrations.RunSQL.noop,
        ),
    ]
