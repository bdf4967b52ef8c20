"""Looking at refusals after the answer. A hint may be lost: phones ask again."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from celery import shared_task

from pbx_console.provisioning import alarms

logger = logging.getLogger(__name__)


@shared_task(ignore_result=True)
def look_at_refusal(reseller_id: int, reason: str, **seen: Any) -> None:
    """Find out which phone was meant, write it down and warn."""
    alarms.look(reseller_id, reason, **seen)


def hint(
    reseller_id: int,
    reason: str,
    *,
    address: str,
    agent: str,
    macs: Sequence[str],
    families: Sequence[str],
    phone_id: int | None,
) -> None:
    """Ask a worker; without a broker nothing is written down, and nothing is opened."""
    try:
        look_at_refusal.delay(
            reseller_id,
            reason,
            address=address,
            agent=agent,
            macs=list(macs),
            families=list(families),
            phone_id=phone_id,
        )
    except Exception as error:  # noqa: BLE001 - whatever the broker's client raises
        logger.warning("a refused fetch was not looked at: %s", type(error).__name__)
