"""Limits of what may be spent outside, and the functions that hold them.

`asterisk.limited` is called by `outside` in place of `within_limits`: it says why a call
may not be made, else how long it may last (`max_seconds`) and what the PBX needs to hold
the limits by itself (`limits`, see dialplan_limits.conf). Prices are metering's and bound
late. docs/call-limits.md says what holds when.
"""

from __future__ import annotations

from typing import Any

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Now

from pbx_console.accounts.rls import enable
from pbx_console.pbx import dial_ranges
from pbx_console.pbx.ddl import SAFE, functions

RANGES = """
CREATE TABLE asterisk.dial_range (
  prefix text PRIMARY KEY, region text NOT NULL, risk text NOT NULL);
GRANT SELECT ON asterisk.dial_range TO pbx_console;
"""
DEFAULTS = """
CREATE FUNCTION pbx_first_limits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO pbx_limit (reseller_id, customer_id, minutes_hour, minutes_day,
    money_hour_micro, money_day_micro, night_percent)
  VALUES (NEW.reseller_id, NEW.id, 1000, 4000, 30000000, 100000000, 50);
  RETURN NULL;
END $$;
ALTER FUNCTION pbx_first_limits() SECURITY DEFINER;
ALTER FUNCTION pbx_first_limits() SET search_path = public, pg_temp;
ALTER FUNCTION pbx_first_limits() SET pbx.scope = 'everyone';
CREATE TRIGGER first_limits AFTER INSERT ON accounts_customer
  FOR EACH ROW EXECUTE FUNCTION pbx_first_limits();
SET LOCAL pbx.scope = 'everyone';
INSERT INTO pbx_limit (reseller_id, customer_id, minutes_hour, minutes_day,
    money_hour_micro, money_day_micro, night_percent)
  SELECT reseller_id, id, 1000, 4000, 30000000, 100000000, 50 FROM accounts_customer;
RESET pbx.scope;
"""
NO_DEFAULTS = """
DROP TRIGGER first_limits ON accounts_customer;
DROP FUNCTION pbx_first_limits();
"""

WINDOWS = """
-- The whole hour and the whole day of a moment by a local clock, and whether it is a time
-- of tighter limits. The hour that comes twice in autumn is two hours.
CREATE FUNCTION asterisk.local_windows(moment timestamptz, zone text,
  OUT hour_from timestamptz, OUT hour_until timestamptz, OUT day_from timestamptz,
  OUT day_until timestamptz, OUT is_night boolean, OUT is_weekend boolean)
LANGUAGE sql STABLE AS $$
  SELECT date_trunc('hour', moment, zone),
         date_trunc('hour', moment, zone) + interval '1 hour',
         date_trunc('day', moment, zone),
         ((moment AT TIME ZONE zone)::date + 1)::timestamp AT TIME ZONE zone,
         extract(hour FROM moment AT TIME ZONE zone) NOT BETWEEN 6 AND 19,
         extract(isodow FROM moment AT TIME ZONE zone) > 5
$$;

-- The windows that a call touched, with its milliseconds in each.
CREATE FUNCTION asterisk.windows_between(answered timestamptz, ended timestamptz,
  zone text)
RETURNS TABLE (win text, begins_at timestamptz, ms bigint)
LANGUAGE sql STABLE AS $$
  SELECT 'hour', h, greatest(0, 1000 * extract(epoch FROM
           least(ended, h + interval '1 hour') - greatest(answered, h)))::bigint
    FROM generate_series(date_trunc('hour', answered, zone),
           greatest(answered, ended - interval '1 microsecond'), interval '1 hour') h
  UNION ALL
  SELECT 'day', d.begins, greatest(0, 1000 * extract(epoch FROM
           least(ended, d.ends) - greatest(answered, d.begins)))::bigint
    FROM (SELECT day::timestamp AT TIME ZONE zone AS begins,
                 (day::timestamp + interval '1 day') AT TIME ZONE zone AS ends
            FROM generate_series((answered AT TIME ZONE zone)::date,
              (greatest(answered, ended - interval '1 microsecond')
                 AT TIME ZONE zone)::date, interval '1 day') day) d
$$;

-- The country and the risk of a number: the longest prefix decides.
CREATE FUNCTION asterisk.range_of(e164 text, OUT region text, OUT risk text)
LANGUAGE sql STABLE @SAFE AS $$
  SELECT r.region, r.risk FROM asterisk.dial_range r
   WHERE r.prefix = ANY (ARRAY[substr(e164, 2, 1), substr(e164, 2, 2),
     substr(e164, 2, 3), substr(e164, 2, 4), substr(e164, 2, 5), substr(e164, 2, 6),
     substr(e164, 2, 7)])
   ORDER BY length(r.prefix) DESC LIMIT 1
$$;

CREATE FUNCTION asterisk.neighbours(country text) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE country
    WHEN 'DE' THEN '["AT","BE","CH","CZ","DK","FR","LU","NL","PL"]'
    WHEN 'NL' THEN '["BE","DE"]'
    WHEN 'AT' THEN '["CH","CZ","DE","HU","IT","LI","SI","SK"]'
    ELSE '[]' END::jsonb
$$;
"""

