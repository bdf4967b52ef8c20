"""Row-level security, PostgreSQL's wall behind the scoped managers.

`enable()` gives a migration operation. The conditions are SQL on the table's own row;
the settings come from `accounts.postgresql`. FORCE binds the owner of the table too, so
a SECURITY DEFINER function that must see everything says `SET pbx.scope = 'everyone'`.
"""

from __future__ import annotations

from django.db.migrations import RunSQL

EVERYONE = "current_setting('pbx.scope', true) = 'everyone'"
RESELLER = "nullif(current_setting('pbx.reseller', true), '')::bigint"
CUSTOMER = "nullif(current_setting('pbx.customer', true), '')::bigint"
BY_CUSTOMER_ID = "customer_id IN (SELECT id FROM accounts_customer)"


def enable(
    table: str, *, reseller: str = "", customer: str = "", owned: str = ""
) -> RunSQL:
    """Return the operation that walls a table in.

    `reseller`, `customer`: SQL expressions that must equal the scope's id
    (`reseller_id`). `owned`: a whole condition instead, for rows whose owner is found
    through another walled table (`BY_CUSTOMER_ID`).
    """
    parts = [EVERYONE]
    parts += [f"{reseller} = {RESELLER}"] if reseller else []
    parts += [f"{customer} = {CUSTOMER}"] if customer else []
    parts += [f"({owned})"] if owned else []
    condition = " OR ".join(parts)
    return RunSQL(
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;"
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY;"
        f"CREATE POLICY scope ON {table} USING ({condition});",
        f"DROP POLICY scope ON {table};"
        f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;"
        f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;",
    )


def owner_sees_everyone(table: str) -> RunSQL:
    """Return the operation that gives the table's owner a short wall of its own.

    Who owns the tables runs migrations and the SECURITY DEFINER functions, which see
    everybody's rows or, without `pbx.scope`, none; they never look for one tenant's. What
    a statement costs in a lookup is setting up its conditions, and `scope` has many.
    """
    return RunSQL(
        f"ALTER POLICY scope ON {table} TO pbx_console, pbx_asterisk;"
        f"CREATE POLICY everyone ON {table} TO CURRENT_USER USING ({EVERYONE});",
        f"DROP POLICY everyone ON {table}; ALTER POLICY scope ON {table} TO PUBLIC;",
    )


def append_only(table: str) -> RunSQL:
    """Return the operation that lets the console add rows but never change them."""
    return RunSQL(
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM pbx_console;",
        f"GRANT UPDATE, DELETE ON {table} TO pbx_console;",
    )
