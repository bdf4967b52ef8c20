"""What Celery beat runs for this room. Imported by the settings: no Django here."""

from __future__ import annotations

from typing import Any

BEAT: dict[str, dict[str, Any]] = {
    "tell-silent-phones": {
        "task": "pbx_console.provisioning.tasks.tell_silent_phones",
        "schedule": 1800.0,
        "options": {"expires": 900},
    },
    "forget-old-phone-events": {
        "task": "pbx_console.provisioning.tasks.forget_old_events",
        "schedule": 86400.0,
        "options": {"expires": 3600},
    },
    "tell-changed-phones": {
        "task": "pbx_console.provisioning.tasks.tell_changed_phones",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "look-at-all-phones": {
        "task": "pbx_console.provisioning.tasks.look_at_all_phones",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "remove-unused-links": {
        "task": "pbx_console.provisioning.tasks.remove_unused_links",
        "schedule": 3600.0,
        "options": {"expires": 1800},
    },
}
