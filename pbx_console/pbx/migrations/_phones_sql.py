"""The SQL of migration 0008: what a phone's person may do, and how it is told."""

from __future__ import annotations

import json

from pbx_console.pbx.countries import COUNTRY_OF, PREMIUM

CHANGED = """
-- Tells the live process that a person's state changed: "<customer code> <kind> <number>".
-- `CREATE TRIGGER tell_changed AFTER INSERT OR DELETE OR UPDATE OF <columns that people
-- see> ON <table> FOR EACH ROW EXECUTE FUNCTION pbx_tell_changed('<kind>')`. The row has a
-- customer_id and a number, or an extension_id; anything else is found by a second
-- argument, the table that `<table>_id` points to (`pbx_queue` with `queue_id`).
CREATE FUNCTION pbx_tell_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET pbx.scope = 'everyone' AS $$
DECLARE
  changed jsonb := to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END);
  owner text := TG_ARGV[1];
  code text;
BEGIN
  IF owner IS NULL AND changed ? 'extension_id' THEN
    owner := 'pbx_extension';
  END IF;
  IF owner IS NOT NULL THEN
    EXECUTE format('SELECT to_jsonb(o) FROM %I o WHERE id = $1', owner) INTO changed
      USING (changed ->> (split_part(owner, '_', 2) || '_id'))::bigint;
  END IF;
  SELECT c.code INTO code FROM accounts_customer c
   WHERE c.id = (changed ->> 'customer_id')::bigint;
  IF code IS NOT NULL THEN
    PERFORM pg_notify('pbx_changed',
      format('%s %s %s', code, TG_ARGV[0], changed ->> 'number'));
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER tell_changed AFTER INSERT OR DELETE OR UPDATE OF number, name,
  ring_seconds, ring_in_order, do_not_disturb, call_waiting, dial_class, countries,
  may_dial_premium, withholds_number, inside_name, inside_number, language, caller_id_id,
  pin_digest ON pbx_extension
  FOR EACH ROW EXECUTE FUNCTION pbx_tell_changed('extension');
CREATE TRIGGER tell_changed AFTER INSERT OR DELETE OR UPDATE ON pbx_forward
  FOR EACH ROW EXECUTE FUNCTION pbx_tell_changed('extension');
CREATE TRIGGER tell_changed AFTER INSERT OR DELETE OR UPDATE OF slot, name ON pbx_device
  FOR EACH ROW EXECUTE FUNCTION pbx_tell_changed('extension');
"""
UNCHANGED = """
DROP TRIGGER tell_changed ON pbx_extension;
DROP TRIGGER tell_changed ON pbx_forward;
DROP TRIGGER tell_changed ON pbx_device;
DROP FUNCTION pbx_tell_changed();
"""

COUNTRIES = f"""
-- The country of an E.164 number with plus; ZZ: none.
CREATE FUNCTION asterisk.country_of(number text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  codes CONSTANT jsonb := '{json.dumps(COUNTRY_OF, separators=(",", ":"))}';
BEGIN
  RETURN coalesce(codes ->> substr(number, 2, 4), codes ->> substr(number, 2, 3),
                  codes ->> substr(number, 2, 2), codes ->> substr(number, 2, 1), 'ZZ');
END $$;

-- Does a number cost more per minute (premium, shared cost, directories, satellites)?
CREATE FUNCTION asterisk.is_premium(number text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT number ~ '^({PREMIUM})' $$;
"""

