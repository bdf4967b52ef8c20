"""The SQL of 0019_carriers_more: callers from abroad, and names instead of addresses."""

from __future__ import annotations

from importlib import import_module

from pbx_console.pbx.ddl import SAFE

_carriers = import_module("pbx_console.pbx.migrations._carriers_sql")

# Names do not fit into `inet`; addresses are written without their mask.
NAMES = """
ALTER TABLE pbx_trunk ALTER COLUMN host TYPE varchar(85) USING host(host);
ALTER TABLE pbx_trunk ALTER COLUMN proxy TYPE varchar(85)
  USING coalesce(host(proxy), '');
ALTER TABLE pbx_trunk ALTER COLUMN proxy SET NOT NULL;
"""
# Fails while a trunk has a name: there is no address to go back to.
ADDRESSES = """
ALTER TABLE pbx_trunk ALTER COLUMN host TYPE inet USING host::inet;
ALTER TABLE pbx_trunk ALTER COLUMN proxy DROP NOT NULL;
ALTER TABLE pbx_trunk ALTER COLUMN proxy TYPE inet USING nullif(proxy, '')::inet;
"""

ABROAD = """
-- A call from a foreign network to a German number must arrive without a German caller's
-- number, unless it is a mobile one, which may be roaming (TKG section 120).
CREATE FUNCTION asterisk.hidden_from_abroad(called text, calling text) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
  SELECT called LIKE '+49%' AND calling LIKE '+49%' AND calling !~ '^\\+491[567]'
$$;
"""
_OLD_HEAD = """CREATE OR REPLACE FUNCTION asterisk.route_from_trunk(endpoint text, dialled text,
  caller text)
"""
_NEW_HEAD = """CREATE FUNCTION asterisk.route_from_trunk(endpoint text, dialled text,
  caller text, marked text DEFAULT '')
"""
# `marked` is yes for a call that carries the trunk's mark of calls from abroad.
CHANGES = (
    (_OLD_HEAD, _NEW_HEAD),
    ("@SAFE AS", "@SAFE\nSET plan_cache_mode = force_generic_plan SET jit = off AS"),
    (
        "SELECT t.reseller_id, t.incoming_format, t.country INTO carrier",
        "SELECT t.reseller_id, t.incoming_format, t.country, t.origin = 'abroad'\n"
        "      OR t.origin = 'marked' AND marked = 'yes' AS abroad INTO carrier",
    ),
    (
        "  -- `outside` may show him",
        "  IF carrier.abroad AND asterisk.hidden_from_abroad(held.number, calling) THEN\n"
        "    calling := '';\n"
        "  END IF;\n"
        "  -- `outside` may show him",
    ),
)


def _from_trunk() -> str:
    text = _carriers.FROM_TRUNK
    text = text[: text.index("-- A later step of the same call")]
    for old, new in CHANGES:
        if text.count(old) != 1:
            raise ValueError(f"this line is not there any more: {old}")
        text = text.replace(old, new)
    return text


_GRANT = """
REVOKE ALL ON FUNCTION asterisk.route_from_trunk FROM PUBLIC;
GRANT EXECUTE ON FUNCTION asterisk.route_from_trunk TO pbx_asterisk;
"""
FORWARD = (
    ABROAD
    + "DROP FUNCTION asterisk.route_from_trunk(text, text, text);"
    + _from_trunk()
    + _GRANT
).replace("@SAFE", SAFE)
BACK = (
    "DROP FUNCTION asterisk.route_from_trunk(text, text, text, text);"
    + _carriers.FROM_TRUNK[
        : _carriers.FROM_TRUNK.index("-- A later step of the same call")
    ].replace(
        "@SAFE AS", "@SAFE\nSET plan_cache_mode = force_generic_plan SET jit = off AS"
    )
    + _GRANT
    + "DROP FUNCTION asterisk.hidden_from_abroad(text, text);"
).replace("@SAFE", SAFE)
