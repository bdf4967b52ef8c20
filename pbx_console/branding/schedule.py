"""What Celery beat runs for this room. Imported by the settings: no Django here."""

from __future__ import annotations

from typing import Any

from celery.schedules import crontab

BEAT: dict[str, dict[str, Any]] = {
    "send-mails": {
        "task": "pbx_console.branding.tasks.send_mails",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "forget-mails": {
        "task": "pbx_console.branding.tasks.forget_mails",
        "schedule": crontab(hour="3", minute="40"),
    },
    "check-domains": {
        "task": "pbx_console.branding.domain_tasks.check_domains",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
}
