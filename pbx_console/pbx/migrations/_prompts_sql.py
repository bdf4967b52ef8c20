"""The SQL of migration 0021: prompts by phone, spoken codes, PINs that no log holds."""

from __future__ import annotations

from pbx_console.pbx.migrations._phones_sql import ACTS, CODES

PROMPTS = """
-- A phone that rings for a prompt: `target` its devices (do not disturb or not: somebody
-- asked for it), `callerid_name` what is recorded, `x1` the file below the spool of
-- voicemail. Nothing in `target`: there is no such call, or it is over.
CREATE FUNCTION asterisk.prompt_call(call_key text) RETURNS asterisk.route
LANGUAGE plpgsql STABLE @SAFE AS $$
DECLARE
  answer asterisk.route;
  called record;
BEGIN
  answer.target := '';
  SELECT p.name, c.code, coalesce(nullif(e.language, ''), c.language) AS language,
         'PJSIP/' || c.code || '-' || e.number || coalesce(
           (SELECT string_agg('&PJSIP/' || c.code || '-' || e.number || '-' || d.slot, ''
                              ORDER BY d.slot)
              FROM pbx_device d WHERE d.extension_id = e.id), '') AS phones INTO called
    FROM pbx_promptcall k JOIN pbx_prompt p ON p.id = k.prompt_id
    JOIN pbx_extension e ON e.id = k.extension_id
    JOIN accounts_customer c ON c.id = p.customer_id AND c.id = e.customer_id
   WHERE k.key = call_key AND k.state IN ('ringing', 'speaking') AND c.is_active
     AND k.started_at > now() - interval '30 minutes';
  IF FOUND THEN
    answer.target := called.phones;
    answer.tenantid := called.code;
    answer.language := called.language;
    answer.callerid_name := regexp_replace(called.name, '[^[:print:]]|["<>;\\\\]', '', 'g');
    answer.x1 := called.code || '/prompts/' || call_key;
  END IF;
  RETURN answer;
END $$;

-- How far such a call is: `speaking`, `kept` or `over`. `ok`, or nothing when it is not
-- its turn. What was kept is checked, stored and logged by the console.
CREATE FUNCTION asterisk.prompt_spoken(call_key text, wanted text) RETURNS text
LANGUAGE plpgsql @SAFE AS $$
BEGIN
  UPDATE pbx_promptcall SET state = wanted
   WHERE key = call_key AND started_at > now() - interval '30 minutes'
     AND (wanted = 'speaking' AND state = 'ringing'
          OR wanted IN ('kept', 'over') AND state IN ('ringing', 'speaking'));
  RETURN CASE WHEN FOUND THEN 'ok' ELSE '' END;
END $$;
"""
TELL = """
CREATE TRIGGER tell_changed AFTER INSERT OR UPDATE OF state ON pbx_promptcall
  FOR EACH ROW EXECUTE FUNCTION pbx_tell_changed('prompt', 'pbx_prompt');
UPDATE pbx_voicemailbox SET pin_mask = floor(random() * 99999999999)::bigint;
"""
NOT_TOLD = "DROP TRIGGER tell_changed ON pbx_promptcall;"

SAID = """
-- What is said after an act at the phone: announcements, with & between them as Playback
-- wants it. A forward says where it leads.
CREATE FUNCTION asterisk.act_sound(phone bigint, act text, value text, reason text)
RETURNS text LANGUAGE plpgsql STABLE @SAFE AS $$
DECLARE
  leads text;
BEGIN
  IF reason <> '' THEN
    RETURN CASE reason WHEN 'not_allowed' THEN 'pbx/not-allowed'
                       WHEN 'bad_number' THEN 'pbx/wrong-number' ELSE 'pbx/refused' END;
  ELSIF act = 'withholds_number' THEN
    RETURN 'pbx/anonymous-' || value;
  ELSIF act IN ('do_not_disturb', 'call_waiting') THEN
    RETURN CASE act WHEN 'do_not_disturb' THEN 'pbx/dnd-' ELSE 'pbx/call-waiting-' END
           || value;
  ELSIF act NOT IN ('always', 'busy', 'no_answer', 'offline') THEN
    RETURN 'pbx/accepted';
  ELSIF value = 'off' THEN
    RETURN 'pbx/forward-off';
  END IF;
  SELECT coalesce(nullif(d.number, ''),
                  asterisk.written(f.outside_number, 'national', c.country)) INTO leads
    FROM pbx_forward f JOIN pbx_extension e ON e.id = f.extension_id
    JOIN accounts_customer c ON c.id = e.customer_id
    LEFT JOIN pbx_destination d ON d.id = f.destination_id
   WHERE f.extension_id = phone AND f.condition = act;
  IF coalesce(leads, '') !~ '^[0-9]{1,20}$' THEN
    RETURN 'pbx/forward-on';
  END IF;
  RETURN 'pbx/forward-to' || regexp_replace(leads, '([0-9])', '&digits/\\1', 'g');
END $$;
"""

