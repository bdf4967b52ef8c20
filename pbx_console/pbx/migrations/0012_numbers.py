"""Numbers lead to any destination; ranges, porting, phonebook, blocklist."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

from pbx_console.pbx.ddl import functions

FILL = """
SET LOCAL pbx.scope = 'everyone';
UPDATE pbx_did SET destination_id = t.id FROM pbx_destination t
 WHERE t.kind = 'extension' AND t.object_id = pbx_did.extension_id;
SET CONSTRAINTS ALL IMMEDIATE;
RESET pbx.scope;
"""
EMPTY = """
SET LOCAL pbx.scope = 'everyone';
UPDATE pbx_did SET extension_id = t.object_id FROM pbx_destination t
 WHERE t.kind = 'extension' AND t.id = pbx_did.destination_id;
SET CONSTRAINTS ALL IMMEDIATE;
RESET pbx.scope;
"""
DID_OF = """
-- The number that a carrier means: whose it is, and the token it leads to.
CREATE OR REPLACE FUNCTION asterisk.did_of(reseller bigint, dialled text,
  OUT number text, OUT customer bigint, OUT code text, OUT token text)
LANGUAGE sql STABLE @SAFE AS $$
  -- Carriers write the same number as +4930…, 4930…, 004930… or 030….
  SELECT d.number, c.id, c.code, 'd' || d.destination_id
    FROM pbx_did d
    JOIN accounts_customer c ON c.id = d.customer_id
   WHERE d.number = ANY (ARRAY['+' || ltrim(dialled, '+'), asterisk.e164(dialled, 'DE'),
           asterisk.e164(dialled, 'NL'), asterisk.e164(dialled, 'AT')])
     AND (d.number = '+' || ltrim(dialled, '+')
          OR d.number = asterisk.e164(dialled, c.country))
     AND (reseller IS NULL OR reseller = d.reseller_id)
   ORDER BY d.number = '+' || ltrim(dialled, '+') DESC
   LIMIT 1
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("pbx", "0011_queues")]
    operations = [
        migrations.AddField(
            model_name="did",
            name="destination",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="dids",
                to="pbx.destination",
                verbose_name="leads to",
            ),
        ),
        migrations.RunSQL(FILL, EMPTY),
        functions(DID_OF),
        migrations.RemoveConstraint(model_name="did", name="did_held_before_used"),
        migrations.RemoveField(model_name="did", name="extension"),
        migrations.AddConstraint(
            model_name="did",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("customer__isnull", False)),
                    models.Q(("destination", None), ("is_main", False)),
                    _connector="OR",
                ),
                name="did_held_before_used",
            ),
        ),
    ]
