"""The console's Django project: wiring only, the rooms are the sub-packages."""

from __future__ import annotations

from pbx_console.celery import app as celery_app

__all__ = ["celery_app"]
