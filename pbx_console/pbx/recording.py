"""What phones are told about recording: a variable of their endpoint, so no call asks.

`PBX_RECORD` is `demand|outside|all`, the sound that both parties hear before, and about how
many seconds it lasts (asterisk_conf/etc/dialplan_recording.conf). It comes last in what
an endpoint is told, because the dialplan reads that of the phone it will dial.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil

from pbx_console.accounts.features import allowed
from pbx_console.accounts.models import Customer
from pbx_console.accounts.models.resellers import Feature
from pbx_console.pbx.models.extensions import Extension, Recorded
from pbx_console.pbx.models.recordings import RecordingRules

SAYS = {Recorded.DEMAND: ("pbx/recording-on", 2)}
SPOKEN = ("pbx/recorded", 3)
TONE = ("beep", 1)


def variables(extensions: Sequence[Extension]) -> dict[int, str]:
    """Return what to add for each extension key, empty for most. Needs customers."""
    wanted = [e for e in extensions if e.recorded != Recorded.NEVER]
    ids = {e.customer_id for e in wanted}
    rules = _rules(ids)
    customers = Customer.objects.select_related("reseller").filter(pk__in=ids)
    open_to = {c.pk for c in customers if allowed(Feature.RECORDING, c)}
    return {
        e.pk: _variable(e, rules.get(e.customer_id))
        for e in wanted
        if e.customer_id in open_to
    }


def _rules(customer_ids: Iterable[int]) -> dict[int, RecordingRules]:
    rows = RecordingRules.objects.filter(customer_id__in=customer_ids)
    return {row.customer_id: row for row in rows.select_related("prompt")}


def _variable(extension: Extension, rules: RecordingRules | None) -> str:
    demand = extension.recorded == Recorded.DEMAND
    sound, seconds = said(extension.recorded, rules)
    told = f"PBX_RECORD={extension.recorded}:{sound}:{seconds}"
    return f"DYNAMIC_FEATURES=record;{told}" if demand else told


def said(recorded: str, rules: RecordingRules | None) -> tuple[str, int]:
    """Return what both parties hear before, and how long that takes. On demand a tone is
    left when the announcement is off: the person at the phone must notice."""
    demand = recorded == Recorded.DEMAND
    if rules is not None and not rules.announce:
        return TONE if demand else ("", 0)
    if rules is not None and rules.prompt is not None and rules.prompt.digest:
        return rules.prompt.sound, ceil(rules.prompt.seconds)
    return SAYS.get(Recorded(recorded), SPOKEN)
