"""The server in Asterisk's own words; knows no tenant."""

from __future__ import annotations

from django.apps import AppConfig


class AsteriskConfig(AppConfig):
    """Realtime tables, AMI and the journal's format."""

    name = "pbx_console.asterisk"
    label = "asterisk"
