"""Places outside count as forwards; the currency of a limit that was reached.

An outside number that groups, menus or schedules lead to, and a queue's call back, are
dialled by nobody at a phone: what holds for forwards to expensive numbers holds for them.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

from pbx_console.pbx.ddl import functions

STEP = """
-- Who pays is the number's own internal number. Like a forward: to nothing expensive
-- unless that is allowed, and a number of the customer's own is reached inside.
CREATE OR REPLACE FUNCTION asterisk.step_outside(answer asterisk.route, customer bigint,
  object bigint, caller text, at timestamptz)
RETURNS asterisk.route LANGUAGE plpgsql STABLE @SAFE AS $$
DECLARE
  place record;
  held record;
BEGIN
  SELECT o.number, o.e164, c.reseller_id INTO place FROM pbx_outsidenumber o
    JOIN accounts_customer c ON c.id = o.customer_id
   WHERE o.id = object AND o.customer_id = customer;
  IF NOT FOUND THEN
    answer.action := 'refuse';
    answer.reason := 'gone';
    RETURN answer;
  END IF;
  answer.accountcode := place.number;
  SELECT * INTO held FROM asterisk.did_of(place.reseller_id, place.e164);
  IF held.customer = step_outside.customer AND held.token IS NOT NULL THEN
    answer.action := 'forward';
    answer.next := held.token;
    RETURN answer;
  END IF;
  PERFORM set_config('pbx.forward', 'on', true);
  answer := asterisk.outside(answer, customer, NULL, place.e164, '');
  PERFORM set_config('pbx.forward', '', true);
  RETURN answer;
END $$;

-- Why nothing may be led to this number, now or ever: range_closed, country_closed,
-- forward_closed; else empty. The time of day is asked when somebody calls.
CREATE FUNCTION asterisk.forward_closed(customer bigint, extension bigint, e164 text)
RETURNS text LANGUAGE sql STABLE @SAFE AS $$
  SELECT CASE reason WHEN 'night_closed' THEN '' ELSE reason END FROM
    asterisk.open_range(customer, extension, e164, true, now()) AS reason
$$;
"""
NO_STEP = """
CREATE OR REPLACE FUNCTION asterisk.step_outside(answer asterisk.route, customer bigint,
  object bigint, caller text, at timestamptz)
RETURNS asterisk.route LANGUAGE plpgsql STABLE @SAFE AS $$
DECLARE
  place record;
BEGIN
  SELECT o.number, o.e164 INTO place FROM pbx_outsidenumber o
   WHERE o.id = object AND o.customer_id = customer;
  IF NOT FOUND THEN
    answer.action := 'refuse';
    answer.reason := 'gone';
    RETURN answer;
  END IF;
  answer.accountcode := place.number;
  RETURN asterisk.outside(answer, customer, NULL, place.e164, '');
END $$;
"""

# Functions of other nouns: one line of each is replaced in whatever text stands now.
HOOK = """
DO $do$
DECLARE
  text_before text := pg_get_functiondef('asterisk.{name}'::regprocedure);
  text_after text := replace(text_before, $old${before}$old$, $new${after}$new$);
BEGIN
  IF text_after = text_before THEN
    RAISE EXCEPTION 'asterisk.{name} is not as it was';
  END IF;
  EXECUTE text_after;
END $do$;
"""
CALLBACK = "callback_way(bigint, text)"
CALLED_BACK = "RETURN asterisk.outside(answer, held.customer, NULL, wanted, '');"
CALLED_BACK_AS_FORWARD = """PERFORM set_config('pbx.forward', 'on', true);
  answer := asterisk.outside(answer, held.customer, NULL, wanted, '');
  PERFORM set_config('pbx.forward', '', true);
  RETURN answer;"""
BY_PHONE = "act_forward(bigint, text, text)"
DIALLED = "AND asterisk.may_dial(caller.customer_id, phone, outside) <> '' THEN"
DIALLED_AND_OPEN = """AND (asterisk.may_dial(caller.customer_id, phone, outside) <> ''
      OR asterisk.forward_closed(caller.customer_id, phone, outside) <> '') THEN"""


def hook(name: str, before: str, after: str) -> migrations.RunSQL:
    """Return the operation that replaces one line of a function, and back."""
    return migrations.RunSQL(
        HOOK.format(name=name, before=before, after=after),
        HOOK.format(name=name, before=after, after=before),
    )


class Migration(migrations.Migration):
    dependencies: ClassVar = [("pbx", "0019_carriers_more")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="limitcrossing",
            name="currency",
            field=models.CharField(blank=True, default="", max_length=3),
        ),
        functions(STEP, "forward_closed(bigint, bigint, text)"),
        migrations.RunSQL(
            "GRANT EXECUTE ON FUNCTION asterisk.forward_closed(bigint, bigint, text)"
            " TO pbx_console;",
            functions(NO_STEP).sql,
        ),
        hook(CALLBACK, CALLED_BACK, CALLED_BACK_AS_FORWARD),
        hook(BY_PHONE, DIALLED, DIALLED_AND_OPEN),
    ]
