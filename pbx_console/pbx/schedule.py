"""What Celery beat runs for this room. Imported by the settings: no Django here."""

from __future__ import annotations

from typing import Any

BEAT: dict[str, dict[str, Any]] = {
    "refresh-pending": {
        "task": "pbx_console.pbx.tasks.refresh_pending",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "keep-holidays": {
        "task": "pbx_console.pbx.daily_tasks.keep_public_holidays",
        "schedule": 86400.0,
        "options": {"expires": 3600},
    },
    "sweep-voicemail": {
        "task": "pbx_console.pbx.tasks.sweep_voicemail",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "collect-prompts": {
        "task": "pbx_console.pbx.daily_tasks.collect_prompts",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "sweep-recordings": {
        "task": "pbx_console.pbx.tasks.sweep_recordings",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "expire-recordings": {
        "task": "pbx_console.pbx.daily_tasks.expire_recordings",
        "schedule": 3600.0,
        "options": {"expires": 1800},
    },
    "mend-sounds": {
        "task": "pbx_console.pbx.tasks.mend_sounds",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "remind-portings": {
        "task": "pbx_console.pbx.daily_tasks.remind_of_portings",
        "schedule": 3600.0,
        "options": {"expires": 1800},
    },
    "watch-carriers": {
        "task": "pbx_console.pbx.tasks.watch_carriers",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "follow-names": {
        "task": "pbx_console.pbx.tasks.follow_names",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "light-schedules": {
        "task": "pbx_console.pbx.schedule_lamps.mend",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "expire-bans": {
        "task": "pbx_console.pbx.daily_tasks.expire_bans",
        "schedule": 20.0,
        "options": {"expires": 20},
    },
    "call-back": {
        "task": "pbx_console.pbx.tasks.call_back",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
}
