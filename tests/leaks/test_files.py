"""No file that browsers get, no export and no configured banner names anybody."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.urls import reverse

from embedded.processes import WEB
from tests.conftest import World
from tests.leaks.pages import body
from tests.leaks.scanner import PROJECT, Scanner

BUILT = ("build/app.css", "build/app.js", "build/icons.svg")


@pytest.mark.parametrize("name", BUILT)
def test_no_built_file_names_the_project(named: World, name: str) -> None:
    found = finders.find(name)
    assert found, "build the assets first: make assets"
    with open(str(found), encoding="utf-8") as file:
        text = file.read()
    names = (*PROJECT, "Zuidlijn", "Nordbel", "Wolkenstern", r"sourceMappingURL")
    assert [n for n in names if re.search(n, text, re.I)] == []


@pytest.mark.parametrize("rendering", ["csv", "xlsx", "jsonl", "manifest"])
def test_no_export_names_anybody(
    named: World, scan: Scanner, as_person: Any, rendering: str
) -> None:
    tenant = named.nordbel
    client = as_person(tenant.people["owner"], tenant.host)
    page = client.get(
        reverse("console:export", kwargs=_export(tenant)),
    ).content.decode()
    links = re.findall(rf'href="([^"]*/{rendering}/)"', page)
    assert links, "the page of the export links to its files"
    response = client.get(links[0])
    assert response.status_code == 200
    data = body(response)
    leaks = scan.scan(f"export {rendering} headers", str(dict(response.items())))
    for part, text in _parts(data):
        leaks += scan.scan(f"export {rendering} {part}", text)
    assert leaks == []


def _export(tenant: Any) -> dict[str, Any]:
    from tests.meta.objects import VALUES  # noqa: PLC0415 - needs the database

    return {"slug": tenant.reseller.slug, "sequence": VALUES["sequence"](tenant)}


def _parts(data: bytes) -> list[tuple[str, bytes]]:
    """A spreadsheet is a ZIP file: look at each file in it, its metadata included."""
    if not data.startswith(b"PK"):
        return [("bytes", data)]
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return [(name, book.read(name)) for name in book.namelist()]


def test_the_proxy_and_the_server_send_no_banner() -> None:
    caddyfile = (settings.BASE_DIR / "deploy" / "Caddyfile").read_text("utf-8")
    for header in ("Server", "Via", "X-Powered-By"):
        assert re.search(rf"^\s+-{header}$", caddyfile, re.M)
        assert f"header_down -{header}" in caddyfile
    assert "--no-server-header" in WEB.arguments


def test_no_log_keeps_addresses_of_pages() -> None:
    assert "--no-access-log" in WEB.arguments
    compose = (settings.BASE_DIR / "docker-compose.yml").read_text("utf-8")
    assert "--no-access-log" in compose


def test_the_second_factor_names_the_reseller(
    named: World, scan: Scanner, as_person: Any
) -> None:
    tenant = named.nordbel
    client = as_person(tenant.people["admin"], tenant.host)
    page = client.get(reverse("console:second_factor_setup"))
    assert scan.scan("page totp body", body(page)) == []
    assert "Nordbel" in json.dumps(body(page).decode())
