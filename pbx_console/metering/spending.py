"""SQL that keeps what the limits look at (`pbx.models.LimitUse`).

Charges add to it in their own statement, so it is exact; calls in progress are put in by
the follower again and again (`LIVE`). A call counts in every hour and day that it touched,
with the part of its time and money that lay there. Only what goes out counts: emergency
and incoming calls are free.
"""

from __future__ import annotations

from typing import Final

# A reseller's own use is what it pays; a customer's and an extension's what the customer
# pays. Calls that were over two days ago (an imported journal) matter to no window.
USED: Final = """
used AS (
  INSERT INTO pbx_limituse AS kept
    (reseller_id, customer_id, owner, "window", begins_at, ms, micro, changed_at)
  SELECT added.reseller_id, whose.customer_id, whose.owner, part.win, part.begins_at,
    sum(part.ms * sign),
    sum(round(amount_micro * CASE WHEN duration_ms = 0 THEN 1
      ELSE part.ms / abs(duration_ms::numeric) END)), now()
  FROM added
  JOIN accounts_reseller reseller ON reseller.id = added.reseller_id
  JOIN accounts_customer customer ON customer.id = added.customer_id
  CROSS JOIN LATERAL (SELECT CASE kind WHEN 'charge' THEN 1 ELSE -1 END AS sign) signed
  CROSS JOIN LATERAL (VALUES
    ('r' || reseller.id, NULL::bigint, reseller.timezone, 'wholesale'),
    ('c' || customer.id, customer.id, customer.timezone, 'retail'),
    ('c' || customer.id || '-' || extension_number, customer.id, customer.timezone,
      'retail')) whose (owner, customer_id, zone, level)
  CROSS JOIN LATERAL
    asterisk.windows_between(answered_at, hung_up_at, whose.zone) part
  WHERE whose.level = added.level AND direction = 'out'
    AND hung_up_at > now() - interval '2 days'
  GROUP BY 1, 2, 3, 4, 5 ORDER BY 3, 4, 5
  ON CONFLICT (owner, "window", begins_at) DO UPDATE SET
    ms = kept.ms + excluded.ms, micro = kept.micro + excluded.micro,
    changed_at = excluded.changed_at
)
"""

# What the calls in progress have used until now: what they would be billed if they ended.
LIVE: Final = """
WITH open_legs AS MATERIALIZED (
  SELECT leg.*, asterisk.cost_of(sale.price_list_id, number, answered_at, s * 1000) AS sold,
    asterisk.cost_of(buy.price_list_id, number, answered_at, s * 1000) AS bought
  FROM (SELECT reseller_id, customer_id, extension_number, number, answered_at,
      greatest(1, ceil(extract(epoch FROM now() - answered_at)))::bigint AS s
    FROM metering_leg
    WHERE state = 'open' AND direction = 'out' AND customer_id IS NOT NULL) leg
  LEFT JOIN metering_customertariff sale ON sale.customer_id = leg.customer_id
  LEFT JOIN metering_resellertariff buy ON buy.reseller_id = leg.reseller_id
),
parts AS (
  SELECT open_legs.reseller_id, whose.customer_id, whose.owner, part.win,
    part.begins_at, part.ms, whose.cost * part.ms / (s * 1000)::numeric AS micro
  FROM open_legs
  JOIN accounts_reseller reseller ON reseller.id = open_legs.reseller_id
  JOIN accounts_customer customer ON customer.id = open_legs.customer_id
  CROSS JOIN LATERAL (VALUES
    ('r' || reseller.id, NULL::bigint, reseller.timezone, bought),
    ('c' || customer.id, customer.id, customer.timezone, sold),
    ('c' || customer.id || '-' || extension_number, customer.id, customer.timezone, sold))
    whose (owner, customer_id, zone, cost)
  CROSS JOIN LATERAL asterisk.windows_between(answered_at,
    answered_at + s * interval '1 second', whose.zone) part
),
sums AS (
  SELECT reseller_id, customer_id, owner, win, begins_at, sum(ms) AS ms,
    ceil(sum(micro)) AS micro
  FROM parts GROUP BY 1, 2, 3, 4, 5
),
ended AS (
  UPDATE pbx_limituse kept SET live_ms = 0, live_micro = 0, changed_at = now()
  WHERE (live_ms <> 0 OR live_micro <> 0) AND NOT EXISTS (SELECT FROM sums
    WHERE sums.owner = kept.owner AND sums.win = kept."window"
      AND sums.begins_at = kept.begins_at)
)
INSERT INTO pbx_limituse AS kept (reseller_id, customer_id, owner, "window", begins_at,
  live_ms, live_micro, changed_at)
SELECT reseller_id, customer_id, owner, win, begins_at, ms, micro, now() FROM sums
ORDER BY owner, win, begins_at
ON CONFLICT (owner, "window", begins_at) DO UPDATE SET
  live_ms = excluded.live_ms, live_micro = excluded.live_micro, changed_at = now()
"""

