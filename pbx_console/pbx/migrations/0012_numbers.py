"""Numbers lead to any destination; ranges, porting, phonebook, blocklist."""

from __future__ import annotations

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

from pbx_console.accounts.rls import BY_CUSTOMER_ID, enable
from pbx_console.pbx.ddl import functions
from pbx_console.pbx.migrations import _numbers_sql as sql

OWN = {"customer": "customer_id", "owned": BY_CUSTOMER_ID}
BOTH = {"reseller": "reseller_id", "customer": "customer_id"}


class Migration(migrations.Migration):
    dependencies = [("pbx", "0011_queues")]
    operations = [
        migrations.RunSQL(migrations.RunSQL.noop, sql.EARLIER),
        migrations.AddField(
            model_name="did",
            name="destination",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="dids",
                to="pbx.destination",
                verbose_name="leads to",
            ),
        ),
        migrations.RunSQL(sql.FILL, sql.EMPTY),
        migrations.RemoveConstraint(model_name="did", name="did_held_before_used"),
        migrations.RemoveField(model_name="did", name="extension"),
        migrations.AddConstraint(
            model_name="did",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("customer__isnull", False),
                    models.Q(("destination", None), ("is_main", False)),
                    _connector="OR",
                ),
                name="did_held_before_used",
            ),
        ),
        migrations.CreateModel(
            name="BlockedNumber",
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
                        max_length=16,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^(\\+[1-9][0-9]{0,14})?$", "E.164 with a plus."
                            )
                        ],
                        verbose_name="number",
                    ),
                ),
                (
                    "is_prefix",
                    models.BooleanField(
                        default=False, verbose_name="everything that begins like this"
                    ),
                ),
                (
                    "note",
                    models.CharField(blank=True, max_length=200, verbose_name="note"),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "blocked caller",
                "ordering": ("number", "id"),
            },
        ),
        migrations.CreateModel(
            name="NumberRange",
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
                    "stem",
                    models.CharField(
                        error_messages={"unique": "This range cannot be used."},
                        max_length=14,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^\\+[1-9][0-9]{3,12}$", "E.164 with a plus."
                            )
                        ],
                        verbose_name="stem",
                    ),
                ),
                (
                    "digits",
                    models.PositiveSmallIntegerField(
                        default=2,
                        help_text="Callers may also dial fewer; 0 is the switchboard.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(4),
                        ],
                        verbose_name="digits behind it",
                    ),
                ),
                (
                    "name_prefix",
                    models.CharField(
                        blank=True,
                        help_text="Whoever is called sees which number was dialled, as in “Sales”.",
                        max_length=20,
                        validators=[
                            django.core.validators.RegexValidator(
                                '^[^\\x00-\\x1f\\x7f"<>\\\\;]*$',
                                "Letters and digits without quotes, <, >, \\ and ;.",
                            )
                        ],
                        verbose_name="before the caller's name",
                    ),
                ),
            ],
            options={
                "verbose_name": "number range",
                "ordering": ("stem",),
            },
        ),
        migrations.CreateModel(
            name="PhonebookEntry",
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
                                '^[^\\x00-\\x1f\\x7f"<>\\\\;]+$',
                                "Letters and digits without quotes, <, >, \\ and ;.",
                            )
                        ],
                        verbose_name="name",
                    ),
                ),
                (
                    "numbers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            max_length=16,
                            validators=[
                                django.core.validators.RegexValidator(
                                    "^\\+[1-9][0-9]{2,14}$", "E.164 with a plus."
                                )
                            ],
                        ),
                        size=10,
                        verbose_name="numbers",
                    ),
                ),
                (
                    "note",
                    models.CharField(blank=True, max_length=200, verbose_name="note"),
                ),
            ],
            options={
                "verbose_name": "phonebook entry",
                "ordering": ("name", "id"),
            },
        ),
        migrations.CreateModel(
            name="Porting",
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
                    "direction",
                    models.CharField(
                        choices=[("in", "coming in"), ("out", "leaving")],
                        default="in",
                        max_length=3,
                        verbose_name="direction",
                    ),
                ),
                ("numbers", models.JSONField(default=list, verbose_name="numbers")),
                (
                    "carrier",
                    models.CharField(
                        help_text="Who has the numbers today, or who gets them.",
                        max_length=80,
                        verbose_name="other carrier",
                    ),
                ),
                (
                    "reference",
                    models.CharField(
                        blank=True, max_length=60, verbose_name="their reference"
                    ),
                ),
                (
                    "holder",
                    models.CharField(
                        blank=True,
                        help_text="Name and address exactly as the other carrier has them.",
                        max_length=120,
                        verbose_name="holder of the connection",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("sent", "sent"),
                            ("confirmed", "confirmed"),
                            ("rejected", "rejected"),
                            ("done", "done"),
                            ("cancelled", "cancelled"),
                        ],
                        db_index=True,
                        default="draft",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                (
                    "wanted_on",
                    models.DateField(blank=True, null=True, verbose_name="wanted on"),
                ),
                (
                    "agreed_on",
                    models.DateField(blank=True, null=True, verbose_name="agreed for"),
                ),
                (
                    "reason",
                    models.CharField(blank=True, max_length=300, verbose_name="reason"),
                ),
                (
                    "note",
                    models.TextField(blank=True, max_length=2000, verbose_name="note"),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "sent_at",
                    models.DateTimeField(
                        editable=False, null=True, verbose_name="sent"
                    ),
                ),
                (
                    "confirmed_at",
                    models.DateTimeField(
                        editable=False, null=True, verbose_name="confirmed"
                    ),
                ),
                (
                    "rejected_at",
                    models.DateTimeField(
                        editable=False, null=True, verbose_name="rejected"
                    ),
                ),
                (
                    "done_at",
                    models.DateTimeField(
                        editable=False, null=True, verbose_name="done"
                    ),
                ),
                (
                    "cancelled_at",
                    models.DateTimeField(
                        editable=False, null=True, verbose_name="cancelled"
                    ),
                ),
                ("reminded_for", models.DateField(editable=False, null=True)),
                ("overdue_told_on", models.DateField(editable=False, null=True)),
            ],
            options={
                "verbose_name": "porting",
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="PortingDocument",
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
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("content_type", models.CharField(max_length=20)),
                ("data", models.BinaryField()),
                ("size", models.PositiveIntegerField(editable=False)),
                ("digest", models.CharField(editable=False, max_length=64)),
                ("added_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "document",
                "ordering": ("id",),
            },
        ),
        migrations.AddField(
            model_name="did",
            name="name_prefix",
            field=models.CharField(
                blank=True,
                help_text="Whoever is called sees which number was dialled, as in “Sales”.",
                max_length=20,
                validators=[
                    django.core.validators.RegexValidator(
                        '^[^\\x00-\\x1f\\x7f"<>\\\\;]*$',
                        "Letters and digits without quotes, <, >, \\ and ;.",
                    )
                ],
                verbose_name="before the caller's name",
            ),
        ),
        migrations.AddField(
            model_name="did",
            name="use",
            field=models.CharField(
                choices=[("voice", "calls"), ("fax", "fax"), ("data", "data")],
                default="voice",
                max_length=5,
                verbose_name="used for",
            ),
        ),
        migrations.AddField(
            model_name="blockednumber",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="blocked_numbers",
                to="accounts.customer",
            ),
        ),
        migrations.AddField(
            model_name="numberrange",
            name="customer",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="ranges",
                to="accounts.customer",
                verbose_name="customer",
            ),
        ),
        migrations.AddField(
            model_name="numberrange",
            name="fallback",
            field=models.ForeignKey(
                blank=True,
                help_text="The stem alone, 0, and digits that are nobody's.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="fallback_of_ranges",
                to="pbx.destination",
                verbose_name="where the rest leads",
            ),
        ),
        migrations.AddField(
            model_name="numberrange",
            name="reseller",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="ranges",
                to="accounts.reseller",
                verbose_name="reseller",
            ),
        ),
        migrations.AddField(
            model_name="numberrange",
            name="trunk",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="ranges",
                to="pbx.trunk",
                verbose_name="trunk",
            ),
        ),
        migrations.AddField(
            model_name="phonebookentry",
            name="customer",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="phonebook",
                to="accounts.customer",
            ),
        ),
        migrations.AddField(
            model_name="phonebookentry",
            name="reseller",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="phonebook",
                to="accounts.reseller",
            ),
        ),
        migrations.AddField(
            model_name="porting",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="portings",
                to="accounts.customer",
                verbose_name="customer",
            ),
        ),
        migrations.AddField(
            model_name="porting",
            name="destination",
            field=models.ForeignKey(
                blank=True,
                help_text="From the day on that the numbers are live.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="destination_of_portings",
                to="pbx.destination",
                verbose_name="leads to",
            ),
        ),
        migrations.AddField(
            model_name="porting",
            name="trunk",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="portings",
                to="pbx.trunk",
                verbose_name="trunk",
            ),
        ),
        migrations.AddField(
            model_name="portingdocument",
            name="porting",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="documents",
                to="pbx.porting",
            ),
        ),
        migrations.AddConstraint(
            model_name="blockednumber",
            constraint=models.UniqueConstraint(
                fields=("customer", "number", "is_prefix"),
                name="blocked_once",
                violation_error_message="This caller is blocked already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="numberrange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("customer", None), ("reseller__isnull", False), _connector="OR"
                ),
                name="range_owner_chain",
            ),
        ),
        migrations.AddConstraint(
            model_name="numberrange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("customer__isnull", False), ("fallback", None), _connector="OR"
                ),
                name="range_held_before_used",
            ),
        ),
        migrations.AddIndex(
            model_name="phonebookentry",
            index=models.Index(fields=["reseller", "name"], name="phonebook_by_name"),
        ),
        migrations.AddConstraint(
            model_name="portingdocument",
            constraint=models.UniqueConstraint(
                fields=("porting", "digest"),
                name="porting_document_once",
                violation_error_message="This document is there already.",
            ),
        ),
        enable("pbx_numberrange", **BOTH),
        enable("pbx_phonebookentry", **BOTH),
        enable("pbx_blockednumber", **OWN),
        enable("pbx_porting", **OWN),
        enable(
            "pbx_portingdocument", owned="porting_id IN (SELECT id FROM pbx_porting)"
        ),
        migrations.RunSQL(sql.BOOK, "DROP INDEX phonebook_numbers;"),
        functions(sql.DID_OF + sql.CALLERS + sql.SHOWN, *sql.NEW),
    ]