# The codes of 0008 without a PIN in the dialled string: that stands in journals and logs.
_PIN_WAS = """
  -- The PIN for one call: `*71*<number>` asks for it, `*71<PIN>*<number>` has it.
  part := regexp_match(dialled, '^[*]71([0-9]{4,8})?[*]([0-9]+)#?$');
  IF part IS NOT NULL THEN
    answer.action := 'pin';
    answer.x1 := coalesce(part[1], '');
    answer.x2 := part[2];
    RETURN answer;
  END IF;
"""
_PIN_NOW = """
  -- The PIN for one call: `*71*<number>` asks for it. It never stands in what is dialled.
  -- `x1` is added to what is typed (pin_typed), so that no log of a lookup shows it.
  part := regexp_match(dialled, '^[*]71[*]([0-9]+)#?$');
  IF part IS NOT NULL THEN
    answer.action := 'pin';
    answer.x1 := asterisk.pin_mask(extension)::text;
    answer.x2 := part[1];
    RETURN answer;
  END IF;
"""
assert _PIN_WAS in CODES
CODES_NOW = CODES.replace(_PIN_WAS, _PIN_NOW).replace("CREATE F", "CREATE OR REPLACE F")
CODES_WERE = CODES.replace("CREATE F", "CREATE OR REPLACE F")


def _only(name: str) -> str:
    """Return one function of 0008, to be replaced."""
    start = ACTS.index(f"CREATE FUNCTION asterisk.{name}(")
    end = ACTS.index("END $$;\n", start) + len("END $$;\n")
    return ACTS[start:end].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


ACT_WAS = _only("phone_act")
_SILENT = "  answer.sound := '';\n"
assert _SILENT in ACT_WAS
ACT_NOW = ACT_WAS.replace(
    _SILENT,
    "  answer.sound := asterisk.act_sound(caller.id, act, value, answer.reason);\n",
)
BY_PIN_WAS = _only("route_by_pin")
BY_PIN_NOW = BY_PIN_WAS.replace(
    "asterisk.pin_digest(pin, ",
    "asterisk.pin_digest(asterisk.pin_typed(pin, asterisk.pin_mask(caller.id)),\n"
    "                         ",
)
_CLOSED = """  IF NOT FOUND OR caller.pin_digest = '' OR caller.pin_locked_until > now() THEN
    answer.reason := 'not_allowed';
"""
assert _CLOSED in BY_PIN_NOW
BY_PIN_NOW = BY_PIN_NOW.replace(
    _CLOSED,
    _CLOSED.replace(
        "'not_allowed'",
        "CASE WHEN caller.pin_locked_until > now()\n"
        "                     THEN 'pin_locked' ELSE 'not_allowed' END",
    ),
)
assert BY_PIN_NOW != BY_PIN_WAS

