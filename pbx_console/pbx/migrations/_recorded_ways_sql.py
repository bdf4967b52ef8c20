"""The SQL of migration 0029: what records calls that come through it; prompts by code."""

from __future__ import annotations

WORDS = """
-- What a group or queue that records says to who answers there (dialplan_recording.conf):
-- why:sound that both parties hear:seconds that it lasts:which one. Empty where recording
-- is not part of the contract. `pbx.recording.said` says the same for extensions.
CREATE FUNCTION asterisk.tape_words(customer bigint, why text, object bigint)
RETURNS text LANGUAGE plpgsql STABLE @SAFE AS $$
DECLARE
  rules record;
BEGIN
  IF NOT EXISTS (SELECT FROM accounts_customer c
      JOIN accounts_reseller r ON r.id = c.reseller_id
     WHERE c.id = customer AND c.features ? 'recording' AND r.features ? 'recording') THEN
    RETURN '';
  END IF;
  SELECT r.announce, p.digest, p.seconds INTO rules
    FROM pbx_recordingrules r LEFT JOIN pbx_prompt p ON p.id = r.prompt_id
   WHERE r.customer_id = customer;
  RETURN format('%s:%s:%s', why, CASE
    WHEN NOT coalesce(rules.announce, true) THEN ':0'
    WHEN coalesce(rules.digest, '') <> ''
      THEN format('prompts/%s:%s', rules.digest, ceil(rules.seconds)::int)
    ELSE 'pbx/recorded:3' END, object);
END $$;
"""
WORDS_SIGNATURE = "tape_words(bigint, text, bigint)"

GROUP = """
CREATE OR REPLACE FUNCTION asterisk.step_group(answer asterisk.route, customer bigint,
  object bigint, caller text, at timestamptz)
RETURNS asterisk.route LANGUAGE plpgsql STABLE @SAFE AS $$
DECLARE
  found_group record;
  rung record;
BEGIN
  SELECT g.* INTO found_group FROM pbx_huntgroup g
   WHERE g.id = object AND g.customer_id = customer;
  IF NOT FOUND THEN
    answer.action := 'refuse';
    answer.reason := 'gone';
    RETURN answer;
  END IF;
  -- Who calls does not ring himself.
  SELECT string_agg(dial, '|' ORDER BY place) AS dials,
         string_agg('m=d' || destination, ',' ORDER BY place) AS tokens
    INTO rung
    FROM (SELECT m.*, asterisk.phones_of(m.extension) AS dial
            FROM asterisk.members_of(customer, object) m
            JOIN pbx_extension e ON e.id = m.extension
           WHERE e.number <> split_part(coalesce(caller, ''), '-', 2)) members
   WHERE dial <> '';
  answer.action := 'group';
  answer.target := coalesce(rung.dials, '');
  answer.keys := coalesce(rung.tokens, '');
  answer.accountcode := found_group.number;
  answer.ring_seconds := found_group.ring_seconds;
  answer.options := found_group.strategy;
  answer.x2 := found_group.name_prefix;
  answer.x1 := object::text;
  answer.next := coalesce('d' || found_group.overflow_id, '');
  answer.on_busy := answer.next;
  answer.on_offline := answer.next;
  answer.x3 := CASE WHEN found_group.is_recorded
    THEN asterisk.tape_words(customer, 'group', object) ELSE '' END;
  RETURN answer;
END $$;
"""
QUEUE = """
CREATE OR REPLACE FUNCTION asterisk.step_queue(answer asterisk.route, customer bigint,
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
  -- For the picture; app_queue finds out by itself.
  answer.options := CASE
    WHEN held.empty = 'never' OR at > now() + interval '1 minute' OR EXISTS (
      SELECT FROM pbx_queuemember m WHERE m.queue_id = held.id AND m.is_logged_in
         AND NOT (m.is_paused AND held.empty = 'away')) THEN ''
    ELSE 'nobody' END;
  answer.keys := concat_ws(',',
    CASE WHEN held.leave_key <> '' AND held.on_leave_id IS NOT NULL
         THEN held.leave_key || '=d' || held.on_leave_id END,
    CASE WHEN held.offers_callback THEN '1=k' || held.id END);
  answer.sound := CASE WHEN coalesce(held.digest, '') = '' THEN ''
                       ELSE 'prompts/' || held.digest END;
  answer.music := coalesce('m' || held.music_id, '');
  answer.x1 := CASE WHEN held.prefix = '' THEN '' ELSE held.prefix || ': ' END;
  answer.x3 := CASE WHEN held.is_recorded
    THEN asterisk.tape_words(customer, 'queue', object) ELSE '' END;
  RETURN answer;
END $$;
"""

