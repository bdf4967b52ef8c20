"""Schemas and default privileges. The roles are made by deploy/roles.sql."""

from __future__ import annotations

from django.db import migrations

FORWARD = """
CREATE SCHEMA IF NOT EXISTS asterisk;
GRANT USAGE ON SCHEMA public, asterisk TO pbx_console;
GRANT USAGE ON SCHEMA asterisk TO pbx_asterisk;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO pbx_console;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO pbx_console;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO pbx_console;
"""
BACK = """
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM pbx_console;
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON SEQUENCES FROM pbx_console;
REVOKE ALL ON SCHEMA public, asterisk FROM pbx_console, pbx_asterisk;
"""


class Migration(migrations.Migration):
    initial = True
    # Before every table of Django's own apps, so that the grants reach those too.
    run_before = [("contenttypes", "0001_initial"), ("sessions", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
