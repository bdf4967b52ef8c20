"""Phones that set themselves up."""

from __future__ import annotations

from django.apps import AppConfig


class ProvisioningConfig(AppConfig):
    """Phones, what they are told, and what they did."""

    name = "pbx_console.provisioning"
    label = "provisioning"
