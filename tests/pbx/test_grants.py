"""What the console's own login may ask of the telephone system's functions."""

from __future__ import annotations

from tests.conftest import ASKED, World, owner_connection

# Those that know no customer at all, or answer for one whose key services take from a
# scoped row (`spending` and what limits are made of).
MAY = {
    "country_code",
    "forward_closed",
    "forward_comes_back",
    "has_price",
    "limited",
    "may_be_shown",
    "may_dial",
    "never_shown",
    "open_range",
    "price_of",
    "range_of",
    "schedule_state",
    "seen_calls",
    "seen_number",
    "seen_step",
    "spending",
    "written",
}


def test_the_console_may_not_ask_what_answers_for_every_customer(world: World) -> None:
    with owner_connection() as owner:
        rows = owner.execute(
            "SELECT p.proname FROM pg_proc p JOIN pg_namespace n"
            " ON n.oid = p.pronamespace WHERE n.nspname = 'asterisk' AND p.prosecdef"
            " AND has_function_privilege('pbx_console', p.oid, 'EXECUTE')"
        ).fetchall()
    assert {name for (name,) in rows} - set(ASKED) <= MAY
