"""Usage: the chain of exports, their files, sums per month."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from pbx_console.metering.exports import path_of
from pbx_console.metering.models import UsageExport
from tests.conftest import World
from tests.console.conftest import Opens, text_of


@pytest.fixture
def sealed(world: World, everyone: None) -> UsageExport:
    """Return the export of the cast's reseller."""
    return UsageExport.objects.get(reseller=world.nordbel.reseller)


def test_it_shows_the_chain_of_the_own_exports(
    sign_in: Opens, sealed: UsageExport
) -> None:
    shown = text_of(sign_in("owner").get("/usage/"))
    assert "Chain verified" in shown
    assert f"{sealed.sha256[:4]} {sealed.sha256[4:8]}" in shown


def test_it_lets_platform_staff_choose_whose_chain(sign_in: Opens) -> None:
    client = sign_in("operator")
    assert "Zuidlijn" in text_of(client.get("/usage/"))
    assert "Chain verified" in text_of(client.get("/usage/?reseller=zuidlijn"))


@pytest.mark.parametrize("rendering", ["csv", "jsonl", "xlsx", "manifest"])
def test_it_hands_out_the_sealed_bytes(
    sign_in: Opens, sealed: UsageExport, rendering: str
) -> None:
    url = f"/usage/nordbel/{sealed.sequence}/{rendering}/"
    response: Any = sign_in("billing").get(url)
    body = b"".join(response.streaming_content)
    assert hashlib.sha256(body).hexdigest() == sealed.files[rendering]["sha256"]


def test_it_hands_nothing_to_others(sign_in: Opens, sealed: UsageExport) -> None:
    url = f"/usage/nordbel/{sealed.sequence}/csv/"
    assert sign_in("owner", "zuidlijn").get(url).status_code == 404
    assert sign_in("technician").get(url).status_code == 403
    assert sign_in("admin").get(url).status_code == 403
    outside = "/usage/nordbel/1/..%2f..%2fsecret/"
    assert sign_in("owner").get(outside).status_code == 404
    assert sign_in("owner").get("/usage/nordbel/99/csv/").status_code == 404


def test_it_notices_a_file_that_was_changed(
    sign_in: Opens, sealed: UsageExport
) -> None:
    page = f"/usage/nordbel/{sealed.sequence}/"
    client = sign_in("owner")
    assert "changed since sealing" not in text_of(client.get(page))
    path = path_of(sealed, "jsonl")
    assert path is not None
    before = Path(path).read_bytes()
    try:
        path.chmod(0o640)
        path.write_bytes(before + b" ")
        assert "changed since sealing" in text_of(client.get(page))
    finally:
        path.write_bytes(before)


def test_it_shows_how_it_was_reconciled(sign_in: Opens, sealed: UsageExport) -> None:
    shown = text_of(sign_in("owner").get(f"/usage/nordbel/{sealed.sequence}/"))
    assert "Reconciled before sealing" in shown
    assert "matches" in shown


def test_it_sums_a_month_per_customer(sign_in: Opens) -> None:
    shown = text_of(sign_in("owner").get("/usage/months/"))
    assert "Möbelhaus Altendorf" in shown
    assert "Bakkerij" not in shown


@pytest.mark.parametrize("month", ["2026-13", "x", "0000-01", "2026-1"])
def test_it_shows_this_month_for_one_nobody_can_read(
    sign_in: Opens, month: str
) -> None:
    assert sign_in("owner").get("/usage/months/", {"month": month}).status_code == 200


def test_it_asks_a_fixed_number_of_queries(
    sign_in: Opens, django_assert_max_num_queries: Any
) -> None:
    client = sign_in("owner")
    client.get("/usage/months/")
    with django_assert_max_num_queries(14):
        client.get("/usage/months/")
