"""Legs from channel events: one set-based statement, idempotent, rebuildable.

A carrier leg is a channel whose `userfield` begins with `v1|` at ANSWER or HANGUP (what
the dialplan's pre-dial handler wrote; see asterisk.md "Journal"). Its times are its first
ANSWER and its last HANGUP, cut to milliseconds. The customer is looked up by `tenantid`;
a leg that names none, or an unknown one, is `unattributed` and never anybody's by default.

One HANGUP is later than the BYE: the last one out of a conference room waits inside
ConfBridge until the tone of leaving has been played to nobody (0.4 s, tried). So a leg that
hung up by itself (`hangupsource` is its own name) ends where it left its last room, if that
was at most two seconds before. Who is thrown out is hung up by us: the HANGUP is the BYE.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db import connection, transaction

from pbx_console.metering.models import JournalFile

BATCH_BYTES: Final = 16 * 1024 * 1024
GRACE_MINUTES: Final = 60
"""How long past the longest allowed call an end is awaited before the leg is flagged."""

# `v1|<direction>|<trunk>|<number>`. Split, not matched as a whole: PostgreSQL needs
# milliseconds for a regular expression with bounded repetitions.
_READABLE: Final = (
    "cardinality(billing) = 4 AND billing[2] IN ('out', 'in', 'emergency')"
    " AND length(billing[3]) <= 60 AND length(billing[4]) BETWEEN 2 AND 20"
    r" AND billing[4] ~ '^(\+[1-9])?[0-9]+$'"
)
_ENDS: Final = "event_type IN ('ANSWER', 'HANGUP')"


def _first(column: str) -> str:
    """The value at the earliest ANSWER or HANGUP with billing data: the payer is fixed."""
    return (
        f"(array_agg(event.{column} ORDER BY event_time, event.id)"
        f" FILTER (WHERE {_ENDS} AND userfield LIKE 'v1|%%'))[1] AS {column}"
    )


_FACTS: Final = f"""
facts AS (
  SELECT node, uniqueid,
    date_trunc('milliseconds',
      min(event_time) FILTER (WHERE event_type = 'ANSWER')) AS answered,
    date_trunc('milliseconds',
      max(event_time) FILTER (WHERE event_type = 'HANGUP')) AS hung_up,
    date_trunc('milliseconds', max(event_time)
      FILTER (WHERE event_type = 'BRIDGE_EXIT' AND app_name = 'ConfBridge')) AS left_room,
    date_trunc('milliseconds', max(event_time)
      FILTER (WHERE event_type LIKE 'BRIDGE_%%')) AS left_bridge,
    bool_or(event_type = 'HANGUP' AND strpos(extra,
      '"hangupsource":' || to_json(channel_name)::text) > 0) AS by_itself,
    date_trunc('milliseconds',
      min(event_time) FILTER (WHERE event_type = 'BRIDGE_ENTER')) AS bridged,
    {_first("linkedid")}, {_first("tenantid")}, {_first("accountcode")},
    {_first("userfield")}, {_first("caller_number")}
  FROM touched JOIN metering_channelevent event USING (node, uniqueid)
  WHERE bad = '' AND event_type IN ('ANSWER', 'HANGUP', 'BRIDGE_ENTER', 'BRIDGE_EXIT')
  GROUP BY node, uniqueid
),
parsed AS MATERIALIZED (
  SELECT facts.*, coalesce(answered, bridged) AS answered_at,
    CASE WHEN by_itself AND left_room = left_bridge AND left_room >= answered
      AND hung_up - left_room < interval '2 seconds' THEN left_room
      ELSE hung_up END AS hung_up_at,
    customer.id AS customer_id, customer.reseller_id,
    string_to_array(userfield, '|') AS billing
  FROM facts LEFT JOIN accounts_customer customer ON customer.code = tenantid
  WHERE userfield IS NOT NULL
    AND (answered IS NOT NULL OR (bridged IS NOT NULL AND hung_up IS NOT NULL))
),
judged AS MATERIALIZED (
  SELECT *, CASE
    WHEN NOT ({_READABLE}) THEN 'unreadable'
    WHEN tenantid = '' THEN 'no_customer'
    WHEN customer_id IS NULL THEN 'unknown_customer'
    WHEN answered IS NULL THEN 'no_answer'
    WHEN hung_up_at < answered THEN 'backwards'
    ELSE '' END AS reason
  FROM parsed
),
legs AS (
  SELECT node, left(uniqueid, 150) AS uniqueid, left(linkedid, 150) AS linkedid,
    reseller_id, customer_id,
    CASE reason WHEN 'unreadable' THEN 'unknown' ELSE billing[2] END AS direction,
    left(accountcode, 20) AS extension_number,
    CASE reason WHEN 'unreadable' THEN '' ELSE billing[3] END AS trunk_slug,
    CASE reason WHEN 'unreadable' THEN '' ELSE billing[4] END AS number,
    CASE WHEN billing[2] = 'in'
      THEN left(regexp_replace(caller_number, '[^0-9+*#]', '', 'g'), 24) ELSE '' END
      AS caller_number,
    answered_at, hung_up_at,
    floor(greatest(0, extract(epoch FROM hung_up_at - answered_at)) * 1000)::bigint
      AS duration_ms,
    CASE WHEN reason IN ('no_customer', 'unknown_customer') THEN 'unattributed'
      WHEN reason <> '' THEN 'flagged'
      WHEN hung_up_at IS NULL THEN 'open'
      ELSE 'finished' END AS state,
    reason
  FROM judged
)
"""  # noqa: S608 - this module's own names only
_COLUMNS: Final = [
    *("node", "uniqueid", "linkedid", "reseller_id", "customer_id"),
    *("direction", "extension_number", "trunk_slug", "number"),
    *("caller_number", "answered_at", "hung_up_at", "duration_ms", "state"),
    *("reason",),
]
_COMPARED: Final = [
    *("linkedid", "customer_id", "direction", "extension_number"),
    *("trunk_slug", "number", "answered_at", "hung_up_at"),
]

_TOUCHED: Final = """
touched AS (
  SELECT DISTINCT node, uniqueid FROM metering_channelevent
  WHERE file_id = %s AND "offset" >= %s AND "offset" < %s AND bad = ''
    AND event_type IN ('ANSWER', 'HANGUP', 'BRIDGE_ENTER') AND userfield LIKE 'v1|%%'
)
"""
_ALL: Final = """
touched AS (
  SELECT DISTINCT node, uniqueid FROM metering_channelevent
  WHERE bad = '' AND event_type IN ('ANSWER', 'HANGUP') AND userfield LIKE 'v1|%%'
)
"""


def _row(name: str, columns: list[str]) -> str:
    return "(" + ", ".join(f"{name}.{column}" for column in columns) + ")"


# A leg that was closed by rule keeps its end until a real HANGUP is found; one that a
# person waived stays waived. Changed facts put a rated leg back into the queue.
_UPSERT: Final = f"""
INSERT INTO metering_leg AS leg ({", ".join(_COLUMNS)})
SELECT {", ".join(_COLUMNS)} FROM legs
ON CONFLICT (node, uniqueid) DO UPDATE SET
  {", ".join(f"{column} = excluded.{column}" for column in _COLUMNS[2:])}