SPENDING = """
-- The limits that hold for a customer (and one of its extensions) at a moment, a row per
-- level and window: what may be used, and what is used. NULL is no limit. Lifted limits
-- allow as much again as had been used.
CREATE FUNCTION asterisk.spending(of_customer bigint, of_extension bigint,
  moment timestamptz)
RETURNS TABLE (level text, owner text, win text, begins_at timestamptz,
  ends_at timestamptz, cap_ms bigint, cap_micro bigint, used_ms bigint,
  used_micro bigint)
LANGUAGE plpgsql STABLE @SAFE SET plan_cache_mode = force_generic_plan AS $$
-- plpgsql keeps the plan for the session; making it takes longer than running it.
#variable_conflict use_column
BEGIN
  RETURN QUERY WITH rules AS MATERIALIZED (
    SELECT l.*, CASE WHEN l.extension_id IS NOT NULL THEN 'extension'
             WHEN l.customer_id IS NOT NULL THEN 'customer' ELSE 'reseller' END AS level,
           CASE WHEN l.extension_id IS NOT NULL
             THEN 'c' || c.id || '-' || (SELECT e.number FROM pbx_extension e
                                          WHERE e.id = l.extension_id)
             WHEN l.customer_id IS NOT NULL THEN 'c' || c.id ELSE 'r' || r.id END AS owner,
           coalesce(l.night_percent, CASE WHEN l.extension_id IS NOT NULL THEN
             (SELECT n.night_percent FROM pbx_limit n WHERE n.customer_id = c.id
                 AND n.extension_id IS NULL) END, 100) AS percent,
           l.lifted_until IS NOT NULL AND l.lifted_until > moment AS is_lifted,
           w.*
      FROM accounts_customer c JOIN accounts_reseller r ON r.id = c.reseller_id
      JOIN pbx_limit l ON l.customer_id = c.id
        AND (l.extension_id IS NULL OR l.extension_id = of_extension)
        OR l.customer_id IS NULL AND l.reseller_id = r.id
      CROSS JOIN LATERAL asterisk.local_windows(moment, CASE WHEN l.customer_id IS NULL
        THEN r.timezone ELSE c.timezone END) w
     WHERE c.id = of_customer
  ), caps AS (
    SELECT level, owner, 'hour' AS win, hour_from AS begins_at, hour_until AS ends_at,
           minutes_hour * 60000::bigint
             * CASE WHEN is_night OR is_weekend THEN percent ELSE 100 END / 100
             + CASE WHEN is_lifted THEN lift_hour_ms ELSE 0 END AS cap_ms,
           money_hour_micro
             * CASE WHEN is_night OR is_weekend THEN percent ELSE 100 END / 100
             + CASE WHEN is_lifted THEN lift_hour_micro ELSE 0 END AS cap_micro
      FROM rules
    UNION ALL
    SELECT level, owner, 'day', day_from, day_until,
           minutes_day * 60000::bigint
             * CASE WHEN is_weekend THEN percent ELSE 100 END / 100
             + CASE WHEN is_lifted THEN lift_day_ms ELSE 0 END,
           money_day_micro * CASE WHEN is_weekend THEN percent ELSE 100 END / 100
             + CASE WHEN is_lifted THEN lift_day_micro ELSE 0 END
      FROM rules
  )
  SELECT caps.level, caps.owner, caps.win, caps.begins_at, caps.ends_at, caps.cap_ms,
         caps.cap_micro, coalesce(u.ms + u.live_ms, 0),
         coalesce(u.micro + u.live_micro, 0)
    FROM caps LEFT JOIN pbx_limituse u ON u.owner = caps.owner AND u."window" = caps.win
     AND u.begins_at = caps.begins_at
   WHERE caps.cap_ms IS NOT NULL OR caps.cap_micro IS NOT NULL;
END $$;
"""

