"""Calls outside cost less: counters go with the question, walls and trunks ask for less.

The dialplan compared its own counters with every limit before each call, in steps that
every call paid. Now they go with the question (`route_counted`), and the answer allows for
them. Where the PBX does not know whose counters are asked for before it has the answer (a
forward that somebody else pays, a reseller's limits), `x3` says `check` and the dialplan
compares as before.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from pbx_console.accounts.rls import owner_sees_everyone
from pbx_console.pbx.ddl import functions

SECONDS = """
-- How long a call may last: what is left of the caps at this price, or to the end of their
-- window and then a whole window's worth. Without caps 1,000,000,000,000.
CREATE OR REPLACE FUNCTION asterisk.seconds_left(cap_ms bigint, cap_micro bigint,
  used_ms bigint, used_micro bigint, setup bigint, per_minute bigint, to_end bigint)
RETURNS bigint LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  endless bigint := 1000000000000;
  by_use bigint := least(coalesce((cap_ms - used_ms) / 1000, endless), CASE
    WHEN cap_micro IS NULL OR setup + per_minute = 0 THEN endless
    WHEN cap_micro - used_micro - setup <= 0 THEN 0
    WHEN per_minute > 0 THEN (cap_micro - used_micro - setup) * 60 / per_minute
    ELSE endless END);
BEGIN
  IF by_use < to_end THEN
    RETURN by_use;
  END IF;
  RETURN least(endless, to_end + least(coalesce(cap_ms / 1000, endless), CASE
    WHEN per_minute > 0 AND cap_micro IS NOT NULL THEN cap_micro * 60 / per_minute
    ELSE endless END));
END $$;
"""

LIMITED = """
-- Complete an answer with the limits that hold for a call, or say why it may not be made.
-- `limits` lists them (asterisk_conf/etc/dialplan_limits.conf), `x1` is how long the
-- amounts of customer and extension would last, `x2` those of the reseller (empty without
-- any), `x3` is `check` where the PBX has counters of an owner that were not told.
CREATE OR REPLACE FUNCTION asterisk.limited(answer asterisk.route, customer bigint,
  extension bigint, e164 text)
RETURNS asterisk.route LANGUAGE plpgsql STABLE @SAFE AS $$
DECLARE
  price record;
  spent record;
  setup bigint;
  per_minute bigint;
  begins bigint;
  seconds bigint;
  amounts bigint;
  of_all bigint;
  owner text := '';  -- whose windows are being collected
  name text;  -- as the PBX calls it: by the customer's code
  head text;
  hours text;
  days text;
  packed text := '';
  -- Told by route_counted: owner, begin of the hour, seconds, money, and of the day.
  mine text[] := string_to_array(current_setting('pbx.counted', true), ',');
  its text[] := string_to_array(current_setting('pbx.counted_extension', true), ',');
  told text[];
  place int;
  none CONSTANT text := '0:-1:-1:0:0';
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
  -- All windows of an owner stand together.
  FOR spent IN SELECT * FROM asterisk.spending(customer, extension, now()) LOOP
    IF spent.owner <> owner THEN
      IF owner <> '' THEN
        packed := concat(packed, '|', head, ':', coalesce(hours, none), ':',
                         coalesce(days, none));
      END IF;
      owner := spent.owner;
      hours := NULL;
      days := NULL;
      IF spent.level = 'reseller' THEN
        setup := price.buy_setup;
        per_minute := price.buy_per_minute;
        name := owner;
        head := concat_ws(':', name, setup, per_minute, price.buy_first, price.buy_next);
      ELSE
        setup := price.setup;
        per_minute := price.per_minute;
        name := answer.tenantid || CASE spent.level WHEN 'extension'
          THEN '-' || split_part(owner, '-', 2) ELSE '' END;
        head := concat_ws(':', name, setup, per_minute, price.first, price.next);
      END IF;
      told := CASE name WHEN mine[1] THEN mine WHEN its[1] THEN its END;
      IF told IS NULL THEN
        answer.x3 := 'check';
      END IF;
    END IF;
    begins := extract(epoch FROM spent.begins_at);
    place := CASE spent.win WHEN 'hour' THEN 2 ELSE 5 END;
    -- The larger figure counts as used: the database may be old, the PBX may be new.
    IF told[place] = begins::text AND told[place + 1] ~ '^[0-9]{1,15}$'
        AND told[place + 2] ~ '^[0-9]{1,18}$' THEN
      spent.used_ms := greatest(spent.used_ms, told[place + 1]::bigint * 1000);
      spent.used_micro := greatest(spent.used_micro, told[place + 2]::bigint);
    END IF;
    seconds := asterisk.seconds_left(spent.cap_ms, spent.cap_micro, spent.used_ms,
      spent.used_micro, setup, per_minute,
      ceil(extract(epoch FROM spent.ends_at - now()))::bigint);
    IF seconds <= 0 THEN
      answer.reason := 'limit_reached';
      RETURN answer;
    END IF;
    answer.max_seconds := least(answer.max_seconds, seconds);
    seconds := asterisk.seconds_left(spent.cap_ms, spent.cap_micro, spent.used_ms,
      spent.used_micro, setup, per_minute, 1000000000000);
    IF spent.level = 'reseller' THEN
      of_all := least(of_all, seconds);
    ELSE
      amounts := least(amounts, seconds);
    END IF;
    IF place = 2 THEN
      hours := concat_ws(':', begins, coalesce(spent.cap_ms / 1000, -1),
        coalesce(spent.cap_micro, -1), spent.used_ms / 1000, spent.used_micro);
    ELSE
      days := concat_ws(':', begins, coalesce(spent.cap_ms / 1000, -1),
        coalesce(spent.cap_micro, -1), spent.used_ms / 1000, spent.used_micro);
    END IF;
  END LOOP;
  IF owner <> '' THEN
    packed := concat(packed, '|', head, ':', coalesce(hours, none), ':',
                     coalesce(days, none));
    answer.x1 := coalesce(amounts, 1000000000000);
    answer.x2 := of_all;
  END IF;
  answer.limits := substr(packed, 2);
  answer.extension_calls := (SELECT l.max_calls FROM pbx_limit l
                              WHERE l.extension_id = extension);
  RETURN answer;
