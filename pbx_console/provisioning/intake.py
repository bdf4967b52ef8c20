"""What the listener heard, made into rows: refused sign-ins, quality of calls, bans."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import Customer
from pbx_console.accounts.scope import as_everyone
from pbx_console.asterisk.ami.client import AmiError, ask_all
from pbx_console.asterisk.ami.security import Failed, Heard
from pbx_console.pbx.attempts import Tries
from pbx_console.pbx.services import bans
from pbx_console.provisioning import timeline
from pbx_console.provisioning.models import Registration
from pbx_console.provisioning.registrations import is_account

logger = logging.getLogger(__name__)
Owners = Mapping[str, Customer]


def take(
    failed: Mapping[Failed, int], heard: Sequence[Heard], tries: Mapping[str, Tries]
) -> None:
    """Write it all down, then ban who tried too much."""
    with as_everyone("what the telephone system told of phones"):
        owners = _owners(
            [one.account for one in failed]
            + [one.endpoint for one in heard]
            + [account for one in tries.values() for account in one.accounts]
        )
        for one, times in failed.items():
            _refused(one, times, owners)
        for quality in heard:
            _heard(quality, owners)
        for address, done in tries.items():
            _ban(address, done, owners)


def answered(milliseconds: Mapping[str, int]) -> None:
    """Write down how fast accounts answered at their last sign-in or call."""
    with as_everyone("how fast phones answer"):
        rows = Registration.objects.filter(endpoint__in=milliseconds, lost_at=None)
        changed = []
        for row in rows:
            if row.latency_ms != milliseconds[row.endpoint]:
                row.latency_ms = milliseconds[row.endpoint]
                changed.append(row)
        Registration.objects.bulk_update(changed, ["latency_ms"], batch_size=500)


def _owners(accounts: Sequence[str]) -> Owners:
    codes = {account.partition("-")[0] for account in accounts if account}
    rows = Customer.objects.filter(code__in=codes).select_related("reseller")
    return {row.code: row for row in rows}


def _refused(one: Failed, times: int, owners: Owners) -> None:
    """Note a refused sign-in with whom it concerns; of nobody's accounts, nothing.

    An account that does not exist stands with its customer only, one row per address.
    """
    owner = owners.get(one.account.partition("-")[0])
    if owner is None:
        return
    reason = one.kind
    known = one.kind != "account" and is_account(one.account)
    more: dict[str, Any] = {} if known else {"account": one.account}
    timeline.note(
        "refused",
        times=times,
        customer=owner,
        endpoint=one.account if known else "",
        address=one.address,
        reason=reason,
        **more,
    )


def _heard(quality: Heard, owners: Owners) -> None:
    owner = owners.get(quality.endpoint.partition("-")[0])
    if owner is None:
        return
    detail: dict[str, Any] = {
        "linkedid": quality.linkedid,
        "loss": _percent(quality.lost, quality.received),
        "jitter": quality.jitter_ms,
        "loss_there": _percent(quality.lost_there, quality.sent),
        "jitter_there": quality.jitter_there_ms,
        "rtt": quality.round_trip_ms,
    }
    timeline.note("heard", customer=owner, endpoint=quality.endpoint, **detail)
    if quality.round_trip_ms:
        rows = Registration.objects.filter(endpoint=quality.endpoint, lost_at=None)
        rows.update(latency_ms=quality.round_trip_ms)


def _percent(lost: int, received: int) -> float:
    return round(100 * lost / (lost + received), 1) if lost + received else 0.0


def _ban(address: str, done: Tries, owners: Owners) -> None:
    targets: dict[int, int] = defaultdict(int)
    for account, times in done.accounts.items():
        if owner := owners.get(account.partition("-")[0]):
            targets[owner.reseller_id] += times
    made = bans.ban(
        SYSTEM, address, reason=done.reason, attempts=done.count, targets=targets
    )
    if made is not None:
        end_calls(address)
        _tell(address, done, owners)


def end_calls(address: str) -> None:
    """End the calls of phones registered from a banned address: that they hang up would
    not be heard any more, and somebody pays."""
    rows = Registration.objects.filter(address=address, lost_at=None)
    accounts = list(rows.values_list("endpoint", flat=True))
    actions = [
        {"Action": "Hangup", "Channel": f"/^PJSIP/{account}-[0-9a-f]+$/"}
        for account in accounts
    ]
    try:
        if actions:
            ask_all(actions)
    except AmiError as error:
        logger.warning("calls of a banned address not ended: %s", error)


def _tell(address: str, done: Tries, owners: Owners) -> None:
    """Say in the timelines of the accounts that were tried that this has ended."""
    for account, times in done.accounts.items():
        owner = owners.get(account.partition("-")[0])
        if owner is not None and is_account(account):
            timeline.note(
                "banned", customer=owner, endpoint=account, address=address, tries=times
            )
