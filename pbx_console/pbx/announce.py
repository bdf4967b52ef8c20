"""Telling open pages that an object's state changed. Best effort: the page also asks."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

from pbx_console.pbx.models import Device, Extension
from pbx_console.pbx.models.confirmed import Confirmed

logger = logging.getLogger(__name__)


def customer_group(code: str) -> str:
    """Return the Channels group of one customer's pages; the only place it is named."""
    return f"customer.{code}"


def announce_states(objects: Iterable[Confirmed]) -> None:
    """Send `{"type": "object.state", "endpoint": …, "state": …}` to the customer's group.

    Failure to send is logged and forgotten: the state is in the database.
    """
    layer: Any = get_channel_layer()
    for obj in objects:
        if isinstance(obj, Extension | Device):
            try:
                async_to_sync(layer.group_send)(
                    customer_group(obj.customer.code), state_message(obj)
                )
            except Exception as error:  # noqa: BLE001 - a page that misses it asks again
                logger.warning("state of %s not sent: %s", obj.endpoint_id, error)


def state_message(extension: Extension | Device) -> dict[str, Any]:
    """Return what a page needs to show the state of an extension or a device."""
    whole = extension.extension if isinstance(extension, Device) else extension
    return {
        "type": "object.state",
        "endpoint": extension.endpoint_id,
        "number": whole.number,
        "state": str(extension.state),
        "failure": extension.failure,
        "seconds": extension.seconds_to_live,
    }
