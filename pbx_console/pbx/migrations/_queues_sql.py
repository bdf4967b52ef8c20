"""What migration 0011 makes in SQL: Asterisk's rows, steps, call backs, codes."""

from __future__ import annotations

ROWS = """
-- A queue in Asterisk's words. "In the same order" has names of its own: app_queue cannot
-- change a queue that it knows to that strategy (22.10.1 says: restart).
CREATE FUNCTION pbx_queue_name(queue bigint, strategy text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE strategy WHEN 'linear' THEN 'l' ELSE 'q' END || queue
$$;

CREATE FUNCTION pbx_keep_queue() RETURNS trigger LANGUAGE plpgsql @SAFE AS $$
DECLARE
  known text := pbx_queue_name(coalesce(NEW.id, OLD.id),
    coalesce(NEW.strategy, OLD.strategy));
  keys text;
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM asterisk.queues WHERE name = known;
    DELETE FROM asterisk.queue_members WHERE queue_name = known;
    RETURN OLD;
  END IF;
  IF TG_OP = 'UPDATE' AND known <> pbx_queue_name(OLD.id, OLD.strategy) THEN
    DELETE FROM asterisk.queues WHERE name = pbx_queue_name(OLD.id, OLD.strategy);
    UPDATE asterisk.queue_members SET queue_name = known
     WHERE queue_name = pbx_queue_name(OLD.id, OLD.strategy);
  END IF;
  keys := CASE NEW.leave_key WHEN '*' THEN '-star' WHEN '#' THEN '-hash' WHEN '' THEN ''
               ELSE '-' || NEW.leave_key END
       || CASE WHEN NEW.offers_callback THEN '-callback' ELSE '' END;
  INSERT INTO asterisk.queues (name, strategy, timeout, retry, wrapuptime, maxlen,
    servicelevel, musicclass, context, joinempty, leavewhenempty, ringinuse, autofill,
    announce_frequency, min_announce_frequency, announce_position, announce_holdtime,
    announce_to_first_user, periodic_announce, periodic_announce_frequency)
  SELECT known, NEW.strategy, NEW.ring_seconds, 1, NEW.wrapup_seconds, NEW.max_waiting,
    NEW.target_seconds, 'm' || NEW.music_id,
    CASE WHEN keys = '' THEN NULL ELSE 'queue-keys' || keys END,
    -- "penalty" says only: nobody there (no agent has too high a one). "no" would count
    -- phones that never registered as nobody, too.
    CASE NEW.empty WHEN 'nobody' THEN 'penalty' WHEN 'never' THEN 'yes'
                   ELSE 'paused,unavailable,invalid,unknown' END,
    CASE NEW.empty WHEN 'nobody' THEN 'penalty' WHEN 'never' THEN 'no'
                   ELSE 'paused,unavailable,invalid,unknown' END,
    'no', 'yes',
    CASE WHEN NEW.announce_position OR NEW.announce_wait THEN NEW.announce_seconds
         ELSE 0 END, 10,
    CASE WHEN NEW.announce_position THEN 'yes' ELSE 'no' END,
    -- Never to the first one: he would hear it while an agent could already ring.
    CASE WHEN NEW.announce_wait THEN 'yes' ELSE 'no' END, 'no',
    -- In turn: the customer's prompt, and what key 1 does.
    nullif(concat_ws(',', (SELECT 'prompts/' || p.digest FROM pbx_prompt p
      WHERE p.id = NEW.periodic_id AND p.digest <> ''),
      CASE WHEN NEW.offers_callback THEN 'pbx/callback-offer' END), ''),
    CASE WHEN NEW.periodic_id IS NULL AND NOT NEW.offers_callback THEN 0
         ELSE NEW.periodic_seconds END
  ON CONFLICT (name) DO UPDATE SET (strategy, timeout, retry, wrapuptime, maxlen,
    servicelevel, musicclass, context, joinempty, leavewhenempty, ringinuse, autofill,
    announce_frequency, min_announce_frequency, announce_position, announce_holdtime,
    announce_to_first_user, periodic_announce, periodic_announce_frequency)
  = (excluded.strategy, excluded.timeout, excluded.retry, excluded.wrapuptime,
    excluded.maxlen, excluded.servicelevel, excluded.musicclass, excluded.context,
    excluded.joinempty, excluded.leavewhenempty, excluded.ringinuse, excluded.autofill,
    excluded.announce_frequency, excluded.min_announce_frequency,
    excluded.announce_position, excluded.announce_holdtime,
    excluded.announce_to_first_user, excluded.periodic_announce,
    excluded.periodic_announce_frequency);
  RETURN NEW;
END $$;
CREATE TRIGGER keep_queue AFTER INSERT OR UPDATE OR DELETE ON pbx_queue
  FOR EACH ROW EXECUTE FUNCTION pbx_keep_queue();

-- A prompt that was recorded anew lies in another file.
CREATE FUNCTION pbx_keep_queue_prompt() RETURNS trigger LANGUAGE plpgsql @SAFE AS $$
BEGIN
  UPDATE pbx_queue SET periodic_id = periodic_id WHERE periodic_id = NEW.id;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_queue_prompt AFTER UPDATE OF digest ON pbx_prompt
  FOR EACH ROW EXECUTE FUNCTION pbx_keep_queue_prompt();

-- What app_queue knows of one agent: nothing while logged out. The interface begins with
-- the place, because "always in the same order" is the order of the interfaces; so does
-- the key end with it, because app_queue keeps the order of those whose keys it knows.
CREATE FUNCTION pbx_keep_queue_member(member bigint) RETURNS void
LANGUAGE plpgsql @SAFE AS $$
DECLARE
  agent record;
BEGIN
  SELECT m.id, m.queue_id, m.position, m.level, m.is_logged_in, m.is_paused, m.reason,
         e.number, c.code, e.do_not_disturb, pbx_queue_name(q.id, q.strategy) AS queue
    INTO agent
    FROM pbx_queuemember m JOIN pbx_extension e ON e.id = m.extension_id
    JOIN pbx_queue q ON q.id = m.queue_id
    JOIN accounts_customer c ON c.id = e.customer_id WHERE m.id = member;
  DELETE FROM asterisk.queue_members a WHERE a.queue_name = agent.queue
    AND a.uniqueid / 1000 = member
    AND (NOT agent.is_logged_in OR a.uniqueid % 1000 <> agent.position);
  IF NOT agent.is_logged_in THEN
    RETURN;
  END IF;
  INSERT INTO asterisk.queue_members (uniqueid, queue_name, interface, membername,
    state_interface, penalty, paused, reason_paused)
  VALUES (agent.id * 1000 + agent.position, agent.queue,
    format('Local/%s-%s-%s@queue-agent', lpad(agent.position::text, 3, '0'), agent.code,
           agent.number),
    agent.number, format('hint:%s-%s@queue-agents', agent.code, agent.number),
    agent.level,
    CASE WHEN agent.is_paused OR agent.do_not_disturb THEN 1 ELSE 0 END, agent.reason)
  ON CONFLICT (uniqueid) DO UPDATE SET (queue_name, interface, membername,
    state_interface, penalty, paused, reason_paused)
  = (excluded.queue_name, excluded.interface, excluded.membername,
    excluded.state_interface, excluded.penalty, excluded.paused,
    excluded.reason_paused);
END $$;

CREATE FUNCTION pbx_keep_queue_members() RETURNS trigger LANGUAGE plpgsql @SAFE AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM asterisk.queue_members a
     WHERE a.queue_name IN ('q' || OLD.queue_id, 'l' || OLD.queue_id) AND a.uniqueid / 1000 = OLD.id;
    RETURN OLD;
  END IF;
  PERFORM pbx_keep_queue_member(NEW.id);
  RETURN NEW;
END $$;
CREATE TRIGGER keep_queue_members AFTER INSERT OR UPDATE OR DELETE ON pbx_queuemember
  FOR EACH ROW EXECUTE FUNCTION pbx_keep_queue_members();

CREATE FUNCTION pbx_keep_queue_phone() RETURNS trigger LANGUAGE plpgsql @SAFE AS $$
BEGIN
  PERFORM pbx_keep_queue_member(m.id) FROM pbx_queuemember m
    WHERE m.extension_id = NEW.id;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_queue_phone AFTER UPDATE OF number, do_not_disturb ON pbx_extension
  FOR EACH ROW WHEN ((OLD.number, OLD.do_not_disturb)
    IS DISTINCT FROM (NEW.number, NEW.do_not_disturb))
  EXECUTE FUNCTION pbx_keep_queue_phone();
"""
NO_ROWS = """
DROP TRIGGER keep_queue_phone ON pbx_extension;
DROP FUNCTION pbx_keep_queue_phone();
DROP TRIGGER keep_queue_members ON pbx_queuemember;
DROP FUNCTION pbx_keep_queue_members();
DROP FUNCTION pbx_keep_queue_member(bigint);
DROP TRIGGER keep_queue_prompt ON pbx_prompt;
DROP FUNCTION pbx_keep_queue_prompt();
DROP TRIGGER keep_queue ON pbx_queue;
DROP FUNCTION pbx_keep_queue();
DROP FUNCTION pbx_queue_name(bigint, text);
"""

