"""The dialplan asks step by step: every answer is one row of `asterisk.route`.

`action` names the context `do-<action>` of the dialplan. What comes after is a *token* in
`next`, `on_busy`, `on_offline` or `on_full`: `d<id>` is a destination, another letter is
the noun's own (`f<id>` a forward). `asterisk.step(tenant, token, caller, at)` answers for a
token with the function `asterisk.step_<kind>`, one per noun. `at` is now, or the moment
that a picture of the call path asks for. Nothing raises for bad input: `refuse`/`gone`.

What a call outside needs is decided by small functions that later migrations replace:
`may_dial` (class of the extension), `has_price` (metering), `within_limits`, `shown_number`
and `trunks_for`; `outside` puts them together for dialled numbers and forwards alike.
"""

from __future__ import annotations

from importlib import import_module

from django.db import migrations

from pbx_console.pbx.ddl import functions

ATTRIBUTES = """
ALTER TYPE asterisk.route
  ADD ATTRIBUTE next text, ADD ATTRIBUTE on_busy text, ADD ATTRIBUTE on_offline text,
  ADD ATTRIBUTE on_full text, ADD ATTRIBUTE sound text, ADD ATTRIBUTE music text,
  ADD ATTRIBUTE language text, ADD ATTRIBUTE keys text, ADD ATTRIBUTE options text,
  ADD ATTRIBUTE x1 text, ADD ATTRIBUTE x2 text, ADD ATTRIBUTE x3 text;
"""
NO_ATTRIBUTES = ATTRIBUTES.replace("ADD ATTRIBUTE", "DROP ATTRIBUTE").replace(
    " text", ""
)
routes = import_module("pbx_console.pbx.migrations.0003_route_functions")
limits = import_module("pbx_console.pbx.migrations.0005_call_limits")

POLICY = """
-- May this extension dial that number? Empty, or the reason why not. Without an extension
-- (a number that calls are sent to) the customer's contract alone counts.
CREATE FUNCTION asterisk.may_dial(customer bigint, extension bigint, e164 text)
RETURNS text LANGUAGE sql STABLE @SAFE AS $$
  SELECT CASE WHEN e.may_dial_outside IS FALSE THEN 'not_allowed' ELSE '' END
    FROM (SELECT 1) always LEFT JOIN pbx_extension e
      ON e.id = extension AND e.customer_id = customer
$$;

-- Is there money, time and a country left for it? Empty, or the reason why not.
CREATE FUNCTION asterisk.within_limits(customer bigint, extension bigint, e164 text)
RETURNS text LANGUAGE sql STABLE @SAFE AS $$ SELECT '' $$;

-- The number shown outside, E.164 with plus; empty: withheld.
CREATE FUNCTION asterisk.shown_number(customer bigint, extension bigint, e164 text,
  original text) RETURNS text LANGUAGE sql STABLE @SAFE AS $$
  SELECT coalesce(
    (SELECT d.number FROM pbx_extension e JOIN pbx_did d ON d.id = e.caller_id_id
      WHERE e.id = extension AND e.customer_id = customer AND d.customer_id = customer),
    (SELECT d.number FROM pbx_did d WHERE d.customer_id = customer AND d.is_main), '')
$$;
"""

OUTSIDE = """
-- Complete an answer for a call to `number` (E.164 with plus) that `extension` pays.
CREATE FUNCTION asterisk.outside(answer asterisk.route, customer bigint,
  extension bigint, number text, original text)
RETURNS asterisk.route LANGUAGE plpgsql STABLE @SAFE AS $$
DECLARE
  owner record;
  trunk record;
  shown text;
  place int := 0;
BEGIN
  answer.action := 'refuse';
  answer.e164 := number;
  SELECT c.reseller_id, c.is_active AND r.is_active AS is_active,
         c.features ? 'outside_calls' AND r.features ? 'outside_calls' AS outside
    INTO owner
    FROM accounts_customer c JOIN accounts_reseller r ON r.id = c.reseller_id
   WHERE c.id = customer;
  IF NOT owner.is_active THEN
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
  shown := asterisk.shown_number(customer, extension, number, original);
  FOR trunk IN SELECT * FROM asterisk.trunks_for(owner.reseller_id, number) LOOP
    place := place + 1;
    IF place = 1 THEN
      answer.slug1 := trunk.slug;
      answer.trunk1 := 'trunk-' || trunk.slug;
      answer.number1 := asterisk.written(number, trunk.number_format);
      answer.callerid_num := asterisk.written(shown, trunk.number_format);
    ELSE
      answer.slug2 := trunk.slug;
      answer.trunk2 := 'trunk-' || trunk.slug;
      answer.number2 := asterisk.written(number, trunk.number_format);
    END IF;
  END LOOP;
  IF place = 0 THEN
    answer.reason := 'no_route';
  ELSE
    answer.action := 'outside';
  END IF;
  RETURN answer;
END $$;
"""

