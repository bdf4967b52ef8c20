"""What the listener heard, made into rows: refused sign-ins, quality of calls, bans."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import Customer
from pbx_console.accounts.scope import as_everyone
from pbx_console.asterisk.ami.security import Failed, Heard
from pbx_console.pbx.attempts import Tries
from pbx_console.pbx.models import Device, Extension
from pbx_console.pbx.services import bans
from pbx_console.provisioning import timeline
from pbx_console.provisioning.models import Registration

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
    known = one.kind != "account" and _exists(one.account)
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


def _exists(account: str) -> bool:
    code, number, *slot = account.split("-")
    found = Extension.objects.filter(customer__code=code, number=number)
    if not slot:
        return found.exists()
    if len(slot) > 1 or not (slot[0].isascii() and slot[0].isdigit()):
        return False
    return Device.objects.filter(extension__in=found, slot=int(slot[0][:4])).exists()


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
        _tell(address, done, owners)


def _tell(address: str, done: Tries, owners: Owners) -> None:
    """Say in the timelines of the accounts that were tried that this has ended."""
    for account, times in done.accounts.items():
        owner = owners.get(account.partition("-")[0])
        if owner is not None and _exists(account):
            timeline.note(
                "banned", customer=owner, endpoint=account, address=address, tries=times
            )
