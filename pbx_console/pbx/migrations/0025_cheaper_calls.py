"""The lookup of a call outside asks the same in fewer and smaller questions.

What a lookup costs is not its rows but setting up each statement, with the walls of every
table in it. So one statement with everything in it is slower than the few small ones that
a call needs: those that come too late to matter are not asked (docs/benchmarks.md).
"""

from __future__ import annotations

import json
from typing import ClassVar

from django.db import migrations

from pbx_console.pbx.ddl import functions
from pbx_console.pbx.migrations._phones_sql import COUNTRY_OF

# A constant of the function was read from its text at every call; one in an expression is
# part of the plan.
_CODES = f"'{json.dumps(COUNTRY_OF, separators=(',', ':'))}'::jsonb"
COUNTRY = f"""
CREATE OR REPLACE FUNCTION asterisk.country_of(number text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  RETURN coalesce({_CODES} ->> substr(number, 2, 4), {_CODES} ->> substr(number, 2, 3),
                  {_CODES} ->> substr(number, 2, 2), {_CODES} ->> substr(number, 2, 1),
                  'ZZ');
END $$;
"""

SHOWN = """
-- The number shown outside, E.164 with plus; empty: withheld. In this order: what was
-- recorded for the extension, its own number, its digits behind the stem of a range, what
-- was recorded for the customer, the main number, the switchboard of a range. Only numbers
-- that the customer holds or has a recorded right to.
CREATE OR REPLACE FUNCTION asterisk.shown_number(customer bigint, extension bigint,
  e164 text, original text) RETURNS text LANGUAGE plpgsql STABLE @SAFE AS $$
#variable_conflict use_column
DECLARE
  own text;  -- recorded for the extension
  everybody text;  -- recorded for the customer
  digits text;  -- what the extension is called inside
  range record;
  direct text;
  switchboard text;
  found text;
BEGIN
  SELECT min(r.number) FILTER (WHERE r.extension_id IS NOT NULL),
         min(r.number) FILTER (WHERE r.extension_id IS NULL)
    INTO own, everybody
    FROM pbx_shownright r
   WHERE r.customer_id = customer
     AND (r.extension_id IS NULL OR r.extension_id = extension)
     AND (r.valid_until IS NULL OR r.valid_until >= current_date)
     AND asterisk.may_be_shown(r.number);
  IF own IS NOT NULL THEN
    RETURN own;
  END IF;
  IF extension IS NOT NULL THEN
    SELECT e.number, d.number INTO digits, found
      FROM pbx_extension e
      LEFT JOIN pbx_did d ON d.id = e.caller_id_id AND d.customer_id = customer
     WHERE e.id = extension AND e.customer_id = customer;
    IF asterisk.may_be_shown(found) THEN
      RETURN found;
    END IF;
  END IF;
  FOR range IN SELECT r.stem, r.digits FROM pbx_numberrange r
      WHERE r.customer_id = customer ORDER BY r.stem LOOP
    direct := coalesce(direct,
      CASE WHEN length(digits) <= range.digits THEN range.stem || digits END);
    switchboard := coalesce(switchboard, range.stem || '0');
  END LOOP;
  IF asterisk.may_be_shown(direct) THEN
    RETURN direct;
  ELSIF everybody IS NOT NULL THEN
    RETURN everybody;
  END IF;
  SELECT min(d.number) INTO found FROM pbx_did d
   WHERE d.customer_id = customer AND d.is_main AND asterisk.may_be_shown(d.number);
  RETURN CASE WHEN found IS NOT NULL THEN found
              WHEN asterisk.may_be_shown(switchboard) THEN switchboard ELSE '' END;
END $$;
"""

