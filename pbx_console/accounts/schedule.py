"""What Celery beat runs for this room. Imported by the settings: no Django here."""

from __future__ import annotations

from typing import Any

BEAT: dict[str, dict[str, Any]] = {
    "clear-old-sessions": {
        "task": "pbx_console.accounts.tasks.clear_old_sessions",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    }
}
