"""The country and risk of a number by seven questions to the index, not one to all rows.

An array that is made of the arguments cannot use the index: every row was compared with
seven freshly made prefixes, half of the time of a call outside (docs/benchmarks.md).
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from pbx_console.pbx.ddl import functions

RANGE_OF = """
CREATE OR REPLACE FUNCTION asterisk.range_of(e164 text, OUT region text, OUT risk text)
LANGUAGE plpgsql STABLE @SAFE AS $$
#variable_conflict use_column
BEGIN
  FOR long IN REVERSE 7..1 LOOP
    SELECT r.region, r.risk INTO region, risk FROM asterisk.dial_range r
     WHERE r.prefix = substr(e164, 2, long);
    EXIT WHEN FOUND;
  END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("pbx", "0021_prompts_by_phone")]
    operations: ClassVar = [functions(RANGE_OF)]