TRUNKS = """
-- Complete an answer with the trunks to `number`. `shown` is the customer's number,
-- `original` the caller of a forwarded call if he may be shown.
CREATE OR REPLACE FUNCTION asterisk.over_trunks(answer asterisk.route,
  of_reseller bigint, number text, shown text, original text)
RETURNS asterisk.route LANGUAGE plpgsql VOLATILE @SAFE AS $$
DECLARE
  t record;
  between text := '';
  caller text;
BEGIN
  answer.trunks := NULL;
  answer.numbers := NULL;
  answer.callers := NULL;
  answer.diversions := NULL;
  answer.trunk_limits := NULL;
  answer.callerid_num := split_part(shown, ',', 1);
  FOR t IN SELECT * FROM asterisk.trunks_for(of_reseller, number) LOOP
    caller := asterisk.written(
      CASE WHEN t.shows_original AND original <> '' THEN original ELSE shown END,
      t.number_format, t.country);
    IF between = '' THEN
      answer.callerid_num := caller;
    END IF;
    answer.trunks := concat(answer.trunks, between, t.slug);
    answer.numbers := concat(answer.numbers, between,
      asterisk.written(number, t.number_format, t.country));
    answer.callers := concat(answer.callers, between, caller);
    answer.diversions := concat(answer.diversions, between,
      CASE WHEN t.shows_original AND original <> ''
        THEN asterisk.written(shown, t.number_format, t.country) END);
    answer.trunk_limits := concat(answer.trunk_limits, between, t.max_calls);
    between := ',';
  END LOOP;
  RETURN answer;
END $$;
"""

SPENDING = """
-- The limits that hold for a customer (and one of its extensions) at a moment, a row per
-- level and window: what may be used, and what is used. NULL is no limit. Lifted limits
-- allow as much again as had been used.
CREATE OR REPLACE FUNCTION asterisk.spending(of_customer bigint, of_extension bigint,
  moment timestamptz)
RETURNS TABLE (level text, owner text, win text, begins_at timestamptz,
  ends_at timestamptz, cap_ms bigint, cap_micro bigint, used_ms bigint,
  used_micro bigint)
LANGUAGE plpgsql STABLE @SAFE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
  rule record;
  clock timestamp;
  is_weekend boolean;
  is_night boolean;
  is_lifted boolean;
  percent int;
BEGIN
  FOR rule IN
    SELECT l.*, r.id AS of_reseller,
           CASE WHEN l.customer_id IS NULL THEN r.timezone ELSE c.timezone END AS zone
      FROM accounts_customer c JOIN accounts_reseller r ON r.id = c.reseller_id
      JOIN pbx_limit l ON l.customer_id = c.id
        AND (l.extension_id IS NULL OR l.extension_id = of_extension)
        OR l.customer_id IS NULL AND l.reseller_id = r.id
     WHERE c.id = of_customer
  LOOP
    CONTINUE WHEN coalesce(rule.minutes_hour, rule.money_hour_micro, rule.minutes_day,
                           rule.money_day_micro) IS NULL;
    percent := rule.night_percent;
    IF rule.extension_id IS NOT NULL THEN
      level := 'extension';
      owner := 'c' || of_customer || '-' || (
        SELECT e.number FROM pbx_extension e WHERE e.id = rule.extension_id);
      IF percent IS NULL THEN
        percent := (SELECT n.night_percent FROM pbx_limit n
                     WHERE n.customer_id = of_customer AND n.extension_id IS NULL);
      END IF;
    ELSIF rule.customer_id IS NOT NULL THEN
      level := 'customer';
      owner := 'c' || of_customer;
    ELSE
      level := 'reseller';
      owner := 'r' || rule.of_reseller;
    END IF;
    percent := coalesce(percent, 100);
    -- The whole hour and the whole day, as asterisk.local_windows has them.
    clock := moment AT TIME ZONE rule.zone;
    is_weekend := extract(isodow FROM clock) > 5;
    is_night := extract(hour FROM clock) NOT BETWEEN 6 AND 19;
    is_lifted := coalesce(rule.lifted_until > moment, false);
    IF coalesce(rule.minutes_hour, rule.money_hour_micro) IS NOT NULL THEN
      win := 'hour';
      begins_at := date_trunc('hour', moment, rule.zone);
      ends_at := begins_at + interval '1 hour';
      cap_ms := rule.minutes_hour * 60000::bigint
        * CASE WHEN is_night OR is_weekend THEN percent ELSE 100 END / 100
        + CASE WHEN is_lifted THEN rule.lift_hour_ms ELSE 0 END;
      cap_micro := rule.money_hour_micro
        * CASE WHEN is_night OR is_weekend THEN percent ELSE 100 END / 100
        + CASE WHEN is_lifted THEN rule.lift_hour_micro ELSE 0 END;
      SELECT u.ms + u.live_ms, u.micro + u.live_micro INTO used_ms, used_micro
        FROM pbx_limituse u WHERE u.owner = spending.owner AND u."window" = 'hour'
         AND u.begins_at = spending.begins_at;
      used_ms := coalesce(used_ms, 0);
      used_micro := coalesce(used_micro, 0);
      RETURN NEXT;
    END IF;
    IF coalesce(rule.minutes_day, rule.money_day_micro) IS NOT NULL THEN
      win := 'day';
      begins_at := date_trunc('day', moment, rule.zone);
      ends_at := (clock::date + 1)::timestamp AT TIME ZONE rule.zone;
      cap_ms := rule.minutes_day * 60000::bigint
        * CASE WHEN is_weekend THEN percent ELSE 100 END / 100
        + CASE WHEN is_lifted THEN rule.lift_day_ms ELSE 0 END;
      cap_micro := rule.money_day_micro
        * CASE WHEN is_weekend THEN percent ELSE 100 END / 100
        + CASE WHEN is_lifted THEN rule.lift_day_micro ELSE 0 END;
      SELECT u.ms + u.live_ms, u.micro + u.live_micro INTO used_ms, used_micro
        FROM pbx_limituse u WHERE u.owner = spending.owner AND u."window" = 'day'
         AND u.begins_at = spending.begins_at;
      used_ms := coalesce(used_ms, 0);
      used_micro := coalesce(used_micro, 0);
      RETURN NEXT;
    END IF;
  END LOOP;
END $$;
"""