# Limits of which 80 % or more are used, of everybody whose use changed lately.
NEAR: Final = """
WITH changed AS (
  SELECT DISTINCT coalesce(used.customer_id, customer.id) AS customer_id
  FROM pbx_limituse used
  LEFT JOIN LATERAL (SELECT c.id FROM accounts_customer c
    WHERE used.customer_id IS NULL AND c.reseller_id = used.reseller_id
    ORDER BY c.id LIMIT 1) customer ON true
  WHERE used.changed_at > now() - interval '15 seconds'
),
asked AS (
  SELECT customer_id, NULL::bigint AS extension_id FROM changed
  UNION ALL
  SELECT changed.customer_id, rule.extension_id FROM changed
  JOIN pbx_limit rule ON rule.customer_id = changed.customer_id
    AND rule.extension_id IS NOT NULL
)
SELECT DISTINCT ON (found.owner, found.win) found.level, asked.customer_id, found.owner,
  found.win, found.begins_at, found.cap_ms, found.cap_micro, found.used_ms,
  found.used_micro, coalesce(paid.currency, '')
FROM asked CROSS JOIN LATERAL
  asterisk.spending(asked.customer_id, asked.extension_id, now()) found
LEFT JOIN accounts_customer customer ON customer.id = asked.customer_id
LEFT JOIN metering_customertariff sale ON sale.customer_id = customer.id
LEFT JOIN metering_resellertariff bought ON bought.reseller_id = customer.reseller_id
LEFT JOIN metering_pricelist paid ON paid.id = CASE found.level
  WHEN 'reseller' THEN bought.price_list_id ELSE sale.price_list_id END
WHERE found.used_ms >= found.cap_ms * 0.8 OR found.used_micro >= found.cap_micro * 0.8
ORDER BY found.owner, found.win
"""

# Channels of calls in progress that an owner pays.
OPEN_CHANNELS: Final = """
SELECT uniqueid FROM metering_leg leg
WHERE state = 'open' AND direction = 'out' AND customer_id IS NOT NULL
  AND (%(owner)s = 'c' || customer_id OR %(owner)s = 'r' || reseller_id
    OR %(owner)s = 'c' || customer_id || '-' || extension_number)
"""

# Countries that were called for the first time since `since`.
NEW_COUNTRIES: Final = """
INSERT INTO pbx_limitcountry
  (reseller_id, customer_id, region, first_at, number, extension_number)
SELECT DISTINCT ON (leg.customer_id, place.region) leg.reseller_id, leg.customer_id,
  place.region, leg.answered_at, leg.number, leg.extension_number
FROM metering_leg leg CROSS JOIN LATERAL asterisk.range_of(leg.number) place
WHERE leg.answered_at > %(since)s AND leg.direction = 'out'
  AND leg.customer_id IS NOT NULL AND place.region IS NOT NULL
  AND NOT EXISTS (SELECT FROM pbx_limitcountry known
    WHERE known.customer_id = leg.customer_id AND known.region = place.region)
ORDER BY leg.customer_id, place.region, leg.answered_at
ON CONFLICT DO NOTHING
RETURNING id
"""
