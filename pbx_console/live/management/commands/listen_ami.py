"""`manage.py listen_ami`: keep the live state right until told to end."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from typing import Any

from django.core.management.base import BaseCommand

from pbx_console.asterisk.ami.client import reader
from pbx_console.live import changes
from pbx_console.live.listener import Listener


class Command(BaseCommand):
    """One process per installation; a second one does no harm but doubles the work."""

    help = "Follow the telephone system and keep the live state."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Run until SIGTERM or SIGINT."""
        asyncio.run(_listen())


async def _listen() -> None:
    loop = asyncio.get_running_loop()
    async with reader() as client:
        task = asyncio.gather(Listener(client).rounds(), changes.follow())
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, task.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await task
