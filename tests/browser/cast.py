"""Makes the world of the browser tests: the demo's firms and two days of calls.

Run as a program by conftest, on a database of its own, so that no other test sees it.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import django


def main(out: Path) -> None:
    """Load the world and write its logins to `out`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pbx_console.settings")
    django.setup()
    from django.conf import settings  # noqa: PLC0415 - after django.setup()
    from django.utils import timezone  # noqa: PLC0415

    from pbx_console.accounts.scope import as_everyone  # noqa: PLC0415
    from pbx_console.demo import load  # noqa: PLC0415
    from pbx_console.metering import exports, ingest  # noqa: PLC0415

    load.HISTORY_DAYS = 1
    settings.CELERY_BROKER_URL = "memory://"
    packs = Path(settings.BASE_DIR) / "branding"
    with as_everyone("browser tests"):
        world = load.load(trunk_host="127.0.0.2", trunk_port=5070, packs=packs)
        out.write_text(json.dumps(asdict(world)), encoding="utf-8")
        load.history()
        ingest.run_once()
        exports.export_day(timezone.now().date() - timedelta(days=1))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
