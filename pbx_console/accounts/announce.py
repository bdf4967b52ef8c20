"""Telling a person's open pages that something about the person changed."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

logger = logging.getLogger(__name__)
ENDED = {"type": "person.ended"}


def person_group(user_id: int) -> str:
    """Return the Channels group of one person's pages; the only place it is named."""
    return f"person.{user_id}"


def announce_ended(user_ids: Iterable[int]) -> None:
    """Ask the open pages of these people to look whether they may stay.

    A failure to send is logged: each socket also asks by itself now and then.
    """
    try:
        async_to_sync(_tell)(list(user_ids))
    except Exception as error:  # noqa: BLE001 - the rights are gone all the same
        logger.warning("ended sessions not told: %s", error)


async def _tell(user_ids: list[int]) -> None:
    layer: Any = get_channel_layer()
    for user_id in user_ids:
        await layer.group_send(person_group(user_id), ENDED)
