"""The metering room."""

from __future__ import annotations

from django.apps import AppConfig


class MeteringConfig(AppConfig):
    """Journal to legs to charges to sealed exports."""

    name = "pbx_console.metering"
    label = "metering"
