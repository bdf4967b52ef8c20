"""What the dialplan asks: one call of one function per step, over the desired state.

`asterisk.route_from_extension(endpoint, dialled)` and `asterisk.route_from_trunk(endpoint,
dialled)` return exactly one row of type `asterisk.route`, whatever they are asked; they
never raise for bad input. `action` is what `asterisk_conf/etc/extensions.conf` jumps to:

* `extension`: ring `target` for `ring_seconds`
* `outside`: `number1` over `trunk1`, then `number2` over `trunk2` if its carrier failed
* `emergency`: the same; asked for the caller's number, never for permission
* `refuse`: `reason` is `unknown_caller`, `inactive`, `bad_number`, `no_extension`,
  `not_allowed`, `no_price`, `no_route` or `unknown_number`

They run as the owner, because Asterisk's role can read no desired state, and say
`pbx.scope = everyone` to row-level security for the time of the call.
"""

from __future__ import annotations

from django.db import migrations

TYPE = """
CREATE TYPE asterisk.route AS (
  action text, target text, tenantid text, accountcode text,
  callerid_num text, callerid_name text,
  trunk1 text, slug1 text, number1 text, trunk2 text, slug2 text, number2 text,
  e164 text, ring_seconds int, max_seconds int, reason text
);
"""

NUMBERS = """
CREATE FUNCTION asterisk.country_code(country text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE country WHEN 'NL' THEN '31' WHEN 'AT' THEN '43' ELSE '49' END
$$;

-- What a person dials -> E.164 with a plus, or NULL. All three countries write 0 before
-- national and 00 before international numbers (ITU-T E.164, E.123). 115 and 116xxx are
-- German numbers without an area code.
CREATE FUNCTION asterisk.e164(dialled text, country text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN number ~ '^\\+[1-9][0-9]{4,14}$' THEN number END FROM (
    SELECT CASE
      WHEN dialled LIKE '+%' THEN dialled
      WHEN dialled LIKE '00%' THEN '+' || substr(dialled, 3)
      WHEN dialled LIKE '0%' THEN '+' || asterisk.country_code(country) || substr(dialled, 2)
      WHEN country = 'DE' AND dialled ~ '^11(5|6[0-9]{3})$' THEN '+49' || dialled
    END AS number
  ) normalised
$$;

CREATE FUNCTION asterisk.is_emergency(dialled text, country text) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
  SELECT dialled ~ CASE country WHEN 'AT' THEN '^0?(112|133|144)$'
                                ELSE '^0?(110|112)$' END
$$;

-- How a carrier wants an E.164 number written.
CREATE FUNCTION asterisk.written(e164 text, number_format text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE number_format WHEN 'digits' THEN ltrim(e164, '+')
                            WHEN 'international' THEN '00' || ltrim(e164, '+')
                            ELSE e164 END
$$;
"""

TRUNKS = """
-- The active trunks of the longest route prefix that matches, a reseller's own before
-- shared ones, then by position.
CREATE FUNCTION asterisk.trunks_for(of_reseller bigint, e164 text)
RETURNS TABLE (slug text, number_format text)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp SET pbx.scope = 'everyone' AS $$
  WITH matching AS (
    SELECT trunk.slug, trunk.number_format, length(route.prefix) AS long,
           route.reseller_id IS NULL AS shared, route.position, route.id
    FROM pbx_outboundroute route JOIN pbx_trunk trunk ON trunk.id = route.trunk_id
    WHERE starts_with(e164, route.prefix) AND trunk.is_active
      AND (route.reseller_id IS NULL OR route.reseller_id = of_reseller)
      AND (trunk.reseller_id IS NULL OR trunk.reseller_id = of_reseller)
  ), once AS (
    SELECT DISTINCT ON (slug) * FROM matching
    WHERE long = (SELECT max(long) FROM matching)
    ORDER BY slug, shared, position, id
  )
  SELECT slug, number_format FROM once ORDER BY shared, position, id LIMIT 2
$$;
"""

