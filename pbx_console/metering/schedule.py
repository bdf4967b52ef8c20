"""What Celery beat runs for this room. Imported by the settings: no Django here."""

from __future__ import annotations

from typing import Any

BEAT: dict[str, dict[str, Any]] = {}
