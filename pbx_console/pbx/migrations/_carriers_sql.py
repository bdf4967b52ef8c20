"""The SQL of 0013_carriers: over which trunks, with which number, and who may not.

`asterisk.route` tells up to five trunks in comma lists of the same length: `trunks`
(slugs), `numbers` (as each carrier wants it written), `callers` (the number shown, same
spelling), `diversions` (the customer's own number where a forwarded call shows its
original caller) and `trunk_limits` (calls at the same time; empty: any). `withheld` is 1
for a call that hides its number from the called party. `did` is the number that a call
from a carrier came in on.
"""

from __future__ import annotations

from importlib import import_module

from pbx_console.pbx.ddl import SAFE

_routes = import_module("pbx_console.pbx.migrations.0003_route_functions")
_steps = import_module("pbx_console.pbx.migrations.0007_steps")

_OLD = ("trunk1", "slug1", "number1", "trunk2", "slug2", "number2")
_LISTS = ("trunks", "numbers", "callers", "diversions", "trunk_limits")
_LISTS += ("withheld", "did")
ATTRIBUTES = (
    "ALTER TYPE asterisk.route "
    + ", ".join(f"DROP ATTRIBUTE {name}" for name in _OLD)
    + ", "
    + ", ".join(f"ADD ATTRIBUTE {name} text" for name in _LISTS)
    + ";"
)
NO_ATTRIBUTES = (
    "ALTER TYPE asterisk.route "
    + ", ".join(f"DROP ATTRIBUTE {name}" for name in _LISTS)
    + ", "
    + ", ".join(f"ADD ATTRIBUTE {name} text" for name in _OLD)
    + ";"
)
DROP_TRUNKS_FOR = "DROP FUNCTION asterisk.trunks_for(bigint, text);"

NUMBERS = """
-- What a person dials -> E.164 with a plus, or NULL. All three countries write 0 before
-- national and 00 before international numbers (ITU-T E.164, E.123). 115 (Germany) and
-- 116xxx are numbers without an area code; a 0 for an outside line before them is cut.
CREATE OR REPLACE FUNCTION asterisk.e164(dialled text, country text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN number ~ '^\\+[1-9][0-9]{4,14}$' THEN number END FROM (
    SELECT CASE
      WHEN dialled LIKE '+%' THEN dialled
      WHEN dialled LIKE '00%' THEN '+' || substr(dialled, 3)
      WHEN dialled LIKE '0%' THEN '+' || asterisk.country_code(country)
        || substr(dialled, 2)
      WHEN dialled ~ '^116[0-9]{3}$' OR (country = 'DE' AND dialled = '115')
        THEN '+' || asterisk.country_code(country) || dialled
    END AS number
  ) normalised
$$;

CREATE OR REPLACE FUNCTION asterisk.is_emergency(dialled text, country text)
RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT dialled ~ CASE country WHEN 'AT' THEN '^0?(112|122|133|144)$'
                                WHEN 'NL' THEN '^0?112$'
                                ELSE '^0?(110|112)$' END
$$;

-- How a carrier of a country wants an E.164 number written. 115 and 116xxx are dialled
-- at home as they are, whatever else the carrier wants.
CREATE FUNCTION asterisk.written(e164 text, number_format text, country text)
RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN e164 ~ '^\\+(49115|(49|31|43)116[0-9]{3})$'
      AND starts_with(e164, '+' || asterisk.country_code(country)) THEN substr(e164, 4)
    WHEN number_format <> 'national' OR e164 = ''
      THEN asterisk.written(e164, number_format)
    WHEN starts_with(e164, '+' || asterisk.country_code(country))
      THEN '0' || substr(e164, 4)
    ELSE '00' || ltrim(e164, '+') END
$$;

-- Numbers that nobody may show as a caller: emergency, short service, directory, mass
-- traffic and premium numbers (Germany: TKG section 120).
CREATE FUNCTION asterisk.never_shown(e164 text) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
  SELECT e164 ~ ('^\\+(49(110|112|115|116|118|137|138|900)'
    || '|31(112$|116[0-9]{3}$|14[0-9]{2,4}$|18[0-9]{2}$|900|906|909)'
    || '|43((112|116[0-9]{3}|118[0-9]{2,3}|122|133|144)$|9(00|01|30|31|39)))')
$$;

-- A whole number that may be shown.
CREATE FUNCTION asterisk.may_be_shown(e164 text) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(e164 ~ '^\\+[1-9][0-9]{6,14}$' AND NOT asterisk.never_shown(e164), false)
$$;

-- The caller as a carrier wrote it -> E.164 with plus; what is no number at all stays as
-- +<country code><digits>, which is too short to be shown.
CREATE FUNCTION asterisk.caller_of(caller text, incoming text, country text)
RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN caller IS NULL OR caller !~ '^[+]?[0-9]{2,20}$' THEN ''
    WHEN incoming = 'digits' AND length(caller) > 6 THEN '+' || ltrim(caller, '+')
    WHEN caller ~ '^[+0]' THEN coalesce(asterisk.e164(caller, country), '')
    WHEN length(caller) > 9 THEN '+' || caller
    ELSE '+' || asterisk.country_code(country) || caller END
$$;
"""

