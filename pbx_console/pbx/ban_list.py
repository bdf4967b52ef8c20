"""Making bans hold: at Asterisk (AstDB, by AMI), and in a file for the machine's filter.

The rows of `Ban` are what is wanted; both places are compared with them and mended, so it
does not matter which of them was away when a ban began or ended.
"""

from __future__ import annotations

import ipaddress
import json
import logging
import os
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from pbx_console.accounts.scope import as_everyone
from pbx_console.asterisk.ami.client import AmiError, Answer, ask_all
from pbx_console.pbx.models import Ban

logger = logging.getLogger(__name__)
FAMILY = "bans/acl"  # sorcery.conf, [acl]
# Asterisk looks through its list at each message (360 addresses cost 0.5 ms), and takes
# lines of 1,000 characters by AMI. The machine's filter takes all of them.
MOST = 300
LINE = 800


def standing() -> list[Ban]:
    """Return the bans that hold now, oldest first. Needs the scope of everyone."""
    rows = Ban.objects.filter(lifted_at=None, until__gt=timezone.now())
    return list(rows.order_by("pk"))


def mend() -> bool:
    """Make both places say what the rows say; say whether Asterisk could be asked."""
    with as_everyone("bans"):
        addresses = [ban.address for ban in standing()]
    _write_file(addresses)
    try:
        return _tell_asterisk(wanted(addresses[-MOST:]))
    except AmiError as error:  # the next round mends it
        logger.warning("bans not told: %s", error)
        return False


def wanted(addresses: Sequence[str]) -> dict[str, str]:
    """Return the objects of AstDB: name -> JSON, few enough addresses in each."""
    parts: list[list[str]] = []
    for text in addresses:
        one = str(ipaddress.ip_network(text))
        if not parts or len(",".join(parts[-1])) + len(one) > LINE:
            parts.append([])
        parts[-1].append(one)
    return {
        f"b{place}": json.dumps({"deny": ",".join(part)}, separators=(",", ":"))
        for place, part in enumerate(parts)
    }


def _tell_asterisk(objects: dict[str, str]) -> bool:
    there = _there(ask_all([{"Action": "DBGetTree", "Family": FAMILY}])[0])
    changes = [
        {"Action": "DBPut", "Family": FAMILY, "Key": key, "Val": value}
        for key, value in objects.items()
        if there.get(key) != value
    ] + [
        {"Action": "DBDel", "Family": FAMILY, "Key": key}
        for key in there.keys() - objects.keys()
    ]
    answers = ask_all(changes) if changes else []
    return all(answer.get("Response") != "Error" for answer in answers)


def _there(answer: Answer) -> dict[str, str]:
    return {
        str(item["Key"]).rpartition("/")[2]: str(item.get("Val", ""))
        for item in answer.get("events", [])
        if "Key" in item
    }


def _write_file(addresses: Sequence[str]) -> None:
    """Write one address a line, at once or not at all; nothing when it is not wanted."""
    if not settings.BANS_FILE:
        return
    path = Path(settings.BANS_FILE)
    text = "".join(f"{address}\n" for address in addresses)
    try:
        if path.exists() and path.read_text() == text:
            return
        new = path.with_suffix(".new")
        new.write_text(text)
        os.replace(new, path)
    except OSError as error:
        logger.warning("bans not written: %s", error)
