"""An invented world to try the console with. No tables of its own."""

from __future__ import annotations

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Loaded by `make demo`; production never runs its command."""

    name = "pbx_console.demo"
    label = "demo"
