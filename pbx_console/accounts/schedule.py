"""What Celery beat runs for this room. Imported by the settings: no Django here."""

from __future__ import annotations

from typing import Any

BEAT: dict[str, dict[str, Any]] = {
    "send-waiting-invitations": {
        "task": "pbx_console.accounts.tasks.send_waiting_invitations",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "clear-old-sessions": {
        "task": "pbx_console.accounts.tasks.clear_old_sessions",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
}
