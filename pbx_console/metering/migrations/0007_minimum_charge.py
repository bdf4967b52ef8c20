"""What limits reckon with is what will be billed: minimum charges, peak hours, rounding."""

from __future__ import annotations

import importlib
from typing import ClassVar

from django.db import migrations

earlier = importlib.import_module("pbx_console.metering.migrations.0005_price_of")

WITH_MINIMUM = """
-- The minimum charge of a price in the words of set-up fee and first increment, which is
-- all that a call's own counting knows: a call costs the minimum until the last increment
-- that it covers, and each one after that its own price. Never less than the bill, and
-- more than it only by what of the minimum does not fill an increment.
CREATE FUNCTION asterisk.with_minimum(INOUT setup bigint, per_minute bigint,
  INOUT first int, next int, minimum bigint)
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  covered numeric;
BEGIN
  IF per_minute = 0 THEN
    setup := greatest(setup, minimum);
  ELSIF minimum * 60 >= setup * 60 + per_minute::numeric * first THEN
    covered := floor(((minimum - setup) * 60 - per_minute::numeric * first)
                     / (per_minute::numeric * next));
    first := first + least(covered, greatest(0, (86400 - first) / next)) * next;
    setup := minimum - ceil(per_minute::numeric * first / 60);
  END IF;
END $$;
REVOKE ALL ON FUNCTION asterisk.with_minimum FROM PUBLIC;
"""
COST_OF = """
-- What so many milliseconds to a number cost by a list, as `metering.rating` rates them:
-- the price valid at the answer, increments, the period in which the call began, set-up fee
-- and minimum, rounded. A list that splits calls at the border of the peak is asked for
-- the dearer period. 0 where no list or price is.
CREATE FUNCTION asterisk.cost_of(of_list bigint, e164 text, answered_at timestamptz,
  ms bigint) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
  list record;
  price record;
  wall timestamp;
  minute int;
  rate bigint;
  exact numeric;
  unit numeric;
  whole numeric;
  rest numeric;
BEGIN
  SELECT * INTO list FROM metering_pricelist WHERE id = of_list;
  SELECT p.*, p.first_increment * 1000::bigint AS first, p.next_increment * 1000::bigint
      AS next INTO price
    FROM metering_price p
   WHERE p.price_list_id = of_list
     AND p.prefix = ANY (ARRAY(SELECT substr(e164, 2, n)
           FROM generate_series(1, least(15, length(e164) - 1)) n))
     AND p.valid_from <= answered_at
     AND (p.valid_until IS NULL OR answered_at < p.valid_until)
   ORDER BY length(p.prefix) DESC, p.valid_from DESC, p.id DESC LIMIT 1;
  IF price.id IS NULL OR ms <= 0 THEN
    RETURN 0;
  END IF;
  wall := answered_at AT TIME ZONE list.timezone;
  minute := extract(hour FROM wall) * 60 + extract(minute FROM wall);
  rate := CASE
    WHEN price.off_peak_per_minute_micro IS NULL THEN price.per_minute_micro
    WHEN list.split_peak
      THEN greatest(price.per_minute_micro, price.off_peak_per_minute_micro)
    WHEN list.peak_days >> (extract(isodow FROM wall)::int - 1) & 1 = 1
      AND CASE WHEN list.peak_from_minute < list.peak_until_minute
            THEN minute >= list.peak_from_minute AND minute < list.peak_until_minute
            ELSE minute >= list.peak_from_minute OR minute < list.peak_until_minute END
      THEN price.per_minute_micro
    ELSE price.off_peak_per_minute_micro END;
  exact := greatest(price.minimum_micro::numeric * 60000,
    price.setup_micro::numeric * 60000 + rate::numeric * CASE WHEN ms <= price.first
      THEN price.first
      ELSE price.first + ceil((ms - price.first)::numeric / price.next) * price.next END);
  unit := 10 ^ (6 - right(list.rounding, 1)::int);
  whole := div(exact, 60000 * unit);
  rest := exact - whole * 60000 * unit;
  RETURN unit * (whole + CASE
    WHEN rest = 0 OR list.rounding LIKE 'down%' THEN 0
    WHEN list.rounding LIKE 'up%' OR rest * 2 > 60000 * unit THEN 1
    WHEN rest * 2 < 60000 * unit THEN 0
    WHEN list.rounding LIKE 'half_up%' THEN 1
    ELSE mod(whole, 2) END);
END $$;
REVOKE ALL ON FUNCTION asterisk.cost_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION asterisk.cost_of TO pbx_console;
"""
LONGEST = earlier.LONGEST.replace(
    "SELECT p.setup_micro, p.first_increment, p.next_increment,",
    "SELECT p.setup_micro, p.first_increment, p.next_increment, p.minimum_micro,",
)
KNOWN = """    INTO setup, per_minute, first, next, buy_setup, buy_per_minute, buy_first, buy_next
"""
FOLDED = """   WHERE customer.id = of_customer;
  SELECT made.setup, made.first INTO setup, first
    FROM asterisk.with_minimum(setup, per_minute, first, next, minimum) made;
  SELECT made.setup, made.first INTO buy_setup, buy_first
    FROM asterisk.with_minimum(buy_setup, buy_per_minute, buy_first, buy_next, buy_minimum)
      made;
END $$;"""


def _price_of() -> str:
    """Return the earlier function, which folds the minimum in before it answers."""
    text = earlier.PRICE_OF.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
    parts = (
        ("BEGIN", "DECLARE\n  minimum bigint;\n  buy_minimum bigint;\nBEGIN"),
        (KNOWN, KNOWN.replace("INTO", "INTO minimum, buy_minimum,")),
        ("SELECT coalesce(sale.setup_micro", _MINIMA + "coalesce(sale.setup_micro"),
        ("   WHERE customer.id = of_customer;\nEND $$;", FOLDED),
    )
    for old, new in parts:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text.format(sale=LONGEST.format(tariff="c"), buy=LONGEST.format(tariff="r"))


_MINIMA = """SELECT coalesce(sale.minimum_micro, 0), coalesce(buy.minimum_micro, 0),
         """
BEFORE = earlier.PRICE_OF.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("metering", "0006_planned_price")]
    operations: ClassVar = [
        migrations.RunSQL(WITH_MINIMUM, "DROP FUNCTION asterisk.with_minimum;"),
        migrations.RunSQL(
            _price_of(),
            BEFORE.format(
                sale=earlier.LONGEST.format(tariff="c"),
                buy=earlier.LONGEST.format(tariff="r"),
            ),
        ),
        migrations.RunSQL(COST_OF, "DROP FUNCTION asterisk.cost_of;"),
    ]