STEP = """
-- Wait for an agent. `target` is the queue in Asterisk's words, `ring_seconds` the longest
-- wait, `keys` what a caller may press, `x1` the prefix of the name, `sound` the greeting.
CREATE FUNCTION asterisk.step_queue(answer asterisk.route, customer bigint,
  object bigint, caller text, at timestamptz)
RETURNS asterisk.route LANGUAGE plpgsql STABLE @SAFE AS $$
DECLARE
  held record;
BEGIN
  SELECT q.*, p.digest INTO held
    FROM pbx_queue q LEFT JOIN pbx_prompt p ON p.id = q.greeting_id
   WHERE q.id = object AND q.customer_id = customer;
  IF NOT FOUND THEN
    answer.action := 'refuse';
    answer.reason := 'gone';
    RETURN answer;
  END IF;
  answer.action := 'queue';
  answer.target := pbx_queue_name(held.id, held.strategy);
  answer.accountcode := held.number;
  answer.ring_seconds := held.max_wait_seconds;
  answer.next := coalesce('d' || held.on_timeout_id, '');
  answer.on_full := coalesce('d' || held.on_full_id, '');
  answer.on_offline := coalesce('d' || held.on_empty_id, '');
  answer.keys := concat_ws(',',
    CASE WHEN held.leave_key <> '' AND held.on_leave_id IS NOT NULL
         THEN held.leave_key || '=d' || held.on_leave_id END,
    CASE WHEN held.offers_callback THEN '1=k' || held.id END);
  answer.sound := CASE WHEN coalesce(held.digest, '') = '' THEN ''
                       ELSE 'prompts/' || held.digest END;
  answer.music := coalesce('m' || held.music_id, '');
  answer.x1 := CASE WHEN held.prefix = '' THEN '' ELSE held.prefix || ': ' END;
  RETURN answer;
END $$;

-- The phones of an agent, as any call to the extension finds them. Whatever else would
-- happen there (a forward, do not disturb, a box) is no agent who answers: refused.
CREATE FUNCTION asterisk.agent_phones(endpoint text)
RETURNS asterisk.route LANGUAGE plpgsql STABLE @SAFE AS $$
DECLARE
  answer asterisk.route;
  place text;
BEGIN
  SELECT 'd' || d.id INTO place FROM pbx_destination d
    JOIN accounts_customer c ON c.id = d.customer_id
   WHERE c.code = split_part(endpoint, '-', 1) AND d.kind = 'extension'
     AND d.number = split_part(endpoint, '-', 2);
  answer := asterisk.step(split_part(endpoint, '-', 1), place, '');
  IF answer.action <> 'extension' OR answer.target !~ '^(PJSIP/[A-Za-z0-9-]+&?)+$' THEN
    answer.action := 'refuse';
    answer.reason := 'not_there';
  END IF;
  RETURN answer;
END $$;

-- What an agent's state follows: every phone of the extension, and one device that is
-- always free, because a realtime phone that is registered and idle counts as unavailable.
CREATE FUNCTION asterisk.agent_state(endpoint text)
RETURNS text LANGUAGE sql STABLE @SAFE AS $$
  SELECT concat_ws('&', 'PJSIP/' || c.code || '-' || e.number,
      (SELECT string_agg('PJSIP/' || c.code || '-' || e.number || '-' || d.slot, '&')
         FROM pbx_device d WHERE d.extension_id = e.id), 'Local/s@queue-free')
    FROM pbx_extension e JOIN accounts_customer c ON c.id = e.customer_id
   WHERE c.code = split_part(endpoint, '-', 1)
     AND e.number = split_part(endpoint, '-', 2)
$$;
"""

