"""The lookups of a call keep their plans; the number shown is asked when it is needed.

Measured with 10,000 extensions: `docs/benchmarks.md`.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from pbx_console.pbx.ddl import planned

# Every caller was asked what it shows outside, though only emergency calls need it here:
# `outside` asks by itself.
LATER = """
DO $do$
DECLARE
  text_now text := pg_get_functiondef(
    'asterisk.route_from_extension(text, text)'::regprocedure);
  early text := E'  answer.callerid_num := asterisk.shown_number('
    'caller.customer_id, caller.id, '''', '''');\n';
  used text := E'      answer.callerid_num, '''');';
BEGIN
  IF position(early IN text_now) = 0 OR position(used IN text_now) = 0 THEN
    RAISE EXCEPTION 'route_from_extension is not as 0013 left it';
  END IF;
  text_now := replace(text_now, early, '');
  EXECUTE replace(text_now, used,
    E'      asterisk.shown_number(caller.customer_id, caller.id, '''', ''''), '''');');
END $do$;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("pbx", "0015_keys")]
    operations: ClassVar = [
        migrations.RunSQL(LATER, migrations.RunSQL.noop),
        planned(
            "agent_state",
            "caller_shown",
            "did_of",
            "direct_number",
            "e164",
            "emergency_test",
            "forward_comes_back",
            "forward_of",
            "is_withheld",
            "known_caller",
            "lamp",
            "local_windows",
            "members_of",
            "original_shown",
            "phones_of",
            "range_of",
            "seconds_left",
            "shown_number",
            "trunks_for",
            "withholds",
            "within_limits",
        ),
    ]
