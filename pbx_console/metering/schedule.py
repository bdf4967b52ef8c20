"""What Celery beat runs for this room. Imported by the settings: no Django here."""

from __future__ import annotations

from typing import Any

# A sweep each minute instead of one fixed hour: each reseller's night begins at 02:00 of
# its own zone, and a missed night is made up for at once.
BEAT: dict[str, dict[str, Any]] = {
    "seal-due-exports": {
        "task": "pbx_console.metering.tasks.seal_due_exports",
        "schedule": 60.0,
        "options": {"expires": 60},
    }
}
