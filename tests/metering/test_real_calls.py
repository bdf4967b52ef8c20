"""Promise 3 on the real Asterisk: a call on the wire is a line in the sealed export."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from pbx_console.accounts.scope import as_everyone
from pbx_console.metering import exports, ingest
from pbx_console.metering.derive import differences
from pbx_console.metering.models import Leg
from tests.asterisk.conftest import House, house  # noqa: F401 - the fixture
from tests.asterisk.sipp import wait_for
from tests.asterisk.test_calls import OUTSIDE, seconds

pytestmark = pytest.mark.asterisk


def test_it_bills_the_seconds_that_the_carrier_saw(
    house: House,  # noqa: F811 - the fixture
    settings: Any,
    tmp_path: Path,
) -> None:
    settings.DATA_DIR = tmp_path / "data"
    north = house.world.nordbel
    phone = house.phone(north.extension)
    with house.carrier.answering() as trunk:
        for dialled in (OUTSIDE, "112"):
            assert phone.call(dialled, talk=1.2).wait() == 0
        heard = seconds(trunk)
        wait_for(house.quiet)
    with as_everyone("test"):
        ingest.run_once()
        legs = Leg.objects.filter(customer=north.customer)
        outside = legs.filter(number=OUTSIDE).latest("answered_at")
        emergency = legs.get(direction="emergency")
        assert (outside.number, outside.extension_number) == (OUTSIDE, "201")
        assert outside.duration_ms is not None
        assert abs(outside.duration_ms / 1000 - heard) < 0.1
        assert (outside.state, emergency.state) == ("rated", "rated")
        assert differences() == []
        sealed = exports.run_due(timezone.now() + timedelta(days=2))
        rows = [row for each in sealed for row in _rows(each)]
    retail = [r for r in rows if r["number"] == OUTSIDE[1:] and r["level"] == "retail"]
    own = [r for r in retail if r["duration_ms"] == str(outside.duration_ms)]
    assert [row["amount"] for row in own] == ["0.030000"]
    assert {r["amount"] for r in rows if r["direction"] == "emergency"} == {"0.000000"}


def _rows(export: Any) -> list[dict[str, str]]:
    path = exports.path_of(export, "csv")
    assert path is not None
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
