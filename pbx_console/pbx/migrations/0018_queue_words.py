"""Agents whose phones change are known anew, and keep their place in a linear queue."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from pbx_console.pbx.ddl import SAFE
from pbx_console.pbx.migrations._queues_sql import ROWS

# A hint keeps the devices it was made with until Asterisk restarts (22.10.1), so its name
# tells them: other phones, another hint. app_queue takes a new name only for a member that
# it does not know: the key has an end that is another one then. A linear queue rings in the
# order in which it got to know its members, so there the end is one of all agents that are
# logged in: who comes later stands where the console says, not at the end.
AGENTS = """
CREATE FUNCTION pbx_queue_agents(kept bigint) RETURNS SETOF asterisk.queue_members
LANGUAGE sql STABLE @SAFE AS $$
  WITH seats AS (
    SELECT m.id, m.position, m.level, m.is_paused OR e.do_not_disturb AS paused, m.reason,
           e.number, q.strategy, pbx_queue_name(q.id, q.strategy) AS queue, c.code,
           c.code || '-' || e.number || coalesce((
             SELECT string_agg('-' || d.slot, '' ORDER BY d.slot)
               FROM pbx_device d WHERE d.extension_id = e.id), '') AS phones
      FROM pbx_queuemember m JOIN pbx_extension e ON e.id = m.extension_id
      JOIN pbx_queue q ON q.id = m.queue_id
      JOIN accounts_customer c ON c.id = e.customer_id
     WHERE m.queue_id = kept AND m.is_logged_in
  ), marked AS (
    SELECT seats.*, CASE strategy WHEN 'linear'
        THEN string_agg(phones, ' ') OVER (ORDER BY position, id
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
        ELSE phones END AS mark
      FROM seats
  )
  SELECT (jsonb_populate_record(NULL::asterisk.queue_members, jsonb_build_object(
    'uniqueid', id * 1000000000 + position * 1000000
                + mod(abs(hashtext(mark)::bigint), 1000000),
    'queue_name', queue,
    'interface', format('Local/%s-%s-%s@queue-agent', lpad(position::text, 3, '0'),
                        code, number),
    'membername', number,
    'state_interface', format('hint:%s@queue-agents', phones),
    'penalty', level, 'paused', paused::int, 'reason_paused', reason))).*
    FROM marked
$$;

-- What app_queue knows of a queue's agents: nothing of those who are logged out. The
-- interface begins with the place, because a linear queue asks in the order of the
-- interfaces.
CREATE FUNCTION pbx_keep_queue_agents(kept bigint) RETURNS void
LANGUAGE plpgsql @SAFE AS $$
BEGIN
  -- Two agents who log in at the same instant see each other.
  PERFORM pg_advisory_xact_lock(hashtextextended('pbx_keep_queue_agents', kept));
  DELETE FROM asterisk.queue_members a
   WHERE a.queue_name IN ('q' || kept, 'l' || kept)
     AND a.uniqueid NOT IN (SELECT uniqueid FROM pbx_queue_agents(kept));
  INSERT INTO asterisk.queue_members SELECT * FROM pbx_queue_agents(kept)
  ON CONFLICT (uniqueid) DO UPDATE SET (queue_name, interface, membername,
    state_interface, penalty, paused, reason_paused)
  = (excluded.queue_name, excluded.interface, excluded.membername,
    excluded.state_interface, excluded.penalty, excluded.paused,
    excluded.reason_paused);
END $$;

-- They answer for every customer: for the triggers below only.
REVOKE ALL ON FUNCTION pbx_queue_agents(bigint), pbx_keep_queue_agents(bigint) FROM PUBLIC;

CREATE OR REPLACE FUNCTION pbx_keep_queue_member(member bigint) RETURNS void
LANGUAGE plpgsql @SAFE AS $$
BEGIN
  PERFORM pbx_keep_queue_agents(m.queue_id) FROM pbx_queuemember m WHERE m.id = member;
END $$;

CREATE OR REPLACE FUNCTION pbx_keep_queue_members() RETURNS trigger
LANGUAGE plpgsql @SAFE AS $$
BEGIN
  PERFORM pbx_keep_queue_agents(coalesce(NEW.queue_id, OLD.queue_id));
  RETURN coalesce(NEW, OLD);
END $$;

CREATE FUNCTION pbx_keep_queue_device() RETURNS trigger LANGUAGE plpgsql @SAFE AS $$
BEGIN
  PERFORM pbx_keep_queue_agents(m.queue_id) FROM pbx_queuemember m
    WHERE m.extension_id IN (NEW.extension_id, OLD.extension_id);
  RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER keep_queue_device AFTER INSERT OR DELETE OR UPDATE OF slot, extension_id
  ON pbx_device FOR EACH ROW EXECUTE FUNCTION pbx_keep_queue_device();

CREATE FUNCTION pbx_keep_queue_strategy() RETURNS trigger LANGUAGE plpgsql @SAFE AS $$
BEGIN
  PERFORM pbx_keep_queue_agents(NEW.id);
  RETURN NEW;
END $$;
-- After keep_queue, by name.
CREATE TRIGGER keep_queue_strategy AFTER UPDATE OF strategy ON pbx_queue
  FOR EACH ROW WHEN (OLD.strategy <> NEW.strategy)
  EXECUTE FUNCTION pbx_keep_queue_strategy();
"""
NOT_ANEW = """
DROP TRIGGER keep_queue_strategy ON pbx_queue;
DROP FUNCTION pbx_keep_queue_strategy();
DROP TRIGGER keep_queue_device ON pbx_device;
DROP FUNCTION pbx_keep_queue_device();
"""
NO_AGENTS = """
DROP FUNCTION pbx_keep_queue_agents(bigint);
DROP FUNCTION pbx_queue_agents(bigint);
"""
# The rows that stand, by the functions that stand then.
WRITE = """
SET LOCAL pbx.scope = 'everyone';
DELETE FROM asterisk.queue_members;
SELECT count(pbx_keep_queue_member(id)) FROM pbx_queuemember;
RESET pbx.scope;
"""


def _before() -> str:
    """Return the two functions as 0011 made them."""
    begin = ROWS.index("CREATE FUNCTION pbx_keep_queue_member(")
    text = ROWS[begin : ROWS.index("CREATE TRIGGER keep_queue_members AFTER")]
    return text.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


def _safe(text: str) -> str:
    return text.replace("@SAFE", SAFE)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("pbx", "0017_recordings")]
    operations: ClassVar = [
        migrations.RunSQL(
            _safe(AGENTS) + WRITE, NOT_ANEW + _safe(_before()) + WRITE + NO_AGENTS
        ),
    ]