RIGHTS = """
-- The class of the extension. Its PIN, typed for this one call, lifts it.
CREATE OR REPLACE FUNCTION asterisk.may_dial(customer bigint, extension bigint, e164 text)
RETURNS text LANGUAGE plpgsql STABLE @SAFE AS $$
DECLARE
  caller record;
  place text := asterisk.country_of(e164);
BEGIN
  SELECT e.dial_class, e.countries, e.may_dial_premium, c.country INTO caller
    FROM pbx_extension e JOIN accounts_customer c ON c.id = e.customer_id
   WHERE e.id = extension AND e.customer_id = customer;
  IF NOT FOUND OR current_setting('pbx.pin', true) = extension::text THEN
    RETURN '';
  ELSIF caller.dial_class = 'internal'
     OR asterisk.is_premium(e164) AND NOT caller.may_dial_premium
     OR place <> caller.country AND caller.dial_class = 'national'
     OR place <> caller.country AND jsonb_array_length(caller.countries) > 0
        AND NOT caller.countries ? place THEN
    RETURN 'not_allowed';
  END IF;
  RETURN '';
END $$;

-- Is the number kept back, always or for this one call? Emergency calls never ask.
CREATE FUNCTION asterisk.withholds(extension bigint) RETURNS boolean
LANGUAGE sql STABLE @SAFE AS $$
  SELECT coalesce((SELECT e.withholds_number FROM pbx_extension e WHERE e.id = extension),
                  false) OR coalesce(current_setting('pbx.withhold', true), '') = 'on'
$$;

CREATE OR REPLACE FUNCTION asterisk.shown_number(customer bigint, extension bigint,
  e164 text, original text) RETURNS text LANGUAGE sql STABLE @SAFE AS $$
  SELECT CASE WHEN e164 <> '' AND asterisk.withholds(extension) THEN '' ELSE coalesce(
    (SELECT d.number FROM pbx_extension e JOIN pbx_did d ON d.id = e.caller_id_id
      WHERE e.id = extension AND e.customer_id = customer AND d.customer_id = customer),
    (SELECT d.number FROM pbx_did d WHERE d.customer_id = customer AND d.is_main), '') END
$$;
"""
STEPS = """
-- The phones of an extension as Dial wants them. Empty: do not disturb.
CREATE FUNCTION asterisk.phones_of(extension bigint) RETURNS text
LANGUAGE sql STABLE @SAFE AS $$
  SELECT CASE WHEN e.do_not_disturb THEN '' ELSE
         'PJSIP/' || c.code || '-' || e.number || coalesce(
           (SELECT string_agg('&PJSIP/' || c.code || '-' || e.number || '-' || d.slot, ''
                              ORDER BY d.slot)
              FROM pbx_device d WHERE d.extension_id = e.id), '') END
    FROM pbx_extension e JOIN accounts_customer c ON c.id = e.customer_id
   WHERE e.id = extension
$$;

CREATE FUNCTION asterisk.forward_of(extension bigint, wanted text) RETURNS text
LANGUAGE sql STABLE @SAFE AS $$
  SELECT 'f' || f.id FROM pbx_forward f
   WHERE f.extension_id = extension AND f.condition = wanted AND f.is_active
$$;

-- Rings the phones, or says why not. `options`: `order` one phone after the other, `one`
-- no second call while one goes on. A phone that is not registered and has no forward of
-- its own for that goes where unanswered calls go.
CREATE OR REPLACE FUNCTION asterisk.step_extension(answer asterisk.route, customer bigint,
  object bigint, caller text, at timestamptz)
RETURNS asterisk.route LANGUAGE plpgsql STABLE @SAFE AS $$
DECLARE
  called record;
BEGIN
  SELECT e.number, e.ring_seconds, e.ring_in_order, e.do_not_disturb, e.call_waiting
    INTO called FROM pbx_extension e WHERE e.id = object AND e.customer_id = customer;
  IF NOT FOUND THEN
    answer.action := 'refuse';
    answer.reason := 'gone';
    RETURN answer;
  END IF;
  answer.accountcode := called.number;
  answer.next := asterisk.forward_of(object, 'always');
  IF answer.next IS NOT NULL THEN
    answer.action := 'forward';
    RETURN answer;
  END IF;
  answer.on_busy := asterisk.forward_of(object, 'busy');
  IF called.do_not_disturb THEN
    answer.action := 'busy';
    RETURN answer;
  END IF;
  answer.action := 'extension';
  answer.target := asterisk.phones_of(object);
  answer.ring_seconds := called.ring_seconds;
  answer.options := concat_ws(',', CASE WHEN called.ring_in_order THEN 'order' END,
                              CASE WHEN NOT called.call_waiting THEN 'one' END);
  answer.next := asterisk.forward_of(object, 'no_answer');
  answer.on_offline := coalesce(asterisk.forward_of(object, 'offline'), answer.next);
  RETURN answer;
END $$;

-- A forward, paid by the extension that forwards. A number of the customer's own is
-- reached inside: no carrier is paid for it, and nothing can go round over one.
CREATE FUNCTION asterisk.step_f(answer asterisk.route, customer bigint, object bigint,
  caller text, at timestamptz)
RETURNS asterisk.route LANGUAGE plpgsql STABLE @SAFE AS $$
DECLARE
  way record;
  held record;
BEGIN
  SELECT f.destination_id, f.outside_number, e.id AS extension_id, e.number,
         c.reseller_id INTO way
    FROM pbx_forward f JOIN pbx_extension e ON e.id = f.extension_id
    JOIN accounts_customer c ON c.id = e.customer_id
   WHERE f.id = object AND e.customer_id = customer AND f.is_active;
  IF NOT FOUND THEN
    answer.action := 'refuse';
    answer.reason := 'gone';
    RETURN answer;
  END IF;
  answer.accountcode := way.number;
  answer.action := 'forward';
  IF way.destination_id IS NOT NULL THEN
    answer.next := 'd' || way.destination_id;
    RETURN answer;
  END IF;
  SELECT * INTO held FROM asterisk.did_of(way.reseller_id, way.outside_number);
  IF held.customer = step_f.customer AND held.token IS NOT NULL THEN
    answer.next := held.token;
    RETURN answer;
  END IF;
  PERFORM set_config('pbx.forward', 'on', true);  -- within_limits may ask
  answer := asterisk.outside(answer, customer, way.extension_id, way.outside_number, '');
  PERFORM set_config('pbx.forward', '', true);
  RETURN answer;
END $$;

-- Would a forward of `extension` to `destination` come back to it, over forwards that
-- always count?
CREATE FUNCTION asterisk.forward_comes_back(extension bigint, destination bigint)
RETURNS boolean LANGUAGE sql STABLE @SAFE AS $$
  WITH RECURSIVE chain(extension_id) AS (
      SELECT d.object_id FROM pbx_destination d
       WHERE d.id = destination AND d.kind = 'extension'
    UNION
      SELECT d.object_id FROM chain
        JOIN pbx_forward f ON f.extension_id = chain.extension_id
         AND f.condition = 'always' AND f.is_active
        JOIN pbx_destination d ON d.id = f.destination_id AND d.kind = 'extension'
  )
  SELECT EXISTS (SELECT FROM chain WHERE chain.extension_id = extension)
$$;
"""

