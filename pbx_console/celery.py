"""The Celery application. Tasks are hints to look at a table, never facts."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pbx_console.settings")

app = Celery("pbx_console")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
