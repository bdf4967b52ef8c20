"""A queue says whether anybody is logged in, so that the call path knows it, too."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from pbx_console.pbx.ddl import functions

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
  RETURN answer;
END $$;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("pbx", "0023_lamps_of_all_phones")]
    operations: ClassVar = [functions(QUEUE)]