CALLBACK = """
-- Which numbers a queue calls back: an outside number that the customer may be made to pay
-- for, in the own country and never one with a price of its own; never an emergency.
-- Answers the way outside (action `outside`), paid by the queue, or why not.
CREATE FUNCTION asterisk.callback_way(queue bigint, number text)
RETURNS asterisk.route LANGUAGE plpgsql STABLE @SAFE AS $$
DECLARE
  answer asterisk.route;
  held record;
  home text;
  wanted text;
BEGIN
  SELECT q.id, q.number, q.strategy, q.max_wait_seconds, c.id AS customer, c.code, c.country,
         c.language, c.reseller_id, c.max_calls, c.max_call_minutes,
         r.max_calls AS reseller_max_calls INTO held
    FROM pbx_queue q JOIN accounts_customer c ON c.id = q.customer_id
    JOIN accounts_reseller r ON r.id = c.reseller_id
   WHERE q.id = queue AND q.offers_callback AND c.is_active AND r.is_active;
  answer.action := 'refuse';
  IF NOT FOUND THEN
    answer.reason := 'gone';
    RETURN answer;
  END IF;
  answer.tenantid := held.code;
  answer.accountcode := held.number;
  answer.language := held.language;
  answer.max_seconds := held.max_call_minutes * 60;
  answer.reseller_group := 'r' || held.reseller_id;
  answer.max_calls := held.max_calls;
  answer.reseller_max_calls := held.reseller_max_calls;
  answer.ring_seconds := held.max_wait_seconds;
  answer.x1 := pbx_queue_name(held.id, held.strategy);
  wanted := asterisk.e164(number, held.country);
  home := '+' || asterisk.country_code(held.country);
  IF wanted IS NULL OR number !~ '^[+]?[0-9]{6,20}$'
     OR asterisk.is_emergency(number, held.country) OR left(wanted, length(home)) <> home
     OR length(wanted) - length(home) < 7
     OR asterisk.is_premium(wanted)
  THEN
    answer.reason := 'bad_number';
    RETURN answer;
  END IF;
  RETURN asterisk.outside(answer, held.customer, NULL, wanted, '');
END $$;

-- The caller pressed the key: `target` is the queue, `x1` the number that is offered, empty
-- when there is none that may be called back. `next` leads back into the queue.
CREATE FUNCTION asterisk.step_k(answer asterisk.route, customer bigint,
  object bigint, caller text, at timestamptz)
RETURNS asterisk.route LANGUAGE plpgsql STABLE @SAFE AS $$
DECLARE
  held record;
BEGIN
  SELECT q.number, q.offers_callback, d.id AS place INTO held FROM pbx_queue q
    JOIN pbx_destination d ON d.kind = 'queue' AND d.object_id = q.id
   WHERE q.id = object AND q.customer_id = customer;
  IF NOT FOUND OR NOT held.offers_callback THEN
    answer.action := 'refuse';
    answer.reason := 'gone';
    RETURN answer;
  END IF;
  answer.action := 'callback';
  answer.target := object::text;
  answer.accountcode := held.number;
  answer.next := 'd' || held.place;
  RETURN answer;
END $$;

-- May this number be called back? "ok", or empty.
CREATE FUNCTION asterisk.may_call_back(tenant text, queue text, number text)
RETURNS text LANGUAGE sql STABLE @SAFE AS $$
  SELECT CASE WHEN queue ~ '^[0-9]{1,18}$' AND EXISTS (
      SELECT 1 FROM pbx_queue q JOIN accounts_customer c ON c.id = q.customer_id
       WHERE q.id = queue::bigint AND c.code = tenant)
    AND (asterisk.callback_way(queue::bigint, number)).action = 'outside'
    THEN 'ok' ELSE '' END
$$;

-- A caller keeps the place and hangs up: the one thing that a stranger's key press writes.
-- One open call back per number and queue, three a day per number and customer, as many
-- open ones as the queue holds callers. "ok", or empty.
CREATE FUNCTION asterisk.ask_callback(tenant text, queue text, number text, waited text)
RETURNS text LANGUAGE plpgsql VOLATILE @SAFE AS $$
DECLARE
  held record;
  wanted text;
BEGIN
  IF asterisk.may_call_back(tenant, queue, number) <> 'ok'
     OR waited !~ '^[0-9]{1,5}$' THEN
    RETURN '';
  END IF;
  SELECT q.id, q.customer_id, q.max_waiting, c.country INTO held FROM pbx_queue q
    JOIN accounts_customer c ON c.id = q.customer_id
   WHERE q.id = queue::bigint FOR UPDATE OF q;
  wanted := asterisk.e164(number, held.country);
  IF EXISTS (SELECT 1 FROM pbx_queuecallback b WHERE b.queue_id = held.id
      AND b.number = wanted AND b.state IN ('waiting', 'calling')) THEN
    RETURN 'ok';
  END IF;
  IF (SELECT count(*) FROM pbx_queuecallback b JOIN pbx_queue q ON q.id = b.queue_id
       WHERE q.customer_id = held.customer_id AND b.number = wanted
         AND b.asked_at > now() - interval '1 day') >= 3
     OR (SELECT count(*) FROM pbx_queuecallback b WHERE b.queue_id = held.id
          AND b.state IN ('waiting', 'calling')) >= held.max_waiting THEN
    RETURN '';
  END IF;
  INSERT INTO pbx_queuecallback (queue_id, number, name, joined_at, asked_at, state,
    attempts, try_at)
  VALUES (held.id, wanted, '', now() - make_interval(secs => waited::int), now(),
    'waiting', 0, now());
  RETURN 'ok';
END $$;

-- The way to a caller whose turn it is, for as long as the call back is in the queue.
CREATE FUNCTION asterisk.route_callback(tenant text, callback text)
RETURNS asterisk.route LANGUAGE plpgsql STABLE @SAFE AS $$
DECLARE
  answer asterisk.route;
  asked record;
BEGIN
  answer.action := 'refuse';
  answer.reason := 'gone';
  IF callback !~ '^[0-9]{1,18}$' THEN
    RETURN answer;
  END IF;
  SELECT b.queue_id, b.number INTO asked FROM pbx_queuecallback b
    JOIN pbx_queue q ON q.id = b.queue_id JOIN accounts_customer c ON c.id = q.customer_id
   WHERE b.id = callback::bigint AND b.state = 'calling' AND c.code = tenant;
  IF FOUND THEN
    RETURN asterisk.callback_way(asked.queue_id, asked.number);
  END IF;
  RETURN answer;
END $$;
"""