TRUNKS = """
-- The active trunks of the longest route prefix that matches, a reseller's own before
-- shared ones, then by position; those of one position in an order drawn by weight
-- (exponential race: the first one is drawn with probability weight / sum of weights).
-- Trunks whose carrier is known not to answer come last.
CREATE FUNCTION asterisk.trunks_for(of_reseller bigint, e164 text)
RETURNS TABLE (slug text, number_format text, country text, max_calls int,
  shows_original boolean)
LANGUAGE sql VOLATILE @SAFE AS $$
  WITH matching AS (
    SELECT t.slug, t.number_format, t.country, t.max_calls, t.shows_original,
           length(r.prefix) AS long, r.reseller_id IS NULL AS shared, r.position,
           -ln(1 - random()) / r.weight AS drawn, r.id,
           coalesce(h.state = 'down', false) AS away
    FROM pbx_outboundroute r JOIN pbx_trunk t ON t.id = r.trunk_id
    LEFT JOIN pbx_trunkhealth h ON h.trunk_id = t.id
    WHERE starts_with(e164, r.prefix) AND t.is_active
      AND (r.reseller_id IS NULL OR r.reseller_id = of_reseller)
      AND (t.reseller_id IS NULL OR t.reseller_id = of_reseller)
  ), once AS (
    SELECT DISTINCT ON (slug) * FROM matching
    WHERE long = (SELECT max(long) FROM matching)
    ORDER BY slug, shared, position, id
  )
  SELECT slug, number_format, country, max_calls, shows_original
    FROM once ORDER BY away, shared, position, drawn LIMIT 5
$$;

-- Complete an answer with the trunks to `number`. `shown` is the customer's number,
-- `original` the caller of a forwarded call if he may be shown.
CREATE FUNCTION asterisk.over_trunks(answer asterisk.route, of_reseller bigint,
  number text, shown text, original text)
RETURNS asterisk.route LANGUAGE plpgsql VOLATILE @SAFE AS $$
DECLARE
  found record;
BEGIN
  SELECT string_agg(t.slug, ',' ORDER BY t.place) AS trunks,
         string_agg(asterisk.written(number, t.number_format, t.country), ','
           ORDER BY t.place) AS numbers,
         string_agg(asterisk.written(
           CASE WHEN t.shows_original AND original <> '' THEN original ELSE shown END,
           t.number_format, t.country), ',' ORDER BY t.place) AS callers,
         string_agg(CASE WHEN t.shows_original AND original <> ''
           THEN asterisk.written(shown, t.number_format, t.country) ELSE '' END, ','
           ORDER BY t.place) AS diversions,
         string_agg(coalesce(t.max_calls::text, ''), ',' ORDER BY t.place) AS limits
    INTO found
    FROM asterisk.trunks_for(of_reseller, number) WITH ORDINALITY
      AS t(slug, number_format, country, max_calls, shows_original, place);
  answer.trunks := found.trunks;
  answer.numbers := found.numbers;
  answer.callers := found.callers;
  answer.diversions := found.diversions;
  answer.trunk_limits := found.limits;
  answer.callerid_num := split_part(coalesce(found.callers, shown), ',', 1);
  RETURN answer;
END $$;
"""

