"""Row-level security, sealed money, the view of calls, and has_price for the dialplan."""

from __future__ import annotations

from django.db import migrations

from pbx_console.accounts.rls import BY_CUSTOMER_ID, CUSTOMER, append_only, enable

RETAIL_OF_CUSTOMER = f"level = 'retail' AND customer_id = {CUSTOMER}"
BY_PRICE_LIST = "price_list_id IN (SELECT id FROM metering_pricelist)"

_FACTS = [
    *("id", "leg_id", "level", "kind", "generation", "reverses_id"),
    *("reseller_id", "customer_id", "direction", "extension_number"),
    *("number", "answered_at", "hung_up_at", "duration_ms", "billed_ms"),
    *("rule", "price_list_id", "price_list_name", "price_id", "prefix"),
    *("destination", "destination_class", "period", "per_minute_micro"),
    *("setup_micro", "minimum_micro", "first_increment", "next_increment"),
    *("rounding", "steps", "amount_micro", "currency", "created_at"),
]


def _row(name: str) -> str:
    return "ROW(" + ", ".join(f"{name}.{column}" for column in _FACTS) + ")"


SEAL = f"""
CREATE FUNCTION metering_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of % is sealed', TG_OP, TG_TABLE_NAME USING ERRCODE = '23001',
    HINT = 'Write a correction (a reversal and a new charge) instead.';
END $$;
CREATE TRIGGER charge_sealed BEFORE UPDATE ON metering_charge FOR EACH ROW
  WHEN (OLD.export_id IS NOT NULL OR {_row("OLD")} IS DISTINCT FROM {_row("NEW")})
  EXECUTE FUNCTION metering_refuse();
CREATE TRIGGER charge_kept BEFORE DELETE ON metering_charge FOR EACH ROW
  EXECUTE FUNCTION metering_refuse();
CREATE TRIGGER usage_export_sealed BEFORE UPDATE OR DELETE ON metering_usageexport
  FOR EACH ROW WHEN (OLD.state = 'sealed') EXECUTE FUNCTION metering_refuse();
REVOKE UPDATE, DELETE, TRUNCATE ON metering_charge FROM pbx_console;
GRANT UPDATE (export_id, export_line, late) ON metering_charge TO pbx_console;
REVOKE DELETE, TRUNCATE ON metering_leg, metering_usageexport FROM pbx_console;
"""
UNSEAL = """
GRANT DELETE ON metering_leg, metering_usageexport TO pbx_console;
GRANT UPDATE, DELETE ON metering_charge TO pbx_console;
DROP TRIGGER usage_export_sealed ON metering_usageexport;
DROP TRIGGER charge_kept ON metering_charge;
DROP TRIGGER charge_sealed ON metering_charge;
DROP FUNCTION metering_refuse();
"""

CALLS = """
CREATE VIEW metering_call WITH (security_invoker = true) AS
SELECT min(id) AS id, node, linkedid, reseller_id, customer_id, count(*)::int AS legs,
       min(answered_at) AS answered_at,
       CASE WHEN bool_and(hung_up_at IS NOT NULL) THEN max(hung_up_at) END AS hung_up_at,
       sum(duration_ms)::bigint AS duration_ms
FROM metering_leg GROUP BY node, linkedid, reseller_id, customer_id;
"""

HAS_PRICE = """
CREATE FUNCTION asterisk.has_price(customer_id bigint, e164 text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp SET pbx.scope = 'everyone' AS $$
  SELECT count(*) = 2 FROM (
    SELECT tariff.price_list_id FROM metering_customertariff tariff
    WHERE tariff.customer_id = $1
    UNION ALL
    SELECT tariff.price_list_id FROM accounts_customer customer
    JOIN metering_resellertariff tariff USING (reseller_id) WHERE customer.id = $1
  ) lists WHERE EXISTS (
    SELECT FROM metering_price price
    WHERE price.price_list_id = lists.price_list_id
      AND price.prefix = ANY (ARRAY(
        SELECT left(ltrim($2, '+'), length)
        FROM generate_series(1, least(15, length(ltrim($2, '+')))) length))
      AND price.valid_from <= now()
      AND (price.valid_until IS NULL OR now() < price.valid_until)
  )
$$;
COMMENT ON FUNCTION asterisk.has_price IS
  'Whether both the purchase list and the customer''s list price this number now.';
GRANT EXECUTE ON FUNCTION asterisk.has_price TO pbx_asterisk, pbx_console;
"""


class Migration(migrations.Migration):
    dependencies = [("metering", "0001_meter"), ("accounts", "0003_walls")]
    operations = [
        enable("metering_journalfile"),
        enable("metering_follower"),
        enable("metering_channelevent"),
        append_only("metering_channelevent"),
        enable("metering_leg", reseller="reseller_id", customer="customer_id"),
        enable("metering_pricelist", reseller="reseller_id"),
        enable("metering_price", owned=BY_PRICE_LIST),
        enable("metering_resellertariff", reseller="reseller_id"),
        enable("metering_customertariff", owned=BY_CUSTOMER_ID),
        enable("metering_charge", reseller="reseller_id", owned=RETAIL_OF_CUSTOMER),
        enable("metering_usageday", reseller="reseller_id", owned=RETAIL_OF_CUSTOMER),
        enable("metering_usageexport", reseller="reseller_id"),
        migrations.RunSQL(SEAL, UNSEAL),
        migrations.RunSQL(CALLS, "DROP VIEW metering_call;"),
        migrations.RunSQL(HAS_PRICE, "DROP FUNCTION asterisk.has_price(bigint, text);"),
    ]