CODES = """
-- What a code of the phone means. `*NN…` that is none of ours is asked of
-- `asterisk.code_NN(answer, customer, extension, rest)`, one function per noun.
CREATE FUNCTION asterisk.feature_code(answer asterisk.route, customer bigint,
  extension bigint, dialled text)
RETURNS asterisk.route LANGUAGE plpgsql STABLE @SAFE AS $$
DECLARE
  phone text := answer.tenantid || '-' || answer.accountcode;
  part text[];
  own text;
BEGIN
  -- The number is kept back for this one call.
  part := regexp_match(dialled, '^[*]31[*#]([0-9]+)$');
  IF part IS NOT NULL THEN
    PERFORM set_config('pbx.withhold', 'on', true);
    answer := asterisk.route_from_extension(phone, part[1]);
    PERFORM set_config('pbx.withhold', '', true);
    RETURN answer;
  END IF;
  -- The PIN for one call: `*71*<number>` asks for it, `*71<PIN>*<number>` has it.
  part := regexp_match(dialled, '^[*]71([0-9]{4,8})?[*]([0-9]+)#?$');
  IF part IS NOT NULL THEN
    answer.action := 'pin';
    answer.x1 := coalesce(part[1], '');
    answer.x2 := part[2];
    RETURN answer;
  END IF;
  part := regexp_match(dialled, '^([*#])(21|61|62|67|25|43|31)(?:[*]([0-9]*))?#?$');
  IF part IS NOT NULL AND (part[3] IS NULL
      OR part[1] = '*' AND part[2] IN ('21', '61', '62', '67')) THEN
    answer.action := 'act';
    answer.x1 := CASE part[2] WHEN '21' THEN 'always' WHEN '61' THEN 'no_answer'
      WHEN '62' THEN 'offline' WHEN '67' THEN 'busy' WHEN '25' THEN 'do_not_disturb'
      WHEN '43' THEN 'call_waiting' ELSE 'withholds_number' END;
    answer.x2 := CASE part[1] WHEN '*' THEN 'on' || coalesce(part[3], '') ELSE 'off' END;
    RETURN answer;
  END IF;
  part := regexp_match(dialled, '^[*]([0-9]{2})(.*)$');
  own := 'asterisk.code_' || part[1] || '(asterisk.route, bigint, bigint, text)';
  IF own IS NOT NULL AND to_regprocedure(own) IS NOT NULL THEN
    EXECUTE format('SELECT * FROM asterisk.code_%s($1, $2, $3, $4)', part[1])
      INTO answer USING answer, customer, extension, part[2];
    RETURN answer;
  END IF;
  answer.reason := 'bad_number';
  RETURN answer;
END $$;
"""