ACT = """
-- An agent dials: `login` or `pause` turns the state over in all own queues, or in the one
-- with that internal number. `reason` is a digit. Answers `in`, `out`, `paused`, `back`, or
-- empty when the extension is no agent there.
CREATE FUNCTION asterisk.agent_act(endpoint text, act text, queue text, reason text)
RETURNS text LANGUAGE plpgsql VOLATILE @SAFE AS $$
DECLARE
  actor record;
  seat record;
  turn_on boolean;
  why text := (ARRAY['break', 'lunch', 'work', 'meeting'])[CASE
    WHEN reason ~ '^[1-4]$' THEN reason::int END];
BEGIN
  SELECT e.id, e.number, e.name, c.id AS customer, c.reseller_id AS reseller INTO actor
    FROM pbx_extension e JOIN accounts_customer c ON c.id = e.customer_id
    JOIN accounts_reseller r ON r.id = c.reseller_id
   WHERE c.code = split_part(endpoint, '-', 1)
     AND e.number = split_part(endpoint, '-', 2) AND c.is_active AND r.is_active;
  IF NOT FOUND OR act NOT IN ('login', 'pause') OR queue !~ '^[0-9]{0,6}$' THEN
    RETURN '';
  END IF;
  SELECT bool_or(CASE act WHEN 'login' THEN m.is_logged_in ELSE m.is_paused END) IS FALSE
    INTO turn_on FROM pbx_queuemember m JOIN pbx_queue q ON q.id = m.queue_id
   WHERE m.extension_id = actor.id AND (queue = '' OR q.number = queue)
     AND (act = 'login' OR m.is_logged_in);
  IF NOT EXISTS (SELECT 1 FROM pbx_queuemember m JOIN pbx_queue q ON q.id = m.queue_id
      WHERE m.extension_id = actor.id AND (queue = '' OR q.number = queue)
        AND (act = 'login' OR m.is_logged_in)) THEN
    RETURN '';
  END IF;
  FOR seat IN SELECT m.*, q.number AS queue_number, q.name AS queue_name
      FROM pbx_queuemember m JOIN pbx_queue q ON q.id = m.queue_id
     WHERE m.extension_id = actor.id AND (queue = '' OR q.number = queue)
       AND (act = 'login' OR m.is_logged_in) ORDER BY m.id FOR UPDATE OF m LOOP
    UPDATE pbx_queuemember m SET
      is_logged_in = CASE act WHEN 'login' THEN turn_on ELSE m.is_logged_in END,
      is_paused = CASE act WHEN 'pause' THEN turn_on ELSE false END,
      reason = CASE WHEN act = 'pause' AND turn_on THEN coalesce(why, '') ELSE '' END,
      changed_at = now()
     WHERE m.id = seat.id;
    INSERT INTO accounts_auditentry (at, actor_name, actor_level, acted_as, reseller_id,
      customer_id, verb, object_type, object_key, object_label, before, after)
    SELECT now(), actor.number || ' ' || actor.name, 'phone', '', actor.reseller,
      actor.customer, 'queue.agent_changed', 'queue', seat.queue_id::text,
      concat_ws(' ', nullif(seat.queue_number, ''), seat.queue_name),
      jsonb_build_object('agent', actor.number, 'is_logged_in', seat.is_logged_in,
        'is_paused', seat.is_paused, 'pause', seat.reason),
      jsonb_build_object('agent', actor.number, 'is_logged_in', m.is_logged_in,
        'is_paused', m.is_paused, 'pause', m.reason)
      FROM pbx_queuemember m WHERE m.id = seat.id;
  END LOOP;
  RETURN CASE act || turn_on::text WHEN 'logintrue' THEN 'in' WHEN 'loginfalse' THEN 'out'
    WHEN 'pausetrue' THEN 'paused' ELSE 'back' END;
END $$;
"""
ACT_SIGNATURE = "agent_act(text, text, text, text)"
NEW = (
    "step_queue(asterisk.route, bigint, bigint, text, timestamptz)",
    "agent_phones(text)",
    "agent_state(text)",
    "callback_way(bigint, text)",
    "step_k(asterisk.route, bigint, bigint, text, timestamptz)",
    "may_call_back(text, text, text)",
    "ask_callback(text, text, text, text)",
    "route_callback(text, text)",
)
ASKED = "".join(
    f"GRANT EXECUTE ON FUNCTION asterisk.{name} TO pbx_asterisk;"
    for name in (*NEW[1:3], *NEW[5:], ACT_SIGNATURE)
)

