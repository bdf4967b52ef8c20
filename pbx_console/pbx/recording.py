"""What phones are told about recording: words of their endpoint, so no call asks.

They are `demand|outside|all`, the sound that both parties hear before, and about how many
seconds it lasts (asterisk_conf/etc/dialplan_recording.conf). The phone's own channel has
them as PBX_RECORD; who dials it reads them in the option `record_on_feature`, the one that
can be read by name and means nothing else here (one_touch_recording is off).
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


def words(extensions: Sequence[Extension]) -> dict[int, str]:
    """Return the words of each extension key; most have none."""
    wanted = [e for e in extensions if e.recorded != Recorded.NEVER]
    ids = {e.customer_id for e in wanted}
    rules = _rules(ids)
    customers = Customer.objects.select_related("reseller").filter(pk__in=ids)
    open_to = {c.pk for c in customers if allowed(Feature.RECORDING, c)}
    return {
        e.pk: _words(e.recorded, rules.get(e.customer_id))
        for e in wanted
        if e.customer_id in open_to
    }


def _rules(customer_ids: Iterable[int]) -> dict[int, RecordingRules]:
    rows = RecordingRules.objects.filter(customer_id__in=customer_ids)
    return {row.customer_id: row for row in rows.select_related("prompt")}


def _words(recorded: str, rules: RecordingRules | None) -> str:
    sound, seconds = said(recorded, rules)
    return f"{recorded}:{sound}:{seconds}"


def variables(words: str) -> str:
    """Return the variables that these words make; *1 is listened to only where it is
    wanted."""
    key = ";DYNAMIC_FEATURES=record" * words.startswith(Recorded.DEMAND)
    return f"PBX_RECORD={words}{key}"


def said(recorded: str, rules: RecordingRules | None) -> tuple[str, int]:
    """Return what both parties hear before, and how long that takes. On demand a tone is
    left when the announcement is off: the person at the phone must notice."""
    demand = recorded == Recorded.DEMAND
    if rules is not None and not rules.announce:
        return TONE if demand else ("", 0)
    if rules is not None and rules.prompt is not None and rules.prompt.digest:
        return rules.prompt.sound, ceil(rules.prompt.seconds)
    return SAYS.get(Recorded(recorded), SPOKEN)