ACTS = """
CREATE TYPE asterisk.act AS (result text, reason text, sound text);

-- What people did at their phone, in the log that the console shows.
CREATE FUNCTION asterisk.note_act(extension bigint, verb text, before jsonb, after jsonb)
RETURNS void LANGUAGE sql @SAFE AS $$
  INSERT INTO accounts_auditentry (at, actor_name, actor_level, acted_as, reseller_id,
         customer_id, verb, object_type, object_key, object_label, before, after)
  SELECT now(), e.number || ' ' || e.name, 'phone', '', c.reseller_id, c.id, verb,
         'extension', c.code || '-' || e.number, e.number || ' ' || e.name, before, after
    FROM pbx_extension e JOIN accounts_customer c ON c.id = e.customer_id
   WHERE e.id = extension
$$;

-- Switches one forward. `wanted` is `on<digits>`, `on` (the one of before) or `off`.
CREATE FUNCTION asterisk.act_forward(phone bigint, wanted_condition text, wanted text)
RETURNS text LANGUAGE plpgsql @SAFE AS $$
DECLARE
  kept record;
  caller record;
  digits text := substr(wanted, 3);
  target bigint;
  outside text := '';
BEGIN
  SELECT e.id, e.customer_id, c.country INTO caller FROM pbx_extension e
    JOIN accounts_customer c ON c.id = e.customer_id WHERE e.id = phone FOR UPDATE OF e;
  SELECT f.id, f.destination_id, f.outside_number, f.is_active,
         coalesce(nullif(concat_ws(' ', d.number, d.name), ''), '') AS label INTO kept
    FROM pbx_forward f LEFT JOIN pbx_destination d ON d.id = f.destination_id
   WHERE f.extension_id = phone AND f.condition = wanted_condition;
  IF wanted = 'off' AND kept.id IS NULL THEN
    RETURN '';
  ELSIF wanted = 'off' OR digits = '' THEN
    target := kept.destination_id;
    outside := coalesce(kept.outside_number, '');
  ELSE
    SELECT d.id INTO target FROM pbx_destination d
     WHERE d.customer_id = caller.customer_id AND d.number = digits;
    IF target IS NULL THEN
      outside := coalesce(asterisk.e164(digits, caller.country), '');
    END IF;
  END IF;
  IF target IS NULL AND outside = '' THEN
    RETURN 'bad_number';
  ELSIF wanted <> 'off' AND target IS NOT NULL
    AND asterisk.forward_comes_back(phone, target) THEN
    RETURN 'loop';
  ELSIF wanted <> 'off' AND outside <> ''
    AND asterisk.may_dial(caller.customer_id, phone, outside) <> '' THEN
    RETURN 'not_allowed';
  END IF;
  INSERT INTO pbx_forward (extension_id, condition, destination_id, outside_number,
                           is_active)
  VALUES (phone, wanted_condition, target, outside, wanted <> 'off')
  ON CONFLICT (extension_id, condition) DO UPDATE
    SET destination_id = excluded.destination_id, is_active = excluded.is_active,
        outside_number = excluded.outside_number;
  PERFORM asterisk.note_act(phone, 'forward.saved',
    CASE WHEN kept.id IS NULL THEN '{}' ELSE jsonb_build_object(
      'condition', wanted_condition, 'destination', nullif(kept.label, ''),
      'destination_id', kept.destination_id, 'outside_number', kept.outside_number,
      'is_active', kept.is_active) END,
    jsonb_build_object('condition', wanted_condition, 'destination',
      (SELECT concat_ws(' ', d.number, d.name) FROM pbx_destination d WHERE d.id = target),
      'destination_id', target, 'outside_number', outside,
      'is_active', wanted <> 'off'));
  RETURN '';
END $$;

-- The one function by which a person at the phone changes something: who, what, how. It
-- answers `ok`, or `refused` and why. An act that is none of ours is done by
-- `asterisk.act_<act>(extension, value)`, which returns the reason or nothing.
CREATE FUNCTION asterisk.phone_act(endpoint text, act text, value text)
RETURNS asterisk.act LANGUAGE plpgsql @SAFE AS $$
DECLARE
  answer asterisk.act;
  caller record;
BEGIN
  answer.result := 'refused';
  SELECT e.id, c.is_active AND r.is_active AS is_active INTO caller
    FROM pbx_extension e JOIN accounts_customer c ON c.id = e.customer_id
    JOIN accounts_reseller r ON r.id = c.reseller_id
   WHERE c.code = split_part(endpoint, '-', 1) AND e.number = split_part(endpoint, '-', 2);
  IF caller.id IS NULL OR NOT caller.is_active THEN
    answer.reason := 'unknown_caller';
  ELSIF act IN ('always', 'busy', 'no_answer', 'offline')
    AND value ~ '^(off|on[0-9]{0,20})$' THEN
    answer.reason := asterisk.act_forward(caller.id, act, value);
  ELSIF act IN ('do_not_disturb', 'call_waiting', 'withholds_number')
    AND value IN ('on', 'off') THEN
    answer.reason := asterisk.act_switch(caller.id, act, value = 'on');
  ELSIF act ~ '^[a-z_]{1,30}$' AND act NOT IN ('forward', 'switch')
    AND length(value) <= 64 AND to_regprocedure(
      format('asterisk.act_%s(bigint, text)', act)) IS NOT NULL THEN
    EXECUTE format('SELECT asterisk.act_%I($1, $2)', act)
      INTO answer.reason USING caller.id, value;
  ELSE
    answer.reason := 'bad_number';
  END IF;
  answer.result := CASE WHEN answer.reason = '' THEN 'ok' ELSE 'refused' END;
  answer.sound := '';
  RETURN answer;
END $$;

CREATE FUNCTION asterisk.act_switch(phone bigint, name text, wanted boolean)
RETURNS text LANGUAGE plpgsql @SAFE AS $$
DECLARE
  was boolean;
BEGIN
  EXECUTE format('SELECT %I FROM pbx_extension WHERE id = $1 FOR UPDATE', name)
    INTO was USING phone;
  IF was IS DISTINCT FROM wanted THEN
    EXECUTE format('UPDATE pbx_extension SET %I = $2 WHERE id = $1', name)
      USING phone, wanted;
    PERFORM asterisk.note_act(phone, 'extension.saved', jsonb_build_object(name, was),
                              jsonb_build_object(name, wanted));
  END IF;
  RETURN '';
END $$;

-- The same as `lib.pins.digest`.
CREATE FUNCTION asterisk.pin_digest(pin text, salt text) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  salted bytea := convert_to(salt, 'UTF8');
  value bytea := salted || convert_to(pin, 'UTF8');
BEGIN
  FOR round IN 1..2000 LOOP
    value := sha256(value || salted);
  END LOOP;
  RETURN encode(value, 'hex');
END $$;

-- A call with the PIN of the extension, which may then dial what the contract allows. Five
-- wrong PINs close it for a quarter of an hour, the right one included.
CREATE FUNCTION asterisk.route_by_pin(endpoint text, pin text, dialled text)
RETURNS asterisk.route LANGUAGE plpgsql VOLATILE @SAFE AS $$
DECLARE
  answer asterisk.route;
  caller record;
BEGIN
  answer.action := 'refuse';
  SELECT e.id, e.pin_digest, e.pin_tries, e.pin_locked_until INTO caller
    FROM pbx_extension e JOIN accounts_customer c ON c.id = e.customer_id
   WHERE c.code = split_part(endpoint, '-', 1) AND e.number = split_part(endpoint, '-', 2)
     FOR UPDATE OF e;
  IF NOT FOUND OR caller.pin_digest = '' OR caller.pin_locked_until > now() THEN
    answer.reason := 'not_allowed';
    RETURN answer;
  END IF;
  IF asterisk.pin_digest(pin, split_part(caller.pin_digest, '$', 1))
      IS DISTINCT FROM split_part(caller.pin_digest, '$', 2) THEN
    UPDATE pbx_extension SET pin_tries = (pin_tries + 1) % 5,
           pin_locked_until = CASE WHEN pin_tries >= 4
             THEN now() + interval '15 minutes' END WHERE id = caller.id;
    IF caller.pin_tries >= 4 THEN
      PERFORM asterisk.note_act(caller.id, 'extension.pin_locked', '{}', '{}');
    END IF;
    answer.reason := 'wrong_pin';
    RETURN answer;
  END IF;
  IF caller.pin_tries > 0 THEN
    UPDATE pbx_extension SET pin_tries = 0, pin_locked_until = NULL WHERE id = caller.id;
  END IF;
  PERFORM set_config('pbx.pin', caller.id::text, true);
  answer := asterisk.route_from_extension(endpoint, dialled);
  PERFORM set_config('pbx.pin', '', true);
  RETURN answer;
END $$;
"""
