"""What a call costs, for the limits; and the calls in progress found at once."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

PRICE_OF = """
-- Set-up fee, price per minute (the higher of peak and off-peak) and increments of a number
-- now, by the customer's list and (buy_*) by its reseller's. One row; 0 where no list or
-- price is (asterisk.has_price refuses such a call).
CREATE FUNCTION asterisk.price_of(of_customer bigint, e164 text, OUT setup bigint,
  OUT per_minute bigint, OUT first int, OUT next int, OUT buy_setup bigint,
  OUT buy_per_minute bigint, OUT buy_first int, OUT buy_next int)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp SET pbx.scope = 'everyone'
SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
  SELECT coalesce(sale.setup_micro, 0), coalesce(sale.per_minute, 0),
         coalesce(sale.first_increment, 1), coalesce(sale.next_increment, 1),
         coalesce(buy.setup_micro, 0), coalesce(buy.per_minute, 0),
         coalesce(buy.first_increment, 1), coalesce(buy.next_increment, 1)
    INTO setup, per_minute, first, next, buy_setup, buy_per_minute, buy_first, buy_next
    FROM accounts_customer customer
    LEFT JOIN metering_customertariff c ON c.customer_id = customer.id
    LEFT JOIN metering_resellertariff r ON r.reseller_id = customer.reseller_id
    LEFT JOIN LATERAL ({sale}) sale ON true
    LEFT JOIN LATERAL ({buy}) buy ON true
   WHERE customer.id = of_customer;
END $$;
REVOKE ALL ON FUNCTION asterisk.price_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION asterisk.price_of TO pbx_console;
"""
LONGEST = """
      SELECT p.setup_micro, p.first_increment, p.next_increment,
             greatest(p.per_minute_micro, p.off_peak_per_minute_micro) AS per_minute
        FROM metering_price p
       WHERE p.price_list_id = {tariff}.price_list_id
         AND p.prefix = ANY (ARRAY(SELECT substr(e164, 2, n)
               FROM generate_series(1, least(15, length(e164) - 1)) n))
         AND p.valid_from <= now() AND (p.valid_until IS NULL OR now() < p.valid_until)
       ORDER BY length(p.prefix) DESC, p.valid_from DESC, p.id DESC LIMIT 1"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("metering", "0004_event_file_unchecked")]
    operations: ClassVar = [
        migrations.AddIndex(
            model_name="leg",
            index=models.Index(
                fields=["customer"],
                condition=models.Q(state="open", direction="out"),
                name="leg_spending",
            ),
        ),
        migrations.RunSQL(
            PRICE_OF.format(
                sale=LONGEST.format(tariff="c"), buy=LONGEST.format(tariff="r")
            ),
            "DROP FUNCTION asterisk.price_of;",
        ),
    ]
