"""A lamp of an extension follows all its phones, and two that may be added later.

Asterisk keeps the devices that a hint was made with until it restarts, and what the phones
subscribe to cannot change with every new phone. So the places after the last phone are
watched beforehand; nobody there counts as idle.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from pbx_console.pbx.ddl import functions, planned

LAMP = """
CREATE OR REPLACE FUNCTION asterisk.lamp(wanted text) RETURNS text
LANGUAGE sql STABLE @SAFE AS $$
  SELECT coalesce((
    SELECT CASE t.kind
        WHEN 'extension' THEN (
          SELECT string_agg('PJSIP/' || c.code || '-' || t.number
              || CASE slot WHEN 1 THEN '' ELSE '-' || slot END, '&' ORDER BY slot)
            FROM generate_series(1, least(9, 2 + coalesce((
              SELECT max(d.slot) FROM pbx_device d
               WHERE d.extension_id = t.object_id), 1))) slot)
        WHEN 'slot' THEN format('park:%s@parked-p%s-%s-%s', t.number, p.id,
                                p.number::int + 1, p.places)
        ELSE 'Custom:' || t.kind || t.object_id END
      FROM pbx_lampword w
      JOIN accounts_customer c ON c.id = w.customer_id
      JOIN pbx_destination t ON t.customer_id = c.id
       AND t.number = split_part(wanted, '-', 1)
      LEFT JOIN pbx_parkingslot s ON t.kind = 'slot' AND s.id = t.object_id
      LEFT JOIN pbx_parkinglot p ON p.id = s.lot_id
     WHERE w.word = split_part(wanted, '-', 2)), 'Custom:none')
$$;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("pbx", "0022_call_speed")]
    operations: ClassVar = [functions(LAMP), planned("lamp")]