SHOWN = """
-- The number shown outside, E.164 with plus; empty: withheld. In this order: what was
-- recorded for the extension, its own number, its digits behind the stem of a range, what
-- was recorded for the customer, the main number, the switchboard of a range. Only numbers that the customer holds or has a recorded right to.
CREATE OR REPLACE FUNCTION asterisk.shown_number(customer bigint, extension bigint,
  e164 text, original text) RETURNS text LANGUAGE sql STABLE @SAFE AS $$
  SELECT coalesce((
    SELECT f.number FROM (
      SELECT r.number, CASE WHEN r.extension_id IS NULL THEN 4 ELSE 1 END AS place
        FROM pbx_shownright r
       WHERE r.customer_id = customer
         AND (r.extension_id IS NULL OR r.extension_id = extension)
         AND (r.valid_until IS NULL OR r.valid_until >= current_date)
      UNION ALL
      SELECT d.number, 2 FROM pbx_extension e JOIN pbx_did d ON d.id = e.caller_id_id
       WHERE e.id = extension AND e.customer_id = customer AND d.customer_id = customer
      UNION ALL
      SELECT asterisk.direct_number(customer, extension), 3 WHERE extension IS NOT NULL
      UNION ALL
      SELECT d.number, 5 FROM pbx_did d WHERE d.customer_id = customer AND d.is_main
      UNION ALL
      SELECT asterisk.direct_number(customer, NULL), 6
    ) f WHERE asterisk.may_be_shown(f.number) ORDER BY f.place, f.number LIMIT 1), '')
$$;

-- The original caller of a forwarded call if this customer shows him, else nothing.
CREATE FUNCTION asterisk.original_shown(customer bigint, original text)
RETURNS text LANGUAGE sql STABLE @SAFE AS $$
  SELECT CASE WHEN asterisk.may_be_shown(original) AND EXISTS (
    SELECT FROM pbx_callerpolicy p WHERE p.customer_id = customer AND p.shows_original
  ) THEN original ELSE '' END
$$;

-- Does this extension hide its number from that one, always or for this one call
-- (`pbx.withhold`)? Never from 115 and 116xxx (TDDDG section 15).
CREATE FUNCTION asterisk.is_withheld(customer bigint, extension bigint, e164 text)
RETURNS boolean LANGUAGE sql STABLE @SAFE AS $$
  SELECT e164 !~ '^\\+(49115|(49|31|43)116[0-9]{3})$' AND (
    coalesce(current_setting('pbx.withhold', true), '') = 'on' OR EXISTS (
      SELECT FROM pbx_extension e
       WHERE e.id = extension AND e.customer_id = customer AND e.withholds_number))
$$;

-- While a customer tries its emergency calls: the token of what rings instead. Empty when
-- the test is over; asked only by phones that were told of a test.
CREATE FUNCTION asterisk.emergency_test(tenant text)
RETURNS text LANGUAGE sql STABLE @SAFE AS $$
  SELECT coalesce((SELECT 'd' || t.destination_id FROM pbx_emergencytest t
    JOIN accounts_customer c ON c.id = t.customer_id
    JOIN pbx_destination d ON d.id = t.destination_id AND d.customer_id = c.id
   WHERE c.code = tenant AND t.until > now()), '')
$$;
"""

OUTSIDE = """
-- Complete an answer for a call to `number` (E.164 with plus) that `extension` pays.
CREATE OR REPLACE FUNCTION asterisk.outside(answer asterisk.route, customer bigint,
  extension bigint, number text, original text)
RETURNS asterisk.route LANGUAGE plpgsql VOLATILE @SAFE AS $$
DECLARE
  owner record;
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
    answer.reason := asterisk.within_limits(customer, extension, number);
  END IF;
  IF answer.reason <> '' THEN
    RETURN answer;
  END IF;
  answer.withheld := CASE WHEN asterisk.is_withheld(customer, extension, number)
    THEN '1' ELSE '' END;
  answer := asterisk.over_trunks(answer, owner.reseller_id, number,
    asterisk.shown_number(customer, extension, number, original),
    CASE WHEN answer.withheld = '1' THEN '' ELSE asterisk.original_shown(customer,
      coalesce(nullif(original, ''), current_setting('pbx.caller', true), '')) END);
  IF answer.trunks IS NULL THEN
    answer.reason := 'no_route';
  ELSE
    answer.action := 'outside';
  END IF;
  RETURN answer;
END $$;
"""