OUTSIDE = """
-- Complete an answer for a call to `number` (E.164 with plus) that `extension` pays.
CREATE OR REPLACE FUNCTION asterisk.outside(answer asterisk.route, customer bigint,
  extension bigint, number text, original text)
RETURNS asterisk.route LANGUAGE plpgsql VOLATILE @SAFE AS $$
DECLARE
  owner record;
  calling text := coalesce(nullif(original, ''), current_setting('pbx.caller', true), '');
BEGIN
  answer.action := 'refuse';
  answer.e164 := number;
  SELECT c.reseller_id, c.is_active AND r.is_active AS is_active,
         c.features ? 'outside_calls' AND r.features ? 'outside_calls' AS outside
    INTO owner
    FROM accounts_customer c JOIN accounts_reseller r ON r.id = c.reseller_id
   WHERE c.id = customer;
  IF NOT coalesce(owner.is_active, false) THEN
    answer.reason := 'inactive';
    RETURN answer;
  ELSIF NOT owner.outside THEN
    answer.reason := 'not_allowed';
    RETURN answer;
  END IF;
  answer.reason := asterisk.may_dial(customer, extension, number);
  IF answer.reason = '' AND to_regprocedure('asterisk.has_price(bigint, text)')
      IS NOT NULL THEN  -- made by metering, a layer above
    IF NOT asterisk.has_price(customer, number) THEN
      answer.reason := 'no_price';
    END IF;
  END IF;
  IF answer.reason = '' THEN
    answer := asterisk.limited(answer, customer, extension, number);
  END IF;
  IF answer.reason <> '' THEN
    RETURN answer;
  END IF;
  answer.withheld := CASE WHEN asterisk.is_withheld(customer, extension, number)
    THEN '1' ELSE '' END;
  -- Who has no original caller, or hides, need not be asked whether he shows him.
  IF calling <> '' THEN
    calling := CASE WHEN answer.withheld = '1' THEN ''
                    ELSE asterisk.original_shown(customer, calling) END;
  END IF;
  answer := asterisk.over_trunks(answer, owner.reseller_id, number,
    asterisk.shown_number(customer, extension, number, original), calling);
  IF answer.trunks IS NULL THEN
    answer.reason := 'no_route';
  ELSE
    answer.action := 'outside';
  END IF;
  RETURN answer;
END $$;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("pbx", "0024_queue_without_agents")]
    operations: ClassVar = [
        functions(COUNTRY),
        functions(SHOWN),
        functions(TRUNKS),
        functions(SPENDING),
        functions(OUTSIDE),
        # Its two numbers are found where they are used.
        migrations.RunSQL(
            "DROP FUNCTION asterisk.direct_number(bigint, bigint);",
            migrations.RunSQL.noop,
        ),
    ]
