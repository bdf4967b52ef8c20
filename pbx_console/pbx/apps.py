"""What a telephone system should be, and its projection into Asterisk's tables."""

from __future__ import annotations

from django.apps import AppConfig


class PbxConfig(AppConfig):
    """Desired state."""

    name = "pbx_console.pbx"
    label = "pbx"

    def ready(self) -> None:
        """Tell the accounts room how to count what this room holds."""
        from pbx_console.pbx.services import quotas  # noqa: F401, PLC0415