END $$;
"""

COUNTED = """
-- route_from_extension, told what the PBX counted for the limits of the customer that calls
-- and of its extension: begin of the hour,seconds,money,begin of the day,seconds,money, or
-- nothing.
CREATE FUNCTION asterisk.route_counted(endpoint text, dialled text, counted text,
  counted_extension text)
RETURNS asterisk.route LANGUAGE plpgsql STABLE AS $$
BEGIN
  PERFORM set_config('pbx.counted', split_part(endpoint, '-', 1) || ',' || counted, true),
    set_config('pbx.counted_extension', split_part(endpoint, '-', 1) || '-'
      || split_part(endpoint, '-', 2) || ',' || counted_extension, true);
  RETURN asterisk.route_from_extension(endpoint, dialled);
END $$;
"""

TRUNKS = """
-- The trunks for a number, the next one where a carrier fails: those of the longest prefix,
-- each once, whose carrier answers first, the reseller's own before shared ones, by
-- position; equal ones are drawn by weight.
CREATE OR REPLACE FUNCTION asterisk.trunks_for(of_reseller bigint, e164 text)
RETURNS TABLE (slug text, number_format text, country text, max_calls int,
  shows_original boolean)
LANGUAGE plpgsql VOLATILE @SAFE AS $$
#variable_conflict use_column
DECLARE
  way record;
  longest int;
  found text[] := '{}';
BEGIN
  FOR way IN
    SELECT t.slug, t.number_format, t.country, t.max_calls, t.shows_original,
           length(r.prefix) AS long
      FROM pbx_outboundroute r JOIN pbx_trunk t ON t.id = r.trunk_id
      LEFT JOIN pbx_trunkhealth h ON h.trunk_id = t.id
     WHERE starts_with(e164, r.prefix) AND t.is_active
       AND (r.reseller_id IS NULL OR r.reseller_id = of_reseller)
       AND (t.reseller_id IS NULL OR t.reseller_id = of_reseller)
     ORDER BY length(r.prefix) DESC, coalesce(h.state = 'down', false),
              r.reseller_id IS NULL, r.position, -ln(1 - random()) / r.weight
  LOOP
    longest := coalesce(longest, way.long);
    EXIT WHEN way.long < longest OR cardinality(found) = 5;
    CONTINUE WHEN way.slug = ANY (found);
    found := found || way.slug::text;
    slug := way.slug;
    number_format := way.number_format;
    country := way.country;
    max_calls := way.max_calls;
    shows_original := way.shows_original;
    RETURN NEXT;
  END LOOP;
END $$;
"""

# What a lookup of a call outside reads. Not accounts_customer: there the functions of the
# call path look for one tenant's (console/migrations/0001_call_path.py).
READ = (
    *(
        "pbx_extension",
        "pbx_destination",
        "pbx_did",
        "pbx_numberrange",
        "pbx_shownright",
    ),
    *("pbx_limit", "pbx_limituse", "pbx_trunk", "pbx_outboundroute", "pbx_trunkhealth"),
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("pbx", "0027_bans")]
    operations: ClassVar = [
        functions(SECONDS),
        functions(LIMITED),
        functions(TRUNKS),
        *(owner_sees_everyone(table) for table in READ),
        functions(COUNTED, "route_counted(text, text, text, text)", grant=True),
    ]
