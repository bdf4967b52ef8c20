"""Move the realtime tables into Asterisk's schema and let its role read them."""

from __future__ import annotations

from django.db import migrations

TABLES = ("ps_endpoints", "ps_auths", "ps_aors", "ps_endpoint_id_ips")
FORWARD = "".join(f"ALTER TABLE public.{t} SET SCHEMA asterisk;" for t in TABLES)
GRANT = "GRANT SELECT ON ALL TABLES IN SCHEMA asterisk TO pbx_asterisk;"
BACK = "".join(f"ALTER TABLE asterisk.{t} SET SCHEMA public;" for t in TABLES)


class Migration(migrations.Migration):
    dependencies = [("asterisk", "0001_realtime"), ("accounts", "0001_grants")]
    operations = [migrations.RunSQL(FORWARD + GRANT, BACK)]
