"""What the picture of the call path may ask: the step functions, inside the scope only.

`asterisk.step` sees everybody's rows. The console's role gets two functions around it that
look for the customer first, with row-level security and the asker's own `pbx.scope`
(neither sets it, and FORCE binds the owner too): another tenant's answers are *gone*.
"""

from __future__ import annotations

from django.db import migrations

FORWARD = """
CREATE FUNCTION asterisk.seen_step(tenant text, token text, caller text, at timestamptz)
RETURNS asterisk.route LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM 1 FROM accounts_customer c WHERE c.code = tenant;
  RETURN asterisk.step(CASE WHEN FOUND THEN tenant END, token, caller, at);
END $$;

-- The token of a number that is called from outside: empty when it leads nowhere, NULL when
-- it is not the tenant's.
CREATE FUNCTION asterisk.seen_number(tenant text, number text)
RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  held record;
BEGIN
  SELECT * INTO held FROM asterisk.did_of(NULL, number);
  PERFORM 1 FROM accounts_customer c WHERE c.code = tenant AND c.id = held.customer;
  RETURN CASE WHEN FOUND THEN coalesce(held.token, '') END;
END $$;

REVOKE ALL ON FUNCTION asterisk.seen_step, asterisk.seen_number FROM PUBLIC;
GRANT EXECUTE ON FUNCTION asterisk.seen_step, asterisk.seen_number TO pbx_console;
"""
BACK = "DROP FUNCTION asterisk.seen_step, asterisk.seen_number;"


class Migration(migrations.Migration):
    initial = True
    dependencies = [("pbx", "0007_steps")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
