"""The app of brands and their host names."""

from __future__ import annotations

from django.apps import AppConfig


class BrandingConfig(AppConfig):
    """Registers the models."""

    name = "pbx_console.branding"