def _changed(text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        if text.count(old) != 1:
            raise ValueError(f"this line is not there any more: {old}")
        text = text.replace(old, new)
    return text


def _between(text: str, first: str, last: str) -> str:
    start = text.index(first)
    return text[start : text.index(last, start) + len(last)]


_EMERGENCY = _between(
    _steps.FROM_EXTENSION, "    FOR trunk IN SELECT", "    END LOOP;\n"
)
FROM_EXTENSION = _changed(
    _steps.FROM_EXTENSION,
    (
        _EMERGENCY,
        """    answer := asterisk.over_trunks(answer, caller.reseller_id,
      '+' || asterisk.country_code(caller.country) || right(dialled, 3),
      answer.callerid_num, '');
    -- Dialled as they are, whatever the carrier's spelling of numbers.
    answer.numbers := regexp_replace(answer.numbers, '[^,]+', right(dialled, 3), 'g');
""",
    ),
    ("  trunk record;\n", ""),
    ("  place int := 0;\n", ""),
    ("dialled LIKE '*%'", "dialled ~ '^[*#]'"),  # as migration 0008 has it
)
FROM_TRUNK = """
CREATE OR REPLACE FUNCTION asterisk.route_from_trunk(endpoint text, dialled text,
  caller text)
RETURNS asterisk.route LANGUAGE plpgsql VOLATILE @SAFE AS $$
DECLARE
  answer asterisk.route;
  carrier record;
  held record;
  known record;
  calling text;
BEGIN
  answer.action := 'refuse';
  SELECT t.reseller_id, t.incoming_format, t.country INTO carrier FROM pbx_trunk t
   WHERE 'trunk-' || t.slug = endpoint AND t.is_active;
  IF NOT FOUND THEN
    answer.reason := 'unknown_caller';
    RETURN answer;
  END IF;
  IF dialled IS NULL OR dialled !~ '^[+]?[0-9]{3,31}$' THEN
    answer.reason := 'bad_number';
    RETURN answer;
  END IF;
  SELECT * INTO held FROM asterisk.did_of(carrier.reseller_id, dialled);
  IF held.number IS NULL THEN
    answer.reason := 'unknown_number';
    RETURN answer;
  END IF;
  calling := asterisk.caller_of(caller, carrier.incoming_format, carrier.country);
  IF asterisk.never_shown(calling) THEN
    answer.reason := 'forbidden_caller';
    answer.tenantid := held.code;
    RETURN answer;
  END IF;
  calling := CASE WHEN asterisk.may_be_shown(calling) THEN calling ELSE '' END;
  -- `outside` may show him where a call is forwarded; holds for this statement only.
  PERFORM set_config('pbx.caller', calling, true);
  SELECT * INTO known FROM asterisk.known_caller(held.customer, calling);
  IF known.blocked THEN
    answer.reason := 'blocked';
    answer.tenantid := held.code;
  ELSE
    answer := asterisk.step(held.code, coalesce(held.token, ''), '');
    IF answer.reason = 'gone' THEN
      answer.reason := 'no_extension';
    END IF;
    IF answer.action <> 'outside' THEN
      answer.callerid_num := calling;
    END IF;
    answer.callerid_name := asterisk.caller_shown(held.number, calling, known.name);
  END IF;
  answer.did := held.number;
  RETURN answer;
END $$;

-- A later step of the same call; `calling` is the caller's number, for outside callers.
CREATE FUNCTION asterisk.step_of(tenant text, token text, caller text, calling text)
RETURNS asterisk.route LANGUAGE plpgsql VOLATILE @SAFE AS $$
BEGIN
  PERFORM set_config('pbx.caller', CASE WHEN caller = '' THEN calling ELSE '' END, true);
  RETURN asterisk.step(tenant, token, caller);
END $$;
"""

FUNCTIONS = NUMBERS + TRUNKS + SHOWN + OUTSIDE + FROM_EXTENSION + FROM_TRUNK
NEW = (
    "written(text, text, text)",
    "never_shown(text)",
    "may_be_shown(text)",
    "caller_of(text, text, text)",
    "trunks_for(bigint, text)",
    "over_trunks(asterisk.route, bigint, text, text, text)",
    "original_shown(bigint, text)",
    "is_withheld(bigint, bigint, text)",
    "emergency_test(text)",
    "step_of(text, text, text, text)",
)
GRANTS = "".join(
    f"GRANT EXECUTE ON FUNCTION asterisk.{name} TO pbx_asterisk;"
    for name in ("emergency_test(text)", "step_of(text, text, text, text)")
)
GRANTS += "".join(
    f"GRANT EXECUTE ON FUNCTION asterisk.{name} TO pbx_console;"
    for name in (
        "may_be_shown(text)",
        "never_shown(text)",
        "country_code(text)",
        "written(text, text)",
        "written(text, text, text)",
    )
)
EARLIER = (
    _routes.NUMBERS.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
    + _routes.TRUNKS
    + "".join(
        _between(text, first, "$$;").replace(
            "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
        )
        for text, first in (
            (_steps.POLICY, "CREATE FUNCTION asterisk.shown_number"),
            (_steps.OUTSIDE, "CREATE FUNCTION asterisk.outside"),
            (_steps.FROM_TRUNK, "CREATE FUNCTION asterisk.route_from_trunk"),
        )
    )
    + _steps.FROM_EXTENSION
).replace("@SAFE", SAFE)
