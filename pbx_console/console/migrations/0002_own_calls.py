"""What an extension's calls were, read from the journal: missed ones and inside ones too.

Metering knows answered legs at a carrier and nothing else, and stays so. `own_calls` reads
the ends of channels (one HANGUP each): those of the extension's own phones by their name,
which Asterisk makes of the endpoint, and the other channels of the same call by its linked
id. Nothing a caller can write decides anything; a caller's number is cut to its digits.

`seen_calls` is what the console's role may ask: the customer is looked for first, with
row-level security and the asker's own `pbx.scope`, as in 0001.
"""

from __future__ import annotations

from django.db import migrations

FORWARD = r"""
CREATE INDEX channel_event_phone ON metering_channelevent
  (split_part(channel_name, '-', 1), split_part(channel_name, '-', 2), event_time DESC)
  WHERE event_type = 'HANGUP' AND bad = '';
CREATE INDEX channel_event_call ON metering_channelevent (linkedid)
  WHERE event_type = 'HANGUP' AND bad = '';
CREATE INDEX leg_extension ON metering_leg
  (customer_id, extension_number, hung_up_at DESC) WHERE hung_up_at IS NOT NULL;

CREATE FUNCTION asterisk.own_calls(
  customer bigint, code text, extension text, before timestamptz, most int)
RETURNS TABLE (ended_at timestamptz, started_at timestamptz, outgoing boolean,
  party text, party_name text, outcome text, talked_ms bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp SET pbx.scope = 'everyone' AS $$
BEGIN
  RETURN QUERY
  WITH ends AS (
    (SELECT e.node, e.linkedid, e.event_time AS at FROM metering_channelevent e
      WHERE e.event_type = 'HANGUP' AND e.bad = ''
        AND split_part(e.channel_name, '-', 1) = 'PJSIP/' || code
        AND split_part(e.channel_name, '-', 2) = extension AND e.event_time < before
      ORDER BY e.event_time DESC LIMIT most * 6)
    UNION ALL
    (SELECT l.node, l.linkedid, l.hung_up_at FROM metering_leg l
      WHERE l.customer_id = customer AND l.extension_number = extension
        AND l.hung_up_at IS NOT NULL AND l.hung_up_at < before
      ORDER BY l.hung_up_at DESC LIMIT most * 2)
  ),
  -- A call stands where its last channel of this extension ended: one that was on the page
  -- before is not shown again.
  heads AS (
    SELECT ends.node, ends.linkedid, max(ends.at) AS at FROM ends
     WHERE NOT EXISTS (
       SELECT FROM metering_channelevent e
        WHERE e.linkedid = ends.linkedid AND e.node = ends.node
          AND e.event_type = 'HANGUP' AND e.bad = '' AND e.event_time >= before
          AND split_part(e.channel_name, '-', 1) = 'PJSIP/' || code
          AND split_part(e.channel_name, '-', 2) = extension)
     GROUP BY 1, 2 ORDER BY 3 DESC LIMIT most
  ),
  channels AS (
    SELECT h.linkedid, h.node, h.at, e.uniqueid, e.event_time AS hung,
      e.uniqueid = e.linkedid AS first, started.at AS began, answered.at AS answered,
      e.context LIKE 'do-voicemail%' AS box,
      CASE WHEN e.channel_name LIKE 'PJSIP/' || code || '-%'
        THEN split_part(e.channel_name, '-', 2) END AS inside,
      CASE WHEN e.userfield LIKE 'v1|%' AND cardinality(string_to_array(e.userfield, '|')) = 4
        THEN string_to_array(e.userfield, '|') END AS billing,
      e.accountcode,
      left(regexp_replace(e.caller_number, '[^0-9+*#]', '', 'g'), 24) AS number,
      left(regexp_replace(e.caller_name, '[[:cntrl:]]', '', 'g'), 80) AS name
    FROM heads h JOIN metering_channelevent e
      ON e.linkedid = h.linkedid AND e.node = h.node
      AND e.event_type = 'HANGUP' AND e.bad = ''
    LEFT JOIN LATERAL (SELECT min(a.event_time) AS at FROM metering_channelevent a
      WHERE a.uniqueid = e.uniqueid AND a.node = e.node AND a.event_type = 'ANSWER') answered
      ON true
    LEFT JOIN LATERAL (SELECT min(s.event_time) AS at FROM metering_channelevent s
      WHERE s.uniqueid = e.uniqueid AND s.node = e.node AND s.event_type = 'CHAN_START')
      started ON true
  ),
  told AS (
    SELECT c.node, c.linkedid, max(c.at) AS at, min(c.began) AS began,
      coalesce(bool_or(c.first AND c.inside = extension), false) AS outgoing,
      max(c.billing[4]) FILTER (WHERE c.billing[2] IN ('out', 'emergency')) AS outside,
      (array_agg(c.inside ORDER BY c.answered NULLS LAST, c.uniqueid)
        FILTER (WHERE c.inside <> extension AND NOT c.first))[1] AS colleague,
      max(coalesce(c.inside, c.number)) FILTER (WHERE c.first) AS caller,
      max(c.name) FILTER (WHERE c.first AND c.inside IS NULL) AS caller_name,
      min(c.answered) FILTER (WHERE NOT c.first) AS far_answer,
      min(c.answered) FILTER (WHERE c.inside = extension AND NOT c.first) AS own_answer,
      max(c.hung) FILTER (WHERE c.inside = extension AND c.answered IS NOT NULL) AS own_end,
      max(c.hung - c.answered) FILTER (WHERE c.billing[2] = 'out' AND NOT c.first
        AND c.accountcode = extension) AS away,
      coalesce(bool_or(c.inside <> extension AND NOT c.first AND c.answered IS NOT NULL),
        false) AS elsewhere,
      coalesce(bool_or(c.first AND c.box), false) AS box
    FROM channels c GROUP BY 1, 2
  )
  SELECT t.at, coalesce(t.began, t.at), t.outgoing,
    coalesce(CASE WHEN t.outgoing THEN coalesce(t.outside, t.colleague) ELSE t.caller END, ''),
    coalesce(CASE WHEN NOT t.outgoing THEN t.caller_name END, ''),
    CASE WHEN t.outgoing AND t.far_answer IS NOT NULL THEN 'answered'
      WHEN t.outgoing AND t.box THEN 'voicemail'
      WHEN t.outgoing THEN 'unanswered'
      WHEN t.own_answer IS NOT NULL THEN 'answered'
      WHEN t.away IS NOT NULL THEN 'away'
      WHEN t.elsewhere THEN 'elsewhere'
      WHEN t.box THEN 'voicemail'
      ELSE 'missed' END,
    CASE WHEN t.outgoing AND t.far_answer IS NOT NULL
        THEN extract(epoch FROM coalesce(t.own_end, t.at) - t.far_answer) * 1000
      WHEN t.own_answer IS NOT NULL
        THEN extract(epoch FROM coalesce(t.own_end, t.at) - t.own_answer) * 1000
      WHEN t.away IS NOT NULL THEN extract(epoch FROM t.away) * 1000
      END::bigint
  FROM told t
  -- A phone alone with us (a code, the own messages) called nobody.
  WHERE NOT t.outgoing OR t.outside IS NOT NULL OR t.colleague IS NOT NULL OR t.box
  ORDER BY t.at DESC;
END $$;
COMMENT ON FUNCTION asterisk.own_calls IS
  'The newest ended calls of one extension before a moment, as its person saw them.';

CREATE FUNCTION asterisk.seen_calls(
  tenant text, extension text, before timestamptz, most int)
RETURNS TABLE (ended_at timestamptz, started_at timestamptz, outgoing boolean,
  party text, party_name text, outcome text, talked_ms bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  held bigint := (SELECT c.id FROM accounts_customer c WHERE c.code = tenant);
BEGIN
  IF held IS NOT NULL THEN
    RETURN QUERY SELECT * FROM asterisk.own_calls(
      held, tenant, extension, before, least(most, 100));
  END IF;
END $$;

REVOKE ALL ON FUNCTION asterisk.own_calls, asterisk.seen_calls FROM PUBLIC;
GRANT EXECUTE ON FUNCTION asterisk.seen_calls TO pbx_console;
"""
BACK = """
DROP FUNCTION asterisk.seen_calls, asterisk.own_calls;
DROP INDEX leg_extension, channel_event_call, channel_event_phone;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("console", "0001_call_path"),
        ("metering", "0006_planned_price"),
    ]
    operations = [migrations.RunSQL(FORWARD, BACK)]