LIMITED = """
-- May this number be called, by country, kind of range and time of day? Empty, or why not.
CREATE FUNCTION asterisk.open_range(of_customer bigint, of_extension bigint, e164 text,
  is_forward boolean, moment timestamptz)
RETURNS text LANGUAGE plpgsql STABLE @SAFE AS $$
DECLARE
  rule record;
  place record;
BEGIN
  SELECT c.country, c.timezone,
         coalesce(x.countries, o.countries, r.countries, asterisk.neighbours(c.country))
           AS countries,
         coalesce(x.opened, o.opened, r.opened, '[]') AS opened,
         coalesce(x.night_home_only, o.night_home_only, r.night_home_only, false)
           AS night_home_only,
         coalesce(x.expensive_forwards, o.expensive_forwards, r.expensive_forwards, false)
           AS expensive_forwards
    INTO rule
    FROM accounts_customer c
    LEFT JOIN pbx_limit o ON o.customer_id = c.id AND o.extension_id IS NULL
    LEFT JOIN pbx_limit x ON x.extension_id = of_extension AND x.customer_id = c.id
    LEFT JOIN pbx_limit r ON r.reseller_id = c.reseller_id AND r.customer_id IS NULL
   WHERE c.id = of_customer;
  SELECT * INTO place FROM asterisk.range_of(e164);
  IF place.risk <> '' AND NOT rule.opened ? place.risk THEN
    RETURN 'range_closed';
  ELSIF place.region IS NULL OR place.region <> '001' AND place.region <> rule.country
      AND NOT rule.countries ? place.region THEN
    RETURN 'country_closed';
  ELSIF is_forward AND NOT rule.expensive_forwards AND (place.risk <> ''
      OR place.region <> rule.country
      AND NOT asterisk.neighbours(rule.country) ? place.region) THEN
    RETURN 'forward_closed';
  ELSIF rule.night_home_only AND place.region <> rule.country AND (
      SELECT is_night OR is_weekend FROM asterisk.local_windows(moment, rule.timezone))
      THEN
    RETURN 'night_closed';
  END IF;
  RETURN '';
END $$;

-- How long a call may last that costs `setup` once and `per_minute`, in seconds; at most
-- 0 is none. A window that ends during the call is followed by the next, which is empty.
CREATE FUNCTION asterisk.seconds_left(cap_ms bigint, cap_micro bigint, used_ms bigint,
  used_micro bigint, setup bigint, per_minute bigint, to_end bigint)
RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN by_use < to_end THEN by_use
              ELSE to_end + least(coalesce(cap_ms / 1000, 1000000), CASE
                WHEN per_minute > 0 AND cap_micro IS NOT NULL
                THEN cap_micro * 60 / per_minute ELSE 1000000 END) END
    FROM (SELECT least(coalesce((cap_ms - used_ms) / 1000, 1000000), CASE
            WHEN cap_micro IS NULL THEN 1000000
            WHEN cap_micro - used_micro - setup <= 0 AND setup + per_minute > 0 THEN 0
            WHEN per_minute > 0 THEN (cap_micro - used_micro - setup) * 60 / per_minute
            ELSE 1000000 END) AS by_use) now
$$;

CREATE OR REPLACE FUNCTION asterisk.within_limits(customer bigint, extension bigint,
  e164 text) RETURNS text LANGUAGE sql STABLE @SAFE AS $$
  SELECT coalesce((asterisk.limited(NULL::asterisk.route, customer, extension, e164))
    .reason, '')
$$;
"""

