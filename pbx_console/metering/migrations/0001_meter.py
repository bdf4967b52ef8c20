import django.core.validators
import django.db.models.deletion
import pbx_console.accounts.models.resellers
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0003_walls"),
    ]

    operations = [
        migrations.CreateModel(
            name="Call",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("node", models.CharField(max_length=40)),
                ("linkedid", models.CharField(max_length=150)),
                ("legs", models.IntegerField()),
                ("answered_at", models.DateTimeField()),
                ("hung_up_at", models.DateTimeField(null=True)),
                ("duration_ms", models.BigIntegerField(null=True)),
            ],
            options={
                "db_table": "metering_call",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Follower",
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
                ("node", models.CharField(max_length=40, unique=True)),
                ("seen_at", models.DateTimeField()),
                ("behind_bytes", models.BigIntegerField(default=0)),
                ("note", models.CharField(blank=True, max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name="JournalFile",
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
                ("node", models.CharField(max_length=40)),
                ("identity", models.CharField(max_length=80)),
                ("name", models.CharField(max_length=200)),
                ("device", models.BigIntegerField()),
                ("inode", models.BigIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "open"), ("finished", "finished")],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("offset", models.BigIntegerField(default=0)),
                ("derived_offset", models.BigIntegerField(default=0)),
                ("tail", models.CharField(blank=True, max_length=64)),
                ("rows", models.BigIntegerField(default=0)),
                ("bad_rows", models.BigIntegerField(default=0)),
                ("last_event_at", models.DateTimeField(null=True)),
                ("first_seen_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("node", "identity"), name="journal_file_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("derived_offset__lte", models.F("offset"))),
                        name="journal_file_offsets",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Leg",
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
                ("node", models.CharField(max_length=40)),
                ("uniqueid", models.CharField(max_length=150)),
                ("linkedid", models.CharField(max_length=150)),
                (
                    "direction",
                    models.CharField(
                        choices=[
                            ("out", "outgoing"),
                            ("in", "incoming"),
                            ("emergency", "emergency"),
                            ("unknown", "unknown"),
                        ],
                        max_length=9,
                    ),
                ),
                ("extension_number", models.CharField(blank=True, max_length=20)),
                ("trunk_slug", models.CharField(blank=True, max_length=60)),
                ("number", models.CharField(blank=True, max_length=24)),
                ("caller_number", models.CharField(blank=True, max_length=24)),
                ("answered_at", models.DateTimeField()),
                ("hung_up_at", models.DateTimeField(null=True)),
                ("duration_ms", models.BigIntegerField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "in progress"),
                            ("finished", "waiting for its price"),
                            ("rated", "rated"),
                            ("unpriced", "without a price"),
                            ("flagged", "to be checked"),
                            ("unattributed", "without a customer"),
                            ("waived", "not billed"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", ""),
                            ("no_customer", "The channel named no customer."),
                            (
                                "unknown_customer",
                                "The channel named an unknown customer.",
                            ),
                            (
                                "restarted",
                                "The PBX stopped during the call; the end is not known.",
                            ),
                            (
                                "no_hangup",
                                "No end was recorded within the longest call time.",
                            ),
                            (
                                "no_answer",
                                "The call was connected without a recorded answer.",
                            ),
                            (
                                "unreadable",
                                "The channel's billing data could not be read.",
                            ),
                            (
                                "backwards",
                                "The call ended before it began; the clock was changed.",
                            ),
                            (
                                "no_wholesale_price",
                                "The purchase list has no price for it.",
                            ),
                            (
                                "no_retail_price",
                                "The customer's price list has no price for it.",
                            ),
                            ("no_wholesale_list", "The reseller has no purchase list."),
                            ("no_retail_list", "The customer has no price list."),
                            ("accepted", "Checked and accepted by a person."),
                            ("waived", "Checked and not billed."),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="legs",
                        to="accounts.customer",
                    ),
                ),
                (
                    "reseller",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="legs",
                        to="accounts.reseller",
                    ),
                ),
            ],
            options={
                "verbose_name": "call leg",
            },
        ),
        migrations.CreateModel(
            name="PriceList",
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
                    "kind",
                    models.CharField(
                        choices=[("wholesale", "purchase"), ("retail", "sale")],
                        max_length=9,
                    ),
                ),
                ("slug", models.SlugField(max_length=40, verbose_name="short name")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                (
                    "currency",
                    models.CharField(
                        default="EUR",
                        max_length=3,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{3}$", "Use a code such as EUR."
                            )
                        ],
                        verbose_name="currency",
                    ),
                ),
                (
                    "timezone",
                    models.CharField(
                        default="Europe/Berlin",
                        max_length=40,
                        validators=[
                            pbx_console.accounts.models.resellers.validate_timezone
                        ],
                        verbose_name="time zone",
                    ),
                ),
                (
                    "rounding",
                    models.CharField(
                        choices=[
                            ("half_up_6", "to 0.000001, half up"),
                            ("half_up_4", "to 0.0001, half up"),
                            ("up_4", "to 0.0001, up"),
                            ("half_up_2", "to whole cents, half up"),
                            ("up_2", "to whole cents, up"),
                            ("half_even_4", "to 0.0001, half to even"),
                        ],
                        default="half_up_4",
                        max_length=12,
                        verbose_name="rounding",
                    ),
                ),
                (
                    "split_peak",
                    models.BooleanField(
                        default=False, verbose_name="split calls at the peak border"
                    ),
                ),
                (
                    "peak_days",
                    models.PositiveSmallIntegerField(
                        default=31,
                        validators=[django.core.validators.MaxValueValidator(127)],
                        verbose_name="peak days",
                    ),
                ),
                (
                    "peak_from_minute",
                    models.PositiveSmallIntegerField(
                        default=480,
                        validators=[django.core.validators.MaxValueValidator(1439)],
                    ),
                ),
                (
                    "peak_until_minute",
                    models.PositiveSmallIntegerField(
                        default=1080,
                        validators=[django.core.validators.MaxValueValidator(1440)],
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("changed_at", models.DateTimeField(auto_now=True)),
                (
                    "reseller",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="price_lists",
                        to="accounts.reseller",
                    ),
                ),
            ],
            options={
                "verbose_name": "price list",
                "ordering": ("name", "id"),
            },
        ),
        migrations.CreateModel(
            name="Price",
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
                    "prefix",
                    models.CharField(
                        max_length=15,
                        validators=[
                            django.core.validators.RegexValidator("^[1-9][0-9]{0,14}$")
                        ],
                        verbose_name="prefix",
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="destination")),
                (
                    "destination_class",
                    models.CharField(blank=True, max_length=40, verbose_name="class"),
                ),
                ("per_minute_micro", models.BigIntegerField(verbose_name="per minute")),
                (
                    "off_peak_per_minute_micro",
                    models.BigIntegerField(
                        blank=True, null=True, verbose_name="off-peak"
                    ),
                ),
                (
                    "setup_micro",
                    models.BigIntegerField(default=0, verbose_name="set-up fee"),
                ),
                (
                    "minimum_micro",
                    models.BigIntegerField(default=0, verbose_name="minimum charge"),
                ),
                (
                    "first_increment",
                    models.PositiveIntegerField(
                        default=60, verbose_name="first seconds"
                    ),
                ),
                (
                    "next_increment",
                    models.PositiveIntegerField(
                        default=60, verbose_name="next seconds"
                    ),
                ),
                ("valid_from", models.DateTimeField(verbose_name="valid from")),
                (
                    "valid_until",
                    models.DateTimeField(
                        blank=True, null=True, verbose_name="valid until"
                    ),
                ),
                (
                    "price_list",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="prices",
                        to="metering.pricelist",
                    ),
                ),
            ],
            options={
                "verbose_name": "price",
                "ordering": ("prefix", "valid_from", "id"),
            },
        ),
        migrations.CreateModel(
            name="CustomerTariff",
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
                    "customer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tariff",
                        to="accounts.customer",
                    ),
                ),
                (
                    "price_list",
                    models.ForeignKey(
                        limit_choices_to={"kind": "retail"},
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="customer_tariffs",
                        to="metering.pricelist",
                        verbose_name="price list",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ResellerTariff",
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
                    "price_list",
                    models.ForeignKey(
                        limit_choices_to={"kind": "wholesale"},
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reseller_tariffs",
                        to="metering.pricelist",
                        verbose_name="purchase list",
                    ),
                ),
                (
                    "reseller",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tariff",
                        to="accounts.reseller",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="UsageDay",
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
                ("day", models.DateField()),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("wholesale", "reseller pays"),
                            ("retail", "customer pays"),
                        ],
                        max_length=9,
                    ),
                ),
                ("direction", models.CharField(max_length=9)),
                ("currency", models.CharField(max_length=3)),
                ("calls", models.BigIntegerField(default=0)),
                ("duration_ms", models.BigIntegerField(default=0)),
                ("billed_ms", models.BigIntegerField(default=0)),
                ("amount_micro", models.BigIntegerField(default=0)),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="usage_days",
                        to="accounts.customer",
                    ),
                ),
                (
                    "reseller",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="usage_days",
                        to="accounts.reseller",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="UsageExport",
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
                ("day", models.DateField(verbose_name="day")),
                ("schema_version", models.PositiveSmallIntegerField(default=1)),
                ("sequence", models.PositiveIntegerField(verbose_name="number")),
                (
                    "state",
                    models.CharField(
                        choices=[("claimed", "being written"), ("sealed", "sealed")],
                        default="claimed",
                        max_length=8,
                    ),
                ),
                ("period_start", models.DateTimeField()),
                ("period_end", models.DateTimeField()),
                ("rows", models.BigIntegerField(default=0, verbose_name="rows")),
                (
                    "late_rows",
                    models.BigIntegerField(default=0, verbose_name="late rows"),
                ),
                (
                    "correction_rows",
                    models.BigIntegerField(default=0, verbose_name="corrections"),
                ),
                ("sums", models.JSONField(default=dict)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("previous_sha256", models.CharField(blank=True, max_length=64)),
                ("files", models.JSONField(default=dict)),
                ("reconciliation", models.JSONField(default=dict)),
                ("claimed_at", models.DateTimeField()),
                ("sealed_at", models.DateTimeField(null=True)),
                (
                    "reseller",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="usage_exports",
                        to="accounts.reseller",
                    ),
                ),
            ],
            options={
                "verbose_name": "usage export",
                "ordering": ("-sequence",),
            },
        ),
        migrations.CreateModel(
            name="Charge",
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
                    "level",
                    models.CharField(
                        choices=[
                            ("wholesale", "reseller pays"),
                            ("retail", "customer pays"),
                        ],
                        max_length=9,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("charge", "charge"), ("reversal", "reversal")],
                        default="charge",
                        max_length=8,
                    ),
                ),
                ("generation", models.PositiveSmallIntegerField(default=1)),
                ("direction", models.CharField(max_length=9)),
                ("extension_number", models.CharField(blank=True, max_length=20)),
                ("number", models.CharField(blank=True, max_length=24)),
                ("answered_at", models.DateTimeField()),
                ("hung_up_at", models.DateTimeField()),
                ("duration_ms", models.BigIntegerField()),
                ("billed_ms", models.BigIntegerField()),
                ("rule", models.CharField(max_length=10)),
                ("price_list_id", models.BigIntegerField(null=True)),
                ("price_list_name", models.CharField(blank=True, max_length=80)),
                ("price_id", models.BigIntegerField(null=True)),
                ("prefix", models.CharField(blank=True, max_length=15)),
                ("destination", models.CharField(blank=True, max_length=80)),
                ("destination_class", models.CharField(blank=True, max_length=40)),
                ("period", models.CharField(blank=True, max_length=8)),
                ("per_minute_micro", models.BigIntegerField(null=True)),
                ("setup_micro", models.BigIntegerField(null=True)),
                ("minimum_micro", models.BigIntegerField(null=True)),
                ("first_increment", models.IntegerField(null=True)),
                ("next_increment", models.IntegerField(null=True)),
                ("rounding", models.CharField(blank=True, max_length=12)),
                ("steps", models.JSONField(default=list)),
                ("amount_micro", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("created_at", models.DateTimeField()),
                ("export_line", models.IntegerField(null=True)),
                ("late", models.BooleanField(default=False)),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="charges",
                        to="accounts.customer",
                    ),
                ),
                (
                    "reseller",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="charges",
                        to="accounts.reseller",
                    ),
                ),
                (
                    "reverses",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="metering.charge",
                    ),
                ),
                (
                    "leg",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="charges",
                        to="metering.leg",
                    ),
                ),
                (
                    "export",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="charges",
                        to="metering.usageexport",
                    ),
                ),
            ],
            options={
                "verbose_name": "charge",
            },
        ),
        migrations.CreateModel(
            name="ChannelEvent",
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
                ("offset", models.BigIntegerField()),
                ("length", models.IntegerField()),
                ("node", models.CharField(max_length=40)),
                ("bad", models.CharField(blank=True, max_length=20)),
                ("raw", models.BinaryField(null=True)),
                ("event_type", models.CharField(max_length=32)),
                ("event_time", models.DateTimeField(null=True)),
                ("uniqueid", models.TextField()),
                ("linkedid", models.TextField()),
                ("channel_name", models.TextField()),
                ("tenantid", models.TextField()),
                ("accountcode", models.TextField()),
                ("userfield", models.TextField()),
                ("caller_number", models.TextField()),
                ("caller_name", models.TextField()),
                ("exten", models.TextField()),
                ("context", models.TextField()),
                ("peer", models.TextField()),
                ("app_name", models.TextField()),
                ("extra", models.TextField()),
                ("damaged", models.BooleanField(default=False)),
                (
                    "file",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="metering.journalfile",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["uniqueid"], name="channel_event_channel")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("file", "offset"), name="channel_event_once"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="leg",
            index=models.Index(
                fields=["reseller", "-answered_at", "-id"], name="leg_reseller"
            ),
        ),
        migrations.AddIndex(
            model_name="leg",
            index=models.Index(
                fields=["customer", "-answered_at", "-id"], name="leg_customer"
            ),
        ),
        migrations.AddIndex(
            model_name="leg",
            index=models.Index(fields=["-answered_at", "-id"], name="leg_everyone"),
        ),
        migrations.AddIndex(
            model_name="leg",
            index=models.Index(fields=["linkedid"], name="leg_call"),
        ),
        migrations.AddIndex(
            model_name="leg",
            index=models.Index(
                condition=models.Q(("state", "finished")),
                fields=["id"],
                name="leg_finished",
            ),
        ),
        migrations.AddIndex(
            model_name="leg",
            index=models.Index(
                condition=models.Q(("state", "open")),
                fields=["node", "answered_at"],
                name="leg_open",
            ),
        ),
        migrations.AddIndex(
            model_name="leg",
            index=models.Index(
                condition=models.Q(
                    ("state__in", ["unpriced", "flagged", "unattributed"])
                ),
                fields=["reseller", "-answered_at", "-id"],
                name="leg_attention",
            ),
        ),
        migrations.AddConstraint(
            model_name="leg",
            constraint=models.UniqueConstraint(
                fields=("node", "uniqueid"), name="leg_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="leg",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("duration_ms", None), ("duration_ms__gte", 0), _connector="OR"
                ),
                name="leg_duration",
            ),
        ),
        migrations.AddConstraint(
            model_name="leg",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state__in", ["finished", "rated", "unpriced"]), _negated=True
                    ),
                    models.Q(
                        ("customer__isnull", False),
                        ("duration_ms__isnull", False),
                        ("hung_up_at__isnull", False),
                        ("reseller__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="leg_billable_has_owner",
            ),
        ),
        migrations.AddConstraint(
            model_name="pricelist",
            constraint=models.UniqueConstraint(
                fields=("reseller", "slug"),
                name="price_list_slug",
                nulls_distinct=False,
                violation_error_message="This short name is already used.",
            ),
        ),
        migrations.AddConstraint(
            model_name="pricelist",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "wholesale"), ("reseller", None)),
                    models.Q(("kind", "retail"), ("reseller__isnull", False)),
                    _connector="OR",
                ),
                name="price_list_owner",
            ),
        ),
        migrations.AddConstraint(
            model_name="pricelist",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("peak_days__lte", 127),
                    ("peak_from_minute__lte", 1439),
                    ("peak_until_minute__gte", 1),
                    ("peak_until_minute__lte", 1440),
                ),
                name="price_list_peak",
            ),
        ),
        migrations.AddConstraint(
            model_name="price",
            constraint=models.UniqueConstraint(
                fields=("price_list", "prefix", "valid_from"), name="price_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="price",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("first_increment__gte", 1),
                    ("minimum_micro__gte", 0),
                    ("next_increment__gte", 1),
                    ("per_minute_micro__gte", 0),
                    ("setup_micro__gte", 0),
                    models.Q(
                        ("off_peak_per_minute_micro", None),
                        ("off_peak_per_minute_micro__gte", 0),
                        _connector="OR",
                    ),
                ),
                name="price_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="price",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until", None),
                    ("valid_until__gt", models.F("valid_from")),
                    _connector="OR",
                ),
                name="price_validity",
            ),
        ),
        migrations.AddIndex(
            model_name="usageday",
            index=models.Index(fields=["reseller", "day"], name="usage_day_reseller"),
        ),
        migrations.AddConstraint(
            model_name="usageday",
            constraint=models.UniqueConstraint(
                fields=("customer", "day", "level", "direction", "currency"),
                name="usage_day_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="usageexport",
            constraint=models.UniqueConstraint(
                fields=("reseller", "day", "schema_version"), name="usage_export_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="usageexport",
            constraint=models.UniqueConstraint(
                fields=("reseller", "schema_version", "sequence"),
                name="usage_export_sequence",
            ),
        ),
        migrations.AddIndex(
            model_name="charge",
            index=models.Index(
                condition=models.Q(("export", None)),
                fields=["reseller", "hung_up_at"],
                name="charge_not_exported",
            ),
        ),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.UniqueConstraint(
                fields=("leg", "level", "generation", "kind"), name="charge_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.UniqueConstraint(
                condition=models.Q(("export__isnull", False)),
                fields=("export", "export_line"),
                name="charge_export_line",
            ),
        ),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("amount_micro__gte", 0),
                        ("billed_ms__gte", 0),
                        ("kind", "charge"),
                        ("reverses", None),
                    ),
                    models.Q(
                        ("amount_micro__lte", 0),
                        ("billed_ms__lte", 0),
                        ("kind", "reversal"),
                        ("reverses__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="charge_sign",
            ),
        ),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("export", None), ("export_line", None)),
                    models.Q(("export__isnull", False), ("export_line__isnull", False)),
                    _connector="OR",
                ),
                name="charge_exported_whole",
            ),
        ),
    ]