SPEAK = """
-- `*77<number>` speaks the prompt of that number anew: the PIN of the extension is asked
-- (action `pin`, dialplan_extensions.conf), and whoever knew it is asked here again.
CREATE FUNCTION asterisk.code_77(answer asterisk.route, customer bigint,
  extension bigint, rest text)
RETURNS asterisk.route LANGUAGE plpgsql STABLE @SAFE AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM pbx_prompt p
      WHERE p.customer_id = customer AND p.phone_code = rest AND rest <> '') THEN
    answer.action := 'refuse';
    answer.reason := 'unknown_number';
  ELSIF current_setting('pbx.pin', true) = extension::text THEN
    answer.action := 'speak';
    answer.x2 := rest;
  ELSE
    answer.action := 'pin';
    answer.x1 := asterisk.pin_mask(extension)::text;
    answer.x2 := '*77' || rest;
  END IF;
  RETURN answer;
END $$;
"""
SPEAK_SIGNATURES = ("code_77(asterisk.route, bigint, bigint, text)",)

START = """
-- Somebody at this phone speaks the prompt: the key of the call, as if the console had
-- asked for it. Earlier calls for it are over. Nothing when there is no such prompt.
CREATE FUNCTION asterisk.prompt_start(endpoint text, wanted text) RETURNS text
LANGUAGE plpgsql VOLATILE @SAFE AS $$
DECLARE
  spoken record;
  made text := left(replace(gen_random_uuid()::text, '-', ''), 16);
BEGIN
  SELECT p.id AS prompt, e.id AS extension INTO spoken
    FROM pbx_extension e JOIN accounts_customer c ON c.id = e.customer_id
    JOIN pbx_prompt p ON p.customer_id = c.id AND p.phone_code = wanted
   WHERE c.code = split_part(endpoint, '-', 1) AND e.number = split_part(endpoint, '-', 2)
     AND wanted <> '' AND c.is_active;
  IF NOT FOUND THEN
    RETURN '';
  END IF;
  UPDATE pbx_promptcall SET state = 'over'
   WHERE prompt_id = spoken.prompt AND state IN ('ringing', 'speaking');
  INSERT INTO pbx_promptcall (key, state, problem, started_at, prompt_id, extension_id)
  VALUES (made, 'ringing', '', now(), spoken.prompt, spoken.extension);
  RETURN made;
END $$;
"""
START_SIGNATURE = "prompt_start(text, text)"

# As 0011 has it, without the expected wait.
KEEP_QUEUE = """
CREATE OR REPLACE FUNCTION pbx_keep_queue() RETURNS trigger LANGUAGE plpgsql @SAFE AS $$
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
    CASE WHEN NEW.announce_position THEN NEW.announce_seconds
         ELSE 0 END, 10,
    CASE WHEN NEW.announce_position THEN 'yes' ELSE 'no' END,
    -- No expected wait: app_queue says how far the average is from what somebody has
    -- waited already, so whoever waits longer than others hears ever more.
    -- Never to the first one: he would hear it while an agent could already ring.
    'no', 'no',
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

UPDATE asterisk.queues SET announce_holdtime = 'no';
UPDATE asterisk.queues SET announce_frequency = 0 WHERE announce_position = 'no';
"""

CODE_80 = """
-- As 0010 has it, with the schedule itself in `x3`, for its lamp.
CREATE OR REPLACE FUNCTION asterisk.code_80(answer asterisk.route, customer bigint,
  extension bigint, dialled text) RETURNS asterisk.route
LANGUAGE plpgsql STABLE @SAFE AS $$
BEGIN
  answer.action := 'override';
  answer.x1 := dialled;
  answer.x2 := 'clock';
  answer.x3 := (SELECT s.id::text FROM pbx_schedule s
    WHERE s.customer_id = customer AND s.number = dialled AND dialled <> '');
  RETURN answer;
END $$;
"""