# *45 logs in and out, *46 pauses; `asterisk.feature_code` (0008) asks these.
CODES = """
CREATE FUNCTION asterisk.code_45(answer asterisk.route, customer bigint,
  extension bigint, rest text)
RETURNS asterisk.route LANGUAGE plpgsql STABLE @SAFE AS $$
BEGIN
  answer.action := 'agent';
  answer.x1 := 'login';
  answer.x2 := rest;
  answer.x3 := '';
  IF rest !~ '^[0-9]{0,6}$' THEN
    answer.action := 'refuse';
    answer.reason := 'bad_number';
  END IF;
  RETURN answer;
END $$;

CREATE FUNCTION asterisk.code_46(answer asterisk.route, customer bigint,
  extension bigint, rest text)
RETURNS asterisk.route LANGUAGE plpgsql STABLE @SAFE AS $$
BEGIN
  answer.action := 'agent';
  answer.x1 := 'pause';
  answer.x2 := '';
  answer.x3 := rest;
  IF rest !~ '^[1-4]?$' THEN
    answer.action := 'refuse';
    answer.reason := 'bad_number';
  END IF;
  RETURN answer;
END $$;
"""
CODE_SIGNATURES = (
    "code_45(asterisk.route, bigint, bigint, text)",
    "code_46(asterisk.route, bigint, bigint, text)",
)

# Open pages and the live process hear of it at once (0008).
TELL = """
CREATE TRIGGER tell_changed AFTER INSERT OR DELETE OR UPDATE ON pbx_queue
  FOR EACH ROW EXECUTE FUNCTION pbx_tell_changed('queue');
CREATE TRIGGER tell_changed AFTER INSERT OR DELETE OR UPDATE ON pbx_queuemember
  FOR EACH ROW EXECUTE FUNCTION pbx_tell_changed('queue', 'pbx_queue');
CREATE TRIGGER tell_changed AFTER INSERT OR DELETE OR UPDATE ON pbx_queuecallback
  FOR EACH ROW EXECUTE FUNCTION pbx_tell_changed('queue', 'pbx_queue');
"""
TELL_NO_MORE = """
DROP TRIGGER tell_changed ON pbx_queue;
DROP TRIGGER tell_changed ON pbx_queuemember;
DROP TRIGGER tell_changed ON pbx_queuecallback;
"""