# Before `within_limits`, which calls it.
ONE = """
-- Complete an answer for a call outside: `reason` why not, else `max_seconds` and
-- `limits`: for each limit of an amount
-- owner:window:begin:cap s:cap micro:used s:used micro:setup:per minute:first:next,
-- joined by |, the customer's own first; and the extension's calls at the same time.
CREATE FUNCTION asterisk.limited(answer asterisk.route, customer bigint,
  extension bigint, e164 text)
RETURNS asterisk.route LANGUAGE plpgsql STABLE @SAFE AS $$
DECLARE
  price record;
  spent record;
  packed text := '';
  setup bigint;
  per_minute bigint;
  seconds bigint;
  -- Forwards say so before they ask `outside` (_phones_sql.py, step_f).
  is_forward boolean := coalesce(current_setting('pbx.forward', true), '') = 'on';
BEGIN
  answer.reason :=
    asterisk.open_range(customer, extension, e164, is_forward, now());
  IF answer.reason <> '' THEN
    RETURN answer;
  END IF;
  IF to_regprocedure('asterisk.price_of(bigint, text)') IS NOT NULL THEN
    SELECT * INTO price FROM asterisk.price_of(customer, e164);
  ELSE
    SELECT 0 AS setup, 0 AS per_minute, 1 AS first, 1 AS next,
           0 AS buy_setup, 0 AS buy_per_minute, 1 AS buy_first, 1 AS buy_next INTO price;
  END IF;
  FOR spent IN SELECT * FROM asterisk.spending(customer, extension, now())
      ORDER BY level LOOP
    IF spent.level = 'reseller' THEN
      setup := price.buy_setup;
      per_minute := price.buy_per_minute;
    ELSE
      setup := price.setup;
      per_minute := price.per_minute;
    END IF;
    seconds := asterisk.seconds_left(spent.cap_ms, spent.cap_micro, spent.used_ms,
      spent.used_micro, setup, per_minute,
      ceil(extract(epoch FROM spent.ends_at - now()))::bigint);
    IF seconds <= 0 THEN
      answer.reason := 'limit_reached';
      RETURN answer;
    END IF;
    answer.max_seconds := least(answer.max_seconds, seconds);
    packed := packed || '|' || concat_ws(':', spent.owner, spent.win,
      extract(epoch FROM spent.begins_at)::bigint, coalesce(spent.cap_ms / 1000, -1),
      coalesce(spent.cap_micro, -1), spent.used_ms / 1000, spent.used_micro, setup,
      per_minute,
      CASE spent.level WHEN 'reseller' THEN price.buy_first ELSE price.first END,
      CASE spent.level WHEN 'reseller' THEN price.buy_next ELSE price.next END);
  END LOOP;
  answer.limits := substr(packed, 2);
  answer.extension_calls := (SELECT l.max_calls FROM pbx_limit l
                              WHERE l.extension_id = extension);
  RETURN answer;
END $$;
"""

# `outside` belongs to the trunks and is changed there: its question about limits is
# replaced in whatever text stands now.
HOOK = """
DO $do$
DECLARE
  text_before text := pg_get_functiondef(
    'asterisk.outside(asterisk.route,bigint,bigint,text,text)'::regprocedure);
  text_after text := replace(text_before, '{before}', '{after}');
BEGIN
  IF text_after = text_before THEN
    RAISE EXCEPTION 'asterisk.outside does not ask for limits any more';
  END IF;
  EXECUTE text_after;
END $do$;
"""
# Making a plan takes ten times longer than running it: what Asterisk asks, and everything
# below, keeps its plans for the session. Compiling them would take longer still.
KEEP_PLANS = """
DO $do$
DECLARE
  f regprocedure;
BEGIN
  FOR f IN SELECT oid::regprocedure FROM pg_proc
      WHERE pronamespace = 'asterisk'::regnamespace AND prosecdef AND proname IN
        ('route_from_extension', 'route_from_trunk', 'step', 'step_of') LOOP
    EXECUTE format('ALTER FUNCTION %s SET plan_cache_mode = force_generic_plan', f);
    EXECUTE format('ALTER FUNCTION %s SET jit = off', f);
  END LOOP;
END $do$;
"""
FORGET_PLANS = KEEP_PLANS.replace(
    "SET plan_cache_mode = force_generic_plan", "RESET plan_cache_mode"
).replace("SET jit = off", "RESET jit")
BEFORE = "answer.reason := asterisk.within_limits(customer, extension, number);"
AFTER = "answer := asterisk.limited(answer, customer, extension, number);"
ATTRIBUTES = (
    "ALTER TYPE asterisk.route ADD ATTRIBUTE limits text,"
    " ADD ATTRIBUTE extension_calls int;"
)
NO_ATTRIBUTES = (
    "ALTER TYPE asterisk.route DROP ATTRIBUTE limits, DROP ATTRIBUTE extension_calls;"
)
NO_LIMITS = f"""
CREATE OR REPLACE FUNCTION asterisk.within_limits(customer bigint, extension bigint,
  e164 text) RETURNS text LANGUAGE sql STABLE {SAFE} AS $$ SELECT '' $$;
"""


