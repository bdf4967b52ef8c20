"""Trunks in all their ways, weights, caller ID policy, sites and emergencies.

The texts of the lookup functions are in `_carriers_sql.py`.
"""

from __future__ import annotations

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import pbx_console.pbx.models.trunks
from pbx_console.accounts.rls import BY_CUSTOMER_ID, enable
from pbx_console.pbx.ddl import functions
from pbx_console.pbx.migrations import _carriers_sql as sql


class Migration(migrations.Migration):
    dependencies = [("pbx", "0012_numbers")]
    operations = [
        migrations.CreateModel(
            name="CallerPolicy",
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
                    "shows_original",
                    models.BooleanField(
                        default=False,
                        help_text="Where the carrier takes it; else the customer's own number.",
                        verbose_name="forwarded calls show the original caller",
                    ),
                ),
            ],
            options={
                "verbose_name": "caller ID policy",
            },
        ),
        migrations.CreateModel(
            name="EmergencyCall",
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
                ("linkedid", models.CharField(max_length=150, unique=True)),
                ("extension_number", models.CharField(blank=True, max_length=20)),
                ("dialled", models.CharField(max_length=10)),
                ("site", models.CharField(blank=True, max_length=300)),
                ("at", models.DateTimeField()),
                ("answered", models.BooleanField(default=False)),
            ],
            options={
                "verbose_name": "emergency call",
                "ordering": ("-at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="EmergencyTest",
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
                ("until", models.DateTimeField(verbose_name="ends")),
            ],
            options={
                "verbose_name": "emergency test",
            },
        ),
        migrations.CreateModel(
            name="ShownRight",
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
                        max_length=16,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^\\+[1-9][0-9]{6,14}$", "E.164 with a plus."
                            )
                        ],
                        verbose_name="number",
                    ),
                ),
                (
                    "document",
                    models.CharField(
                        help_text="Where the proof is kept: file, contract number, date.",
                        max_length=120,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[^\\x00-\\x1f\\x7f]*$", "Use printable letters."
                            )
                        ],
                        verbose_name="document",
                    ),
                ),
                (
                    "valid_until",
                    models.DateField(blank=True, null=True, verbose_name="valid until"),
                ),
                (
                    "granted_by",
                    models.CharField(
                        editable=False, max_length=80, verbose_name="recorded by"
                    ),
                ),
                (
                    "granted_at",
                    models.DateTimeField(auto_now_add=True, verbose_name="recorded at"),
                ),
            ],
            options={
                "verbose_name": "right to show a number",
                "ordering": ("number", "id"),
            },
        ),
        migrations.CreateModel(
            name="Site",
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
                    "name",
                    models.CharField(
                        max_length=60,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[^\\x00-\\x1f\\x7f]*$", "Use printable letters."
                            )
                        ],
                        verbose_name="name",
                    ),
                ),
                (
                    "street",
                    models.CharField(
                        max_length=100,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[^\\x00-\\x1f\\x7f]*$", "Use printable letters."
                            )
                        ],
                        verbose_name="street and house number",
                    ),
                ),
                (
                    "postcode",
                    models.CharField(
                        max_length=10,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[^\\x00-\\x1f\\x7f]*$", "Use printable letters."
                            )
                        ],
                        verbose_name="postcode",
                    ),
                ),
                (
                    "town",
                    models.CharField(
                        max_length=60,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[^\\x00-\\x1f\\x7f]*$", "Use printable letters."
                            )
                        ],
                        verbose_name="town",
                    ),
                ),
                (
                    "country",
                    models.CharField(
                        choices=[
                            ("DE", "Germany"),
                            ("NL", "Netherlands"),
                            ("AT", "Austria"),
                        ],
                        default="DE",
                        max_length=2,
                        verbose_name="country",
                    ),
                ),
                (
                    "note",
                    models.CharField(
                        blank=True,
                        help_text="Entrance, floor, wing.",
                        max_length=120,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[^\\x00-\\x1f\\x7f]*$", "Use printable letters."
                            )
                        ],
                        verbose_name="how to find it",
                    ),
                ),
            ],
            options={
                "verbose_name": "site",
                "ordering": ("name", "id"),
            },
        ),
        migrations.CreateModel(
            name="TrunkHealth",
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
                    "state",
                    models.CharField(
                        choices=[
                            ("unknown", "not watched"),
                            ("up", "answers"),
                            ("down", "does not answer"),
                        ],
                        default="unknown",
                        max_length=7,
                    ),
                ),
                ("since", models.DateTimeField(null=True)),
                ("looked_at", models.DateTimeField(null=True)),
                ("round_trip_ms", models.PositiveIntegerField(null=True)),
                ("registration", models.CharField(blank=True, max_length=40)),
                ("pending", models.CharField(blank=True, max_length=7)),
                ("same_in_a_row", models.PositiveIntegerField(default=0)),
                ("told_down", models.BooleanField(default=False)),
                ("told_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "state of a trunk",
            },
        ),
        migrations.AddField(
            model_name="outboundroute",
            name="weight",
            field=models.PositiveSmallIntegerField(
                default=1,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(100),
                ],
                verbose_name="share",
            ),
        ),
        migrations.AddField(
            model_name="trunk",
            name="account_in_from",
            field=models.BooleanField(
                default=True,
                help_text="With a user: some carriers want it there, and the number beside.",
                verbose_name="From names the account",
            ),
        ),
        migrations.AddField(
            model_name="trunk",
            name="caller_header",
            field=models.CharField(
                choices=[
                    ("pai", "From and P-Asserted-Identity"),
                    ("rpid", "From and Remote-Party-ID"),
                    ("from", "From only"),
                ],
                default="pai",
                max_length=4,
                verbose_name="caller's number",
            ),
        ),
        migrations.AddField(
            model_name="trunk",
            name="country",
            field=models.CharField(
                choices=[("DE", "Germany"), ("NL", "Netherlands"), ("AT", "Austria")],
                default="DE",
                help_text="Where numbers without a country code belong.",
                max_length=2,
                verbose_name="country",
            ),
        ),
        migrations.AddField(
            model_name="trunk",
            name="domain",
            field=models.CharField(
                blank=True,
                help_text="What stands behind the @; empty: the address.",
                max_length=100,
                validators=[
                    django.core.validators.RegexValidator(
                        "^[A-Za-z0-9]([A-Za-z0-9.-]{0,98}[A-Za-z0-9])?$",
                        "A host name: sip.example.net.",
                    )
                ],
                verbose_name="SIP domain",
            ),
        ),
        migrations.AddField(
            model_name="trunk",
            name="incoming_format",
            field=models.CharField(
                choices=[
                    ("any", "as it comes: +49…, 0049… or 030…"),
                    ("digits", "always 4930…, without plus or zeros"),
                ],
                default="any",
                max_length=14,
                verbose_name="callers' numbers",
            ),
        ),
        migrations.AddField(
            model_name="trunk",
            name="max_calls",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="Empty: no limit. More go over the next trunk of the route.",
                null=True,
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="calls at the same time",
            ),
        ),
        migrations.AddField(
            model_name="trunk",
            name="more_addresses",
            field=models.CharField(
                blank=True,
                help_text="Calls from here are this carrier's too. Addresses or networks.",
                max_length=400,
                validators=[pbx_console.pbx.models.trunks.validate_addresses],
                verbose_name="further addresses",
            ),
        ),
        migrations.AddField(
            model_name="trunk",
            name="proxy",
            field=models.GenericIPAddressField(
                blank=True,
                help_text="Everything is sent there first. Empty: straight to the address.",
                null=True,
                verbose_name="outbound proxy",
            ),
        ),
        migrations.AddField(
            model_name="trunk",
            name="registers",
            field=models.BooleanField(
                default=False,
                help_text="Off: the carrier knows this system by its address.",
                verbose_name="registers with the carrier",
            ),
        ),
        migrations.AddField(
            model_name="trunk",
            name="shows_original",
            field=models.BooleanField(
                default=False,
                help_text="The carrier accepts a foreign number together with Diversion.",
                verbose_name="takes the original caller of forwarded calls",
            ),
        ),
        migrations.AddField(
            model_name="trunk",
            name="srtp",
            field=models.BooleanField(
                default=False,
                help_text="Calls without encryption are refused then, in both directions.",
                verbose_name="encrypted speech (SRTP)",
            ),
        ),
        migrations.AddField(
            model_name="trunk",
            name="transport",
            field=models.CharField(
                choices=[("udp", "UDP"), ("tcp", "TCP"), ("tls", "TLS")],
                default="udp",
                max_length=3,
                verbose_name="transport",
            ),
        ),
        migrations.AddField(
            model_name="trunk",
            name="watch_seconds",
            field=models.PositiveIntegerField(
                default=60,
                help_text="By OPTIONS; 0: not watched.",
                validators=[django.core.validators.MaxValueValidator(3600)],
                verbose_name="watched every, seconds",
            ),
        ),
        migrations.AlterField(
            model_name="trunk",
            name="number_format",
            field=models.CharField(
                choices=[
                    ("plus", "+4930…"),
                    ("digits", "4930…"),
                    ("international", "004930…"),
                    ("national", "030… at home, 0043… abroad"),
                ],
                default="plus",
                max_length=14,
                verbose_name="number format",
            ),
        ),
        migrations.AlterField(
            model_name="trunk",
            name="username",
            field=models.CharField(
                blank=True,
                max_length=60,
                validators=[
                    django.core.validators.RegexValidator(
                        '^[^\\x00-\\x20\\x7f\\"<>\\\\;,&@]*$',
                        "No spaces, quotes or @ ; , & < >.",
                    )
                ],
                verbose_name="user",
            ),
        ),
        migrations.AddField(
            model_name="callerpolicy",
            name="customer",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="caller_policy",
                to="accounts.customer",
            ),
        ),
        migrations.AddField(
            model_name="emergencycall",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="emergency_calls",
                to="accounts.customer",
            ),
        ),
        migrations.AddField(
            model_name="emergencytest",
            name="customer",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="emergency_test",
                to="accounts.customer",
            ),
        ),
        migrations.AddField(
            model_name="emergencytest",
            name="destination",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="pbx.destination",
                verbose_name="rings instead",
            ),
        ),
        migrations.AddField(
            model_name="shownright",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="shown_rights",
                to="accounts.customer",
            ),
        ),
        migrations.AddField(
            model_name="shownright",
            name="extension",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="shown_rights",
                to="pbx.extension",
                verbose_name="shown by",
            ),
        ),
        migrations.AddField(
            model_name="site",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="sites",
                to="accounts.customer",
            ),
        ),
        migrations.AddField(
            model_name="site",
            name="did",
            field=models.ForeignKey(
                blank=True,
                help_text="The emergency service sees it and may call back.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="sites",
                to="pbx.did",
                verbose_name="number of this site",
            ),
        ),
        migrations.AddField(
            model_name="extension",
            name="site",
            field=models.ForeignKey(
                blank=True,
                help_text="Where the phone stands; the emergency service is told.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="extensions",
                to="pbx.site",
                verbose_name="site",
            ),
        ),
        migrations.AddField(
            model_name="trunkhealth",
            name="trunk",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="health",
                to="pbx.trunk",
            ),
        ),
        migrations.AddConstraint(
            model_name="shownright",
            constraint=models.UniqueConstraint(
                fields=("customer", "number", "extension"),
                name="shown_right_once",
                nulls_distinct=False,
                violation_error_message="This right is recorded already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="site",
            constraint=models.UniqueConstraint(
                fields=("customer", "name"),
                name="site_name",
                violation_error_message="There is a site of this name already.",
            ),
        ),
        enable("pbx_site", customer="customer_id", owned=BY_CUSTOMER_ID),
        enable("pbx_emergencytest", customer="customer_id", owned=BY_CUSTOMER_ID),
        enable("pbx_emergencycall", customer="customer_id", owned=BY_CUSTOMER_ID),
        enable("pbx_shownright", customer="customer_id", owned=BY_CUSTOMER_ID),
        enable("pbx_callerpolicy", customer="customer_id", owned=BY_CUSTOMER_ID),
        enable("pbx_trunkhealth", owned="trunk_id IN (SELECT id FROM pbx_trunk)"),
        migrations.RunSQL(sql.ATTRIBUTES, sql.NO_ATTRIBUTES),
        migrations.RunSQL(sql.DROP_TRUNKS_FOR, sql.EARLIER),
        functions(sql.FUNCTIONS, *sql.NEW),
        migrations.RunSQL(sql.GRANTS, migrations.RunSQL.noop),
    ]