FROM_EXTENSION = """
CREATE FUNCTION asterisk.route_from_extension(endpoint text, dialled text)
RETURNS asterisk.route LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp SET pbx.scope = 'everyone' AS $$
DECLARE
  answer asterisk.route;
  caller record;
  called record;
  trunk record;
  place int := 0;
BEGIN
  answer.action := 'refuse';
  SELECT e.number, e.may_dial_outside, c.id AS customer_id, c.code, c.country,
         c.reseller_id, c.max_call_minutes, c.is_active AND r.is_active AS is_active,
         coalesce(shown.number, main.number, '') AS shown
    INTO caller
    FROM pbx_extension e
    JOIN accounts_customer c ON c.id = e.customer_id
    JOIN accounts_reseller r ON r.id = c.reseller_id
    LEFT JOIN pbx_did shown ON shown.id = e.caller_id_id AND shown.customer_id = c.id
    LEFT JOIN pbx_did main ON main.customer_id = c.id AND main.is_main
   WHERE c.code = split_part(endpoint, '-', 1)
     AND e.number = split_part(endpoint, '-', 2);
  IF NOT FOUND THEN
    answer.reason := 'unknown_caller';
    RETURN answer;
  END IF;
  answer.tenantid := caller.code;
  answer.accountcode := caller.number;
  answer.callerid_num := caller.shown;
  answer.max_seconds := caller.max_call_minutes * 60;

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
        answer.callerid_num := asterisk.written(caller.shown, trunk.number_format);
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

  -- Only ever inside the caller's own customer.
  SELECT e.number, e.ring_seconds INTO called FROM pbx_extension e
   WHERE e.customer_id = caller.customer_id AND e.number = dialled;
  IF FOUND THEN
    answer.action := 'extension';
    answer.target := caller.code || '-' || called.number;
    answer.ring_seconds := called.ring_seconds;
    RETURN answer;
  END IF;

  answer.e164 := asterisk.e164(dialled, caller.country);
  IF answer.e164 IS NULL THEN
    answer.reason := CASE WHEN dialled ~ '^[1-9][0-9]{1,5}$' THEN 'no_extension'
                          ELSE 'bad_number' END;
    RETURN answer;
  END IF;
  IF NOT caller.may_dial_outside THEN
    answer.reason := 'not_allowed';
    RETURN answer;
  END IF;
  -- Bound late: metering, a layer above, makes this function.
  IF to_regprocedure('asterisk.has_price(bigint, text)') IS NOT NULL THEN
    IF NOT asterisk.has_price(caller.customer_id, answer.e164) THEN
      answer.reason := 'no_price';
      RETURN answer;
    END IF;
  END IF;
  FOR trunk IN SELECT * FROM asterisk.trunks_for(caller.reseller_id, answer.e164) LOOP
    place := place + 1;
    IF place = 1 THEN
      answer.slug1 := trunk.slug;
      answer.trunk1 := 'trunk-' || trunk.slug;
      answer.number1 := asterisk.written(answer.e164, trunk.number_format);
      answer.callerid_num := asterisk.written(caller.shown, trunk.number_format);
    ELSE
      answer.slug2 := trunk.slug;
      answer.trunk2 := 'trunk-' || trunk.slug;
      answer.number2 := asterisk.written(answer.e164, trunk.number_format);
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

FROM_TRUNK = """
CREATE FUNCTION asterisk.route_from_trunk(endpoint text, dialled text)
RETURNS asterisk.route LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp SET pbx.scope = 'everyone' AS $$
DECLARE
  answer asterisk.route;
  carrier record;
  held record;
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
  -- Carriers write the same number as +4930…, 4930…, 004930… or 030….
  SELECT d.number, d.extension_id, c.code, c.max_call_minutes, e.number AS extension,
         e.ring_seconds, c.is_active AND r.is_active AS is_active
    INTO held
    FROM pbx_did d
    JOIN accounts_customer c ON c.id = d.customer_id
    JOIN accounts_reseller r ON r.id = c.reseller_id
    LEFT JOIN pbx_extension e ON e.id = d.extension_id AND e.customer_id = c.id
   WHERE d.number = ANY (ARRAY['+' || ltrim(dialled, '+'), asterisk.e164(dialled, 'DE'),
           asterisk.e164(dialled, 'NL'), asterisk.e164(dialled, 'AT')])
     AND (d.number = '+' || ltrim(dialled, '+')
          OR d.number = asterisk.e164(dialled, c.country))
     AND (carrier.reseller_id IS NULL OR carrier.reseller_id = d.reseller_id)
   ORDER BY d.number = '+' || ltrim(dialled, '+') DESC
   LIMIT 1;
  IF NOT FOUND THEN
    answer.reason := 'unknown_number';
    RETURN answer;
  END IF;
  answer.tenantid := held.code;
  answer.e164 := held.number;
  answer.max_seconds := held.max_call_minutes * 60;
  IF NOT held.is_active THEN
    answer.reason := 'inactive';
  ELSIF held.extension IS NULL THEN
    answer.reason := 'no_extension';
  ELSE
    answer.action := 'extension';
    answer.target := held.code || '-' || held.extension;
    answer.accountcode := held.extension;
    answer.ring_seconds := held.ring_seconds;
  END IF;
  RETURN answer;
END $$;
"""

FUNCTIONS = (
    "route_from_trunk(text, text)",
    "route_from_extension(text, text)",
    "trunks_for(bigint, text)",
    "written(text, text)",
    "is_emergency(text, text)",
    "e164(text, text)",
    "country_code(text)",
)
REVOKE = "".join(
    f"REVOKE ALL ON FUNCTION asterisk.{name} FROM PUBLIC;" for name in FUNCTIONS
)
GRANT = "".join(
    f"GRANT EXECUTE ON FUNCTION asterisk.{name} TO pbx_asterisk;"
    for name in FUNCTIONS[:2]
)
BACK = (
    "".join(f"DROP FUNCTION asterisk.{name};" for name in FUNCTIONS)
    + "DROP TYPE asterisk.route;"
)


class Migration(migrations.Migration):
    dependencies = [("pbx", "0002_walls")]
    operations = [
        migrations.RunSQL(
            TYPE + NUMBERS + TRUNKS + FROM_EXTENSION + FROM_TRUNK + REVOKE + GRANT, BACK
        )
    ]
