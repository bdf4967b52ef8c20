"""What the migrations of callable nouns share: triggers and lookup functions."""

# ruff: noqa: S608 - table and kind are written in migrations, never sent by anybody
from __future__ import annotations

from django.db.migrations import RunSQL

SAFE = """SECURITY DEFINER
SET search_path = public, pg_temp SET pbx.scope = 'everyone'"""


def keep_destination(table: str, kind: str) -> RunSQL:
    """Return the operation that keeps `pbx_destination` rows for a noun's table.

    The table has `id`, `customer_id`, `number` and `name`.
    """
    return RunSQL(
        f"CREATE TRIGGER keep_destination AFTER INSERT OR DELETE OR UPDATE OF"
        f" number, name, customer_id ON {table} FOR EACH ROW"
        f" EXECUTE FUNCTION pbx_keep_destination('{kind}');"
        f"SET LOCAL pbx.scope = 'everyone';"
        f"INSERT INTO pbx_destination (customer_id, kind, object_id, number, name)"
        f" SELECT customer_id, '{kind}', id, NULLIF(number, ''), name FROM {table};"
        f"RESET pbx.scope;",
        f"DROP TRIGGER keep_destination ON {table};"
        f"SET LOCAL pbx.scope = 'everyone';"
        f"DELETE FROM pbx_destination WHERE kind = '{kind}';"
        f"RESET pbx.scope;",
    )


def functions(forward: str, *signatures: str, grant: bool = False) -> RunSQL:
    """Return the operation that makes lookup functions of schema `asterisk`.

    `forward` creates (or replaces) them; `@SAFE` in it stands for SECURITY DEFINER with a
    fixed search path and everyone's rows. PUBLIC may not call them, and with `grant`
    Asterisk's role may. Going back drops `signatures`: name only the new ones.
    """
    made = [f"asterisk.{signature}" for signature in signatures]
    text = forward.replace("@SAFE", SAFE)
    text += "".join(f"REVOKE ALL ON FUNCTION {f} FROM PUBLIC;" for f in made)
    if grant:
        text += "".join(f"GRANT EXECUTE ON FUNCTION {f} TO pbx_asterisk;" for f in made)
    return RunSQL(text, "".join(f"DROP FUNCTION IF EXISTS {f};" for f in made))


PLANNED = """
DO $do$
DECLARE
  found record;
  head text;
  body text;
  outs text;
  cells text;
BEGIN
  FOR found IN
    SELECT p.oid, p.prosrc, p.proretset, p.proargmodes, p.proargnames, p.proallargtypes
      FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
      JOIN pg_language l ON l.oid = p.prolang
     WHERE n.nspname = 'asterisk' AND l.lanname = 'sql' AND p.proname = ANY ('{names}')
  LOOP
    head := replace(split_part(pg_get_functiondef(found.oid), 'AS $function$', 1),
                    'LANGUAGE sql', 'LANGUAGE plpgsql');
    body := rtrim(found.prosrc, E' \\n;');
    SELECT string_agg(quote_ident(name), ', ' ORDER BY place),
           string_agg('answer.' || quote_ident(name) || '::' || format_type(kind, NULL),
                      ', ' ORDER BY place)
      INTO outs, cells
      FROM unnest(found.proargnames, found.proargmodes, found.proallargtypes)
        WITH ORDINALITY AS argument(name, mode, kind, place) WHERE mode IN ('o', 't');
    body := CASE WHEN found.proretset AND cells IS NOT NULL THEN
                   'RETURN QUERY SELECT ' || cells || ' FROM (' || body
                     || E'\\n) answer(' || outs || ')'
                 WHEN found.proretset THEN 'RETURN QUERY ' || body
                 WHEN outs IS NULL THEN 'RETURN (' || body || E'\\n)'
                 ELSE 'SELECT * INTO ' || outs || ' FROM (' || body || E'\\n) answer' END;
    EXECUTE head || E'AS $function$\\n#variable_conflict use_column\\nBEGIN\\n' || body
      || E';\\nEND $function$';
  END LOOP;
END $do$;
"""


def planned(*names: str) -> RunSQL:
    """Return the operation that lets these lookup functions keep their plans.

    PostgreSQL plans the body of an SQL function that cannot be inlined (SECURITY DEFINER,
    SET) anew on every call; one in plpgsql keeps the plan for the session. They are written
    in SQL because that reads better, and are wrapped here, all alike. Going back leaves
    them: they answer the same.
    """
    return RunSQL(PLANNED.replace("{names}", "{" + ",".join(names) + "}"), RunSQL.noop)