PINS = """
-- What is added to a PIN of an extension before it is told: known to no log.
CREATE FUNCTION asterisk.pin_mask(extension bigint) RETURNS bigint
LANGUAGE sql STABLE @SAFE AS $$
  SELECT ('x' || substr(md5(e.pin_digest), 1, 9))::bit(36)::bigint
    FROM pbx_extension e WHERE e.id = extension
$$;

-- A PIN that came as the number 1<PIN> with the mask added; nothing if it is none.
CREATE FUNCTION asterisk.pin_typed(masked text, mask bigint) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN masked ~ '^[0-9]{1,15}$' AND (masked::bigint - mask)::text ~ '^1[0-9]+$'
              THEN substr((masked::bigint - mask)::text, 2) ELSE '' END
$$;

-- A PIN of a box, typed at any phone of the customer: `ok`, `wrong` or `locked`. Five
-- wrong ones, in whichever calls, close the box for a quarter of an hour; who has it is
-- told (pin_lock_told, pbx/voicemail_pins.py).
CREATE FUNCTION asterisk.box_pin(endpoint text, box text, masked text) RETURNS text
LANGUAGE plpgsql @SAFE AS $$
DECLARE
  opened record;
BEGIN
  SELECT b.id, b.name, b.customer_id, c.reseller_id, b.pin_tries, b.pin_mask, v.password,
         b.pin_locked_until > now() AS locked INTO opened
    FROM asterisk.voicemail v JOIN pbx_voicemailbox b ON b.id = v.uniqueid
    JOIN accounts_customer c ON c.id = b.customer_id
   WHERE v.mailbox = split_part(box, '@', 1) AND v.context = split_part(box, '@', 2)
     AND v.context = split_part(endpoint, '-', 1) AND v.password <> '' FOR UPDATE OF b;
  IF opened.id IS NULL OR opened.locked THEN
    RETURN 'locked';
  ELSIF asterisk.pin_typed(masked, opened.pin_mask) = opened.password THEN
    UPDATE pbx_voicemailbox SET pin_tries = 0, pin_locked_until = NULL
     WHERE id = opened.id AND (pin_tries > 0 OR pin_locked_until IS NOT NULL);
    RETURN 'ok';
  END IF;
  UPDATE pbx_voicemailbox SET pin_tries = (pin_tries + 1) % 5,
         pin_locked_until = CASE WHEN pin_tries >= 4 THEN now() + interval '15 minutes' END,
         pin_lock_told = pin_tries < 4
   WHERE id = opened.id;
  IF opened.pin_tries < 4 THEN
    RETURN 'wrong';
  END IF;
  INSERT INTO accounts_auditentry (at, actor_name, actor_level, acted_as, customer_id,
    reseller_id, verb, object_type, object_key, object_label, before, after)
  SELECT now(), coalesce(e.number || ' ' || e.name, 'telephone'), 'phone', '',
         opened.customer_id, opened.reseller_id, 'voicemailbox.pin_locked',
         'voicemailbox', opened.id::text, opened.name, '{}', '{}'
    FROM (SELECT) one LEFT JOIN pbx_extension e ON e.customer_id = opened.customer_id
     AND e.number = split_part(endpoint, '-', 2);
  RETURN 'locked';
END $$;
"""
OPEN_WAS = """
CREATE OR REPLACE FUNCTION asterisk.open_voicemail(answer asterisk.route, box bigint,
  asked boolean)
RETURNS asterisk.route LANGUAGE plpgsql STABLE @SAFE AS $$
DECLARE
  opened record;
BEGIN
  SELECT v.mailbox, v.context, v.language, v.password INTO opened
    FROM asterisk.voicemail v
   WHERE v.uniqueid = box AND v.context = answer.tenantid;
  IF NOT FOUND OR (asked AND opened.password = '') THEN
    answer.action := 'voicemail-none';
    RETURN answer;
  END IF;
  answer.action := 'voicemail-open';
  answer.target := opened.mailbox || '@' || opened.context;
  answer.language := coalesce(opened.language, answer.language);
  RETURN answer;
END $$;
"""
# `voicemail-pin` asks for the PIN first; `x1` is added to what is typed.
OPEN_NOW = OPEN_WAS.replace(
    "  SELECT v.mailbox, v.context, v.language, v.password INTO opened\n"
    "    FROM asterisk.voicemail v\n",
    "  SELECT v.mailbox, v.context, v.language, v.password, b.pin_mask INTO opened\n"
    "    FROM asterisk.voicemail v JOIN pbx_voicemailbox b ON b.id = v.uniqueid\n",
).replace(
    "  answer.action := 'voicemail-open';\n",
    "  answer.action := CASE opened.password WHEN '' THEN 'voicemail-open'\n"
    "                   ELSE 'voicemail-pin' END;\n"
    "  answer.x1 := opened.pin_mask::text;\n",
)