STEP = """
CREATE FUNCTION asterisk.step_extension(answer asterisk.route, customer bigint,
  object bigint, caller text, at timestamptz)
RETURNS asterisk.route LANGUAGE plpgsql STABLE @SAFE AS $$
DECLARE
  called record;
BEGIN
  SELECT e.number, e.ring_seconds INTO called FROM pbx_extension e
   WHERE e.id = object AND e.customer_id = customer;
  answer.action := 'extension';
  answer.target := 'PJSIP/' || answer.tenantid || '-' || called.number;
  answer.accountcode := called.number;
  answer.ring_seconds := called.ring_seconds;
  RETURN answer;
END $$;

-- What happens at `token` of the customer `tenant`. `caller` is the endpoint that calls,
-- empty for somebody outside.
CREATE FUNCTION asterisk.step(tenant text, token text, caller text,
  at timestamptz DEFAULT NULL)
RETURNS asterisk.route LANGUAGE plpgsql STABLE @SAFE AS $$
DECLARE
  answer asterisk.route;
  owner record;
  place record;
BEGIN
  answer.action := 'refuse';
  answer.reason := 'gone';
  SELECT c.id, c.code, c.language, c.reseller_id, c.max_call_minutes, c.max_calls,
         r.max_calls AS reseller_max_calls, c.is_active AND r.is_active AS is_active
    INTO owner
    FROM accounts_customer c JOIN accounts_reseller r ON r.id = c.reseller_id
   WHERE c.code = tenant;
  IF NOT FOUND OR token IS NULL OR token !~ '^[a-z][0-9]{1,18}$' THEN
    RETURN answer;
  END IF;
  answer.tenantid := owner.code;
  answer.language := owner.language;
  answer.max_seconds := owner.max_call_minutes * 60;
  answer.reseller_group := 'r' || owner.reseller_id;
  answer.max_calls := owner.max_calls;
  answer.reseller_max_calls := owner.reseller_max_calls;
  IF NOT owner.is_active THEN
    answer.reason := 'inactive';
    RETURN answer;
  END IF;
  IF token LIKE 'd%' THEN
    SELECT d.kind::text AS kind, d.object_id INTO place FROM pbx_destination d
     WHERE d.id = substr(token, 2)::bigint AND d.customer_id = owner.id;
  ELSE
    SELECT left(token, 1) AS kind, substr(token, 2)::bigint AS object_id INTO place;
  END IF;
  IF place.kind IS NULL OR to_regprocedure(format(
      'asterisk.step_%s(asterisk.route, bigint, bigint, text, timestamptz)',
      place.kind)) IS NULL THEN
    RETURN answer;
  END IF;
  answer.reason := NULL;
  EXECUTE format('SELECT * FROM asterisk.%I($1, $2, $3, $4, $5)', 'step_' || place.kind)
    INTO answer USING answer, owner.id, place.object_id, caller, coalesce(at, now());
  RETURN answer;
END $$;
"""

FROM_EXTENSION = """
CREATE OR REPLACE FUNCTION asterisk.route_from_extension(endpoint text, dialled text)
RETURNS asterisk.route LANGUAGE plpgsql STABLE @SAFE AS $$
DECLARE
  answer asterisk.route;
  caller record;
  trunk record;
  token text;
  place int := 0;
BEGIN
  answer.action := 'refuse';
  SELECT e.id, e.number, c.id AS customer_id, c.code, c.country, c.reseller_id,
         c.max_call_minutes, c.max_calls, r.max_calls AS reseller_max_calls,
         c.is_active AND r.is_active AS is_active
    INTO caller
    FROM pbx_extension e
    JOIN accounts_customer c ON c.id = e.customer_id
    JOIN accounts_reseller r ON r.id = c.reseller_id
   WHERE c.code = split_part(endpoint, '-', 1)
     AND e.number = split_part(endpoint, '-', 2);
  IF NOT FOUND THEN
    answer.reason := 'unknown_caller';
    RETURN answer;
  END IF;
  answer.tenantid := caller.code;
  answer.accountcode := caller.number;
  answer.max_seconds := caller.max_call_minutes * 60;
  answer.reseller_group := 'r' || caller.reseller_id;
  answer.max_calls := caller.max_calls;
  answer.reseller_max_calls := caller.reseller_max_calls;
  answer.callerid_num := asterisk.shown_number(caller.customer_id, caller.id, '', '');

  IF dialled IS NULL OR dialled !~ '^[0-9+*#]{1,32}$' THEN
    answer.reason := 'bad_number';
    RETURN answer;
  END IF;

  IF asterisk.is_emergency(dialled, caller.country) THEN
    answer.action := 'emergency';
    answer.e164 := right(dialled, 3);
    FOR trunk IN SELECT * FROM asterisk.trunks_for(caller.reseller_id,
        '+' || asterisk.country_code(caller.country) || right(dialled, 3)) LOOP
      place := place + 1;
      IF place = 1 THEN
        answer.slug1 := trunk.slug;
        answer.trunk1 := 'trunk-' || trunk.slug;
        answer.number1 := answer.e164;
        answer.callerid_num :=
          asterisk.written(answer.callerid_num, trunk.number_format);
      ELSE
        answer.slug2 := trunk.slug;
        answer.trunk2 := 'trunk-' || trunk.slug;
        answer.number2 := answer.e164;
      END IF;
    END LOOP;
    RETURN answer;
  END IF;

  IF NOT caller.is_active THEN
    answer.reason := 'inactive';
    RETURN answer;
  END IF;

  IF dialled LIKE '*%' AND to_regprocedure(
      'asterisk.feature_code(asterisk.route, bigint, bigint, text)') IS NOT NULL THEN
    RETURN asterisk.feature_code(answer, caller.customer_id, caller.id, dialled);
  END IF;

  -- Only ever inside the caller's own customer.
  SELECT 'd' || d.id INTO token FROM pbx_destination d
   WHERE d.customer_id = caller.customer_id AND d.number = dialled;
  IF FOUND THEN
    RETURN asterisk.step(caller.code, token, endpoint);
  END IF;

  answer.e164 := asterisk.e164(dialled, caller.country);
  IF answer.e164 IS NULL THEN
    answer.reason := CASE WHEN dialled ~ '^[1-9][0-9]{1,5}$' THEN 'no_extension'
                          ELSE 'bad_number' END;
    RETURN answer;
  END IF;
  RETURN asterisk.outside(answer, caller.customer_id, caller.id, answer.e164, '');
END $$;
"""

