"""Benchmarks: `python -m tests.bench [name …]` prints one JSON line each.

{name, figure, unit, baseline, ratio, command}: the baseline is measured in the same run on
the same machine, and the ratio says how the figure stands to it. The database that
DATABASE_URL names is emptied; its name must contain "test". `make bench` brings servers.
"""

from __future__ import annotations

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pbx_console.settings")
os.environ.setdefault("PBX_LOG_LEVEL", "ERROR")
django.setup()

from tests import schema  # noqa: E402 - after the set-up
from tests.bench import (  # noqa: E402 - after the set-up
    bulk_import,
    journal,
    outside_calls,
    pages,
    phone_files,
    registration,
)
from tests.bench.report import Bench  # noqa: E402
from tests.conftest import owner_connection  # noqa: E402

BENCHES: dict[str, Bench] = {
    "journal": journal.journal,
    "rating": journal.rating,
    "pages": pages.pages,
    "phone_files": phone_files.phone_files,
    "registration": registration.registration,
    "bulk_import": bulk_import.bulk_import,
    "outside_calls": outside_calls.outside_calls,
    "call_cost": outside_calls.call_cost,
}


def new_database() -> None:
    """Empty the test database and migrate it."""
    with owner_connection() as owner:
        name = owner.info.dbname
        if "test" not in name:
            raise SystemExit(f"{name} is emptied first; name a test database.")
        owner.execute("DROP SCHEMA IF EXISTS asterisk CASCADE")
        owner.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    schema.migrate(os.environ)


def main() -> None:
    """Run the benchmarks that are named, or all."""
    names = sys.argv[1:] or list(BENCHES)
    unknown = set(names) - set(BENCHES)
    if unknown:
        raise SystemExit(f"There are {', '.join(BENCHES)}; not {', '.join(unknown)}.")
    for name in names:
        new_database()
        for result in BENCHES[name]():
            result.print(name)


if __name__ == "__main__":
    main()