WHERE leg.state <> 'waived'
  AND NOT (excluded.hung_up_at IS NULL AND leg.hung_up_at IS NOT NULL)
  AND ({_row("leg", _COMPARED)} IS DISTINCT FROM {_row("excluded", _COMPARED)}
    OR (leg.reason IN ('restarted', 'no_hangup') AND excluded.state = 'finished'))
"""  # noqa: S608 - this module's own names only

_DIFFERENCES: Final = f"""
SELECT coalesce(legs.node, leg.node), coalesce(legs.uniqueid, leg.uniqueid),
  CASE WHEN leg.id IS NULL THEN 'missing' WHEN legs.uniqueid IS NULL THEN 'without events'
    ELSE 'different' END
FROM legs FULL JOIN metering_leg leg USING (node, uniqueid)
WHERE leg.id IS NULL OR legs.uniqueid IS NULL
  OR ({_row("leg", _COMPARED)} IS DISTINCT FROM {_row("legs", _COMPARED)}
      AND NOT (legs.hung_up_at IS NULL AND leg.hung_up_at IS NOT NULL)
      AND leg.state <> 'waived')
LIMIT 1000
"""  # noqa: S608 - this module's own names only

_SEQUENCE: Final = r"substring({}.uniqueid FROM '\.([0-9]{{1,9}})$')::bigint"

# Within one run of Asterisk the number after the dot of a uniqueid only rises. A channel
# that starts later with a lower or equal number proves a new run: what was open is gone.
# Its end is not known; the last record before the new run's first is the last sign of life.
_CLOSE_RESTARTED: Final = f"""
WITH open_legs AS (
  SELECT id, uniqueid, answered_at, {_SEQUENCE.format("leg")} AS sequence
  FROM metering_leg leg WHERE node = %s AND state = 'open'
),
started AS (
  SELECT event_time, "offset", uniqueid, {_SEQUENCE.format("event")} AS sequence
  FROM metering_channelevent event
  WHERE file_id = %s AND "offset" >= %s AND "offset" < %s AND bad = ''
    AND event_type = 'CHAN_START'
    AND {_SEQUENCE.format("event")} <= (SELECT max(sequence) FROM open_legs)
),
gone AS (
  SELECT DISTINCT ON (open_legs.id) open_legs.id, started."offset"
  FROM open_legs JOIN started ON started.event_time > open_legs.answered_at
    AND started.sequence <= open_legs.sequence
    AND started.uniqueid <> open_legs.uniqueid
  ORDER BY open_legs.id, started."offset"
),
closed AS (
  SELECT gone.id, greatest(leg.answered_at, date_trunc('milliseconds', coalesce(
    (SELECT event_time FROM metering_channelevent event
     WHERE event.file_id = %s AND event."offset" < gone."offset" AND bad = ''
     ORDER BY event."offset" DESC LIMIT 1),
    (SELECT max(event_time) FROM metering_channelevent event
     WHERE event.uniqueid = leg.uniqueid AND event.node = leg.node),
    leg.answered_at))) AS ended
  FROM gone JOIN metering_leg leg USING (id)
)
UPDATE metering_leg leg SET state = 'flagged', reason = 'restarted', hung_up_at = ended,
  duration_ms = floor(extract(epoch FROM ended - answered_at) * 1000)::bigint
