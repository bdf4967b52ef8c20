"""Phones that set themselves up."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class ProvisioningConfig(AppConfig):
    """Phones, what they are told, and what they did."""

    name = "pbx_console.provisioning"
    label = "provisioning"

    def ready(self) -> None:
        """Let the worker know the tasks, and accounts that go a last word."""
        import_module("pbx_console.provisioning.fetch_tasks")
        notify = import_module("pbx_console.provisioning.services.notify")
        import_module("pbx_console.pbx.refresh").farewells.append(notify.farewell)
