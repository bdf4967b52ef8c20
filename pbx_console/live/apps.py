"""What is going on now: the listener, its state in Redis, and the sockets. No tables."""

from __future__ import annotations

from django.apps import AppConfig


class LiveConfig(AppConfig):
    """Nothing here is money, and everything may be lost and is right again soon."""

    name = "pbx_console.live"
    label = "live"