FROM_TRUNK = """
-- The number that a carrier means: whose it is, and the token it leads to.
CREATE FUNCTION asterisk.did_of(reseller bigint, dialled text, OUT number text,
  OUT customer bigint, OUT code text, OUT token text)
LANGUAGE sql STABLE @SAFE AS $$
  -- Carriers write the same number as +4930…, 4930…, 004930… or 030….
  SELECT d.number, c.id, c.code, (SELECT 'd' || t.id FROM pbx_destination t
           WHERE t.kind = 'extension' AND t.object_id = d.extension_id)
    FROM pbx_did d
    JOIN accounts_customer c ON c.id = d.customer_id
   WHERE d.number = ANY (ARRAY['+' || ltrim(dialled, '+'), asterisk.e164(dialled, 'DE'),
           asterisk.e164(dialled, 'NL'), asterisk.e164(dialled, 'AT')])
     AND (d.number = '+' || ltrim(dialled, '+')
          OR d.number = asterisk.e164(dialled, c.country))
     AND (reseller IS NULL OR reseller = d.reseller_id)
   ORDER BY d.number = '+' || ltrim(dialled, '+') DESC
   LIMIT 1
$$;

-- Is a caller unwelcome at this customer, and what is his name? (blocklist, phonebook)
CREATE FUNCTION asterisk.known_caller(customer bigint, caller text, OUT blocked boolean,
  OUT name text)
LANGUAGE sql STABLE @SAFE AS $$ SELECT false, '' $$;

DROP FUNCTION asterisk.route_from_trunk(text, text);
CREATE FUNCTION asterisk.route_from_trunk(endpoint text, dialled text, caller text)
RETURNS asterisk.route LANGUAGE plpgsql STABLE @SAFE AS $$
DECLARE
  answer asterisk.route;
  carrier record;
  held record;
  known record;
BEGIN
  answer.action := 'refuse';
  SELECT t.reseller_id INTO carrier FROM pbx_trunk t
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
  SELECT * INTO known FROM asterisk.known_caller(held.customer, caller);
  IF known.blocked THEN
    answer.reason := 'blocked';
    answer.tenantid := held.code;
  ELSE
    answer := asterisk.step(held.code, coalesce(held.token, ''), '');
    IF answer.reason = 'gone' THEN
      answer.reason := 'no_extension';
    END IF;
    answer.callerid_name := known.name;
  END IF;
  answer.e164 := held.number;
  RETURN answer;
END $$;
"""

NEW = (
    "step(text, text, text, timestamptz)",
    "step_extension(asterisk.route, bigint, bigint, text, timestamptz)",
    "outside(asterisk.route, bigint, bigint, text, text)",
    "may_dial(bigint, bigint, text)",
    "within_limits(bigint, bigint, text)",
    "shown_number(bigint, bigint, text, text)",
    "did_of(bigint, text)",
    "known_caller(bigint, text)",
    "route_from_trunk(text, text, text)",
)
ASKED = "".join(
    f"GRANT EXECUTE ON FUNCTION asterisk.{name} TO pbx_asterisk;"
    for name in (NEW[0], NEW[-1])
)
EARLIER = (
    "DROP FUNCTION asterisk.route_from_trunk(text, text, text);"
    + limits.changed(routes.FROM_EXTENSION, limits.FROM_EXTENSION)
    + limits.changed(routes.FROM_TRUNK, limits.FROM_TRUNK)
    + "GRANT EXECUTE ON FUNCTION asterisk.route_from_trunk(text, text) TO pbx_asterisk;"
)


class Migration(migrations.Migration):
    dependencies = [("pbx", "0006_destinations")]
    operations = [
        migrations.RunSQL(ATTRIBUTES, NO_ATTRIBUTES),
        functions(POLICY + OUTSIDE + STEP + FROM_EXTENSION + FROM_TRUNK, *NEW),
        migrations.RunSQL(ASKED, EARLIER),
    ]
