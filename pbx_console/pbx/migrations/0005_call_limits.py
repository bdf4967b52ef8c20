"""How many outside calls at once, and whether any: told with the route.

`asterisk.route` learns `max_calls` (the customer's), `reseller_group` and
`reseller_max_calls`; the dialplan counts carrier legs against them, in both directions.
A customer whose contract is without the feature `outside_calls` (or whose reseller's is)
is refused with `not_allowed`. Emergency calls are decided before either.

The two functions are those of 0003 with the lines below changed; a line that is not there
any more stops the migration.
"""

from __future__ import annotations

from importlib import import_module

from django.db import migrations

routes = import_module("pbx_console.pbx.migrations.0003_route_functions")

ATTRIBUTES = """
ALTER TYPE asterisk.route ADD ATTRIBUTE reseller_group text,
  ADD ATTRIBUTE max_calls int, ADD ATTRIBUTE reseller_max_calls int;
"""
NO_ATTRIBUTES = """
ALTER TYPE asterisk.route DROP ATTRIBUTE reseller_group,
  DROP ATTRIBUTE max_calls, DROP ATTRIBUTE reseller_max_calls;
"""
SELECTED = """
         c.max_calls, r.max_calls AS reseller_max_calls,"""
TOLD = """
  answer.reseller_group := 'r' || {0}.reseller_id;
  answer.max_calls := {0}.max_calls;
  answer.reseller_max_calls := {0}.reseller_max_calls;
"""

FROM_EXTENSION = (
    ("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"),
    (
        "         c.reseller_id, c.max_call_minutes,",
        "         c.features ? 'outside_calls' AND r.features ? 'outside_calls'"
        " AS outside," + SELECTED + "\n         c.reseller_id, c.max_call_minutes,",
    ),
    (
        "  answer.max_seconds := caller.max_call_minutes * 60;\n",
        "  answer.max_seconds := caller.max_call_minutes * 60;" + TOLD.format("caller"),
    ),
    (
        "IF NOT caller.may_dial_outside THEN",
        "IF NOT (caller.may_dial_outside AND caller.outside) THEN",
    ),
)
FROM_TRUNK = (
    ("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"),
    (
        "c.code, c.max_call_minutes,",
        "c.code, c.max_call_minutes, c.reseller_id," + SELECTED,
    ),
    (
        "  answer.max_seconds := held.max_call_minutes * 60;\n",
        "  answer.max_seconds := held.max_call_minutes * 60;" + TOLD.format("held"),
    ),
)


def changed(function: str, changes: tuple[tuple[str, str], ...]) -> str:
    """Return a function's text with each of the changes made exactly once."""
    for old, new in changes:
        if function.count(old) != 1:
            raise ValueError(old)
        function = function.replace(old, new)
    return function


def earlier(function: str) -> str:
    """Return a function as 0003 made it, in place of the present one."""
    return changed(function, (("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"),))


class Migration(migrations.Migration):
    dependencies = [
        ("pbx", "0004_live_at_blank"),
        ("accounts", "0004_people_and_sessions"),
    ]
    operations = [
        migrations.RunSQL(
            ATTRIBUTES
            + changed(routes.FROM_EXTENSION, FROM_EXTENSION)
            + changed(routes.FROM_TRUNK, FROM_TRUNK),
            earlier(routes.FROM_EXTENSION) + earlier(routes.FROM_TRUNK) + NO_ATTRIBUTES,
        )
    ]