def load_ranges(apps: Any, schema_editor: Any) -> None:
    """Fill the table from the file."""
    with schema_editor.connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO asterisk.dial_range VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            list(dial_ranges.stored()),
        )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_quota_warnings"),
        ("pbx", "0013_carriers"),
    ]

    operations = [
        migrations.CreateModel(
            name="Limit",
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
                    "max_calls",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="outside calls at the same time",
                    ),
                ),
                (
                    "minutes_hour",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="minutes per hour"
                    ),
                ),
                (
                    "minutes_day",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="minutes per day"
                    ),
                ),
                (
                    "money_hour_micro",
                    models.BigIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="money per hour",
                    ),
                ),
                (
                    "money_day_micro",
                    models.BigIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="money per day",
                    ),
                ),
                (
                    "night_percent",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text=(
                            "From 20:00 to 6:00 of the hour’s limits; on Saturday and"
                            " Sunday of the day’s, too."
                        ),
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="at night and at weekends, percent of it",
                    ),
                ),
                (
                    "night_home_only",
                    models.BooleanField(
                        blank=True,
                        null=True,
                        verbose_name="at night and at weekends only the home country",
                    ),
                ),
                (
                    "countries",
                    models.JSONField(
                        blank=True, null=True, verbose_name="open countries"
                    ),
                ),
                (
                    "opened",
                    models.JSONField(
                        blank=True, null=True, verbose_name="opened ranges"
                    ),
                ),
                (
                    "expensive_forwards",
                    models.BooleanField(
                        blank=True,
                        null=True,
                        verbose_name="forwards may lead to expensive numbers",
                    ),
                ),
                (
                    "lifted_until",
                    models.DateTimeField(blank=True, editable=False, null=True),
                ),
                (
                    "lift_hour_ms",
                    models.BigIntegerField(db_default=0, default=0, editable=False),
                ),
                (
                    "lift_day_ms",
                    models.BigIntegerField(db_default=0, default=0, editable=False),
                ),
                (
                    "lift_hour_micro",
                    models.BigIntegerField(db_default=0, default=0, editable=False),
                ),
                (
                    "lift_day_micro",
                    models.BigIntegerField(db_default=0, default=0, editable=False),
                ),
            ],
            options={
                "verbose_name": "limits",
            },
        ),
        migrations.CreateModel(
            name="LimitCountry",
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
                ("region", models.CharField(max_length=3)),
                ("first_at", models.DateTimeField()),
                ("number", models.CharField(max_length=24)),
                ("extension_number", models.CharField(blank=True, max_length=20)),
            ],
            options={
                "verbose_name": "called country",
            },
        ),
        migrations.CreateModel(
            name="LimitCrossing",
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
                ("owner", models.CharField(max_length=60)),
                (
                    "window",
                    models.CharField(
                        choices=[("hour", "this hour"), ("day", "today")], max_length=4
                    ),
                ),
                (
                    "measure",
                    models.CharField(
                        choices=[("money", "money"), ("minutes", "minutes")],
                        max_length=7,
                    ),
                ),
                ("percent", models.PositiveSmallIntegerField()),
                ("begins_at", models.DateTimeField()),
                ("reached_at", models.DateTimeField()),
                ("used", models.BigIntegerField()),
                ("cap", models.BigIntegerField()),
                ("calls_ended", models.PositiveSmallIntegerField(default=0)),
                ("lifted_at", models.DateTimeField(null=True)),
                ("lifted_by", models.CharField(blank=True, max_length=120)),
                ("reason", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "verbose_name": "limit reached",
            },
        ),
        migrations.CreateModel(
            name="LimitUse",
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
                ("owner", models.CharField(max_length=60)),
                (
                    "window",
                    models.CharField(
                        choices=[("hour", "this hour"), ("day", "today")], max_length=4
                    ),
                ),
                ("begins_at", models.DateTimeField()),
                ("ms", models.BigIntegerField(db_default=0, default=0)),
                ("micro", models.BigIntegerField(db_default=0, default=0)),
                ("live_ms", models.BigIntegerField(db_default=0, default=0)),
                ("live_micro", models.BigIntegerField(db_default=0, default=0)),
                ("changed_at", models.DateTimeField(db_default=Now())),
            ],
            options={
                "verbose_name": "use",
            },
        ),
        migrations.AddField(
            model_name="limit",
            name="customer",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="limits",
                to="accounts.customer",
            ),
        ),
        migrations.AddField(
            model_name="limit",
            name="extension",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="limit",
                to="pbx.extension",
            ),
        ),
        migrations.AddField(
            model_name="limit",
            name="reseller",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="limits",
                to="accounts.reseller",
            ),
        ),
        migrations.AddField(
            model_name="limitcountry",
            name="customer",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="accounts.customer",
            ),
        ),
        migrations.AddField(
            model_name="limitcountry",
            name="reseller",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="accounts.reseller",
            ),
        ),
        migrations.AddField(
            model_name="limitcrossing",
            name="customer",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="accounts.customer",
            ),
        ),
        migrations.AddField(
            model_name="limitcrossing",
            name="reseller",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="accounts.reseller",
            ),
        ),
        migrations.AddField(
            model_name="limituse",
            name="customer",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="accounts.customer",
            ),
        ),
        migrations.AddField(
            model_name="limituse",
            name="reseller",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="accounts.reseller",
            ),
        ),
        migrations.AddIndex(
            model_name="limit",
            index=models.Index(fields=["customer"], name="limit_customer"),
        ),
        migrations.AddConstraint(
            model_name="limit",
            constraint=models.UniqueConstraint(
                fields=("reseller", "customer", "extension"),
                name="limit_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="limit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("extension", None), ("customer__isnull", False), _connector="OR"
                ),
                name="limit_extension_has_customer",
            ),
        ),
        migrations.AddConstraint(
            model_name="limitcountry",
            constraint=models.UniqueConstraint(
                fields=("customer", "region"), name="limit_country_once"
            ),
        ),
        migrations.AddIndex(
            model_name="limitcrossing",
            index=models.Index(
                fields=["customer", "-reached_at"], name="limit_crossing_newest"
            ),
        ),
        migrations.AddConstraint(
            model_name="limitcrossing",
            constraint=models.UniqueConstraint(
                condition=models.Q(("lifted_at", None)),
                fields=("owner", "window", "measure", "percent", "begins_at"),
                name="limit_crossing_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="limituse",
            constraint=models.UniqueConstraint(
                fields=("owner", "window", "begins_at"), name="limit_use_once"
            ),
        ),
        *(
            enable(table, reseller="reseller_id", customer="customer_id")
            for table in (
                *("pbx_limit", "pbx_limituse"),
                *("pbx_limitcrossing", "pbx_limitcountry"),
            )
        ),
        migrations.RunSQL(
            "CREATE INDEX limit_use_changed ON pbx_limituse (changed_at);"
            "CREATE INDEX limit_use_live ON pbx_limituse (id)"
            " WHERE live_ms <> 0 OR live_micro <> 0;",
            "DROP INDEX limit_use_changed; DROP INDEX limit_use_live;",
        ),
        migrations.RunSQL(
            "CREATE INDEX limit_reseller ON pbx_limit (reseller_id)"
            " WHERE customer_id IS NULL;",
            "DROP INDEX limit_reseller;",
        ),
        migrations.RunSQL(RANGES, "DROP TABLE asterisk.dial_range;"),
        migrations.RunPython(load_ranges, migrations.RunPython.noop),
        migrations.RunSQL(DEFAULTS, NO_DEFAULTS),
        migrations.RunSQL(ATTRIBUTES, NO_ATTRIBUTES),
        functions(
            WINDOWS + SPENDING + ONE + LIMITED,
            "limited(asterisk.route, bigint, bigint, text)",
            "seconds_left(bigint, bigint, bigint, bigint, bigint, bigint, bigint)",
            "open_range(bigint, bigint, text, boolean, timestamptz)",
            "spending(bigint, bigint, timestamptz)",
            "neighbours(text)",
            "range_of(text)",
            "windows_between(timestamptz, timestamptz, text)",
            "local_windows(timestamptz, text)",
        ),
        migrations.RunSQL(
            HOOK.format(before=BEFORE, after=AFTER),
            HOOK.format(before=AFTER, after=BEFORE) + NO_LIMITS,
        ),
        migrations.RunSQL(KEEP_PLANS, FORGET_PLANS),
        migrations.RunSQL(
            "GRANT EXECUTE ON FUNCTION"
            " asterisk.spending(bigint, bigint, timestamptz),"
            " asterisk.range_of(text),"
            " asterisk.limited(asterisk.route, bigint, bigint, text),"
            " asterisk.seconds_left(bigint, bigint, bigint, bigint, bigint, bigint,"
            " bigint),"
            " asterisk.local_windows(timestamptz, text),"
            " asterisk.windows_between(timestamptz, timestamptz, text),"
            " asterisk.open_range(bigint, bigint, text, boolean, timestamptz)"
            " TO pbx_console;",
            migrations.RunSQL.noop,
        ),
    ]