FROM closed WHERE closed.id = leg.id AND leg.state = 'open'
"""  # noqa: S608 - this module's own names only

_CLOSE_OVERDUE: Final = """
UPDATE metering_leg leg SET state = 'flagged', reason = 'no_hangup',
  hung_up_at = answered_at + customer.max_call_minutes * interval '1 minute',
  duration_ms = customer.max_call_minutes * 60000::bigint
FROM accounts_customer customer
WHERE customer.id = leg.customer_id AND leg.state = 'open' AND leg.node = %s
  AND answered_at + (customer.max_call_minutes + %s) * interval '1 minute' < (
    SELECT CASE WHEN %s THEN greatest(now(), max(last_event_at)) ELSE max(last_event_at) END
    FROM metering_journalfile file WHERE file.node = leg.node)
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """A leg that is not what its events say. `what`: missing, without events, different."""

    node: str
    uniqueid: str
    what: str


def derive(*, node: str) -> int:
    """Bring legs up to date with the events of all files of a node; return legs touched.

    Each step is a transaction of its own that ends by saying how far it came, so a crash
    repeats at most one step, to no effect.
    """
    total = 0
    for file_id in _underived(node):
        while (done := _derive_next(file_id)) is not None:
            total += done
    return total


def _underived(node: str) -> list[int]:
    rows = JournalFile.objects.filter(node=node).extra(
        where=['derived_offset < "offset"']
    )
    return list(rows.order_by("id").values_list("id", flat=True))


def _derive_next(file_id: int) -> int | None:
    with transaction.atomic():
        file = JournalFile.objects.select_for_update().get(pk=file_id)
        low = file.derived_offset
        high = min(file.offset, low + BATCH_BYTES)
        if low >= high:
            return None
        span = [file_id, low, high]
        touched = _execute(f"WITH {_TOUCHED}, {_FACTS} {_UPSERT}", span)
        touched += _execute(_CLOSE_RESTARTED, [file.node, *span, file_id])
        file.derived_offset = high
        file.save(update_fields=["derived_offset"])
    return touched


def close_overdue(*, node: str, caught_up: bool) -> int:
    """Flag legs whose end never came; return how many.

    The clock is the wall's only when the whole journal is read; else the journal's own,
    so that a follower that was away closes nothing whose end it has not read yet.
    """
    return _execute(_CLOSE_OVERDUE, [node, GRACE_MINUTES, caught_up])


def rebuild() -> int:
    """Derive all legs again from all events; return how many were added or changed."""
    with transaction.atomic():
        return _execute(f"WITH {_ALL}, {_FACTS} {_UPSERT}", [])


def differences() -> list[Difference]:
    """Compare all legs with what their events say; at most 1,000 are listed."""
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {_ALL}, {_FACTS} {_DIFFERENCES}", [])
        return [Difference(*row) for row in cursor.fetchall()]


def _execute(sql: str, params: list[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.rowcount
