"""Lamps of schedules: lit while somebody holds one open, closed or on holiday by hand.

A phone's key follows `Custom:schedule<id>` (`asterisk.lamp`). The dialplan lights it when
a phone switches (do-override); what the console switches is told here, and each minute
whatever differs is mended. Asterisk keeps these states over a restart.
"""

from __future__ import annotations

import logging

from celery import shared_task

from pbx_console.accounts.scope import as_everyone
from pbx_console.asterisk.ami.client import AmiError, ask_all
from pbx_console.pbx.models import Schedule

logger = logging.getLogger(__name__)
FAMILY = "CustomDevstate"
LIT, DARK = "INUSE", "NOT_INUSE"


@shared_task
def mend() -> int:
    """Make Asterisk show which schedules are held by hand; return how many differed."""
    with as_everyone("lamps of schedules"):
        held = Schedule.objects.exclude(override="").values_list("pk", flat=True)
        wanted = {f"schedule{key}" for key in held}
    try:
        lit = _lit()
        changes = dict.fromkeys(wanted - lit, LIT) | dict.fromkeys(lit - wanted, DARK)
        if changes:
            ask_all([_switch(name, state) for name, state in changes.items()])
    except AmiError as error:  # the next round mends it
        logger.warning("lamps of schedules not told: %s", error)
        return 0
    return len(changes)


def _lit() -> set[str]:
    (tree,) = ask_all([{"Action": "DBGetTree", "Family": FAMILY}])
    rows = [item for item in tree.get("events", []) if item.get("Val") == LIT]
    names = {str(item.get("Key", "")).rpartition("/")[2] for item in rows}
    return {name for name in names if name.startswith("schedule")}


def _switch(name: str, state: str) -> dict[str, str]:
    variable = f"DEVICE_STATE(Custom:{name})"
    return {"Action": "Setvar", "Variable": variable, "Value": state}
