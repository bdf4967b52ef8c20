"""Our realtime tables have only columns that the Asterisk in use knows."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.db.models import Model

from embedded import asterisk_root
from pbx_console.asterisk.models import (
    AstQueue,
    AstQueueMember,
    PsAor,
    PsAuth,
    PsEndpoint,
    PsEndpointIdIp,
)
from pbx_console.pbx.projection import REALM

pytestmark = pytest.mark.asterisk
OBJECTS = {
    ("res_pjsip", "endpoint"): PsEndpoint,
    ("res_pjsip", "auth"): PsAuth,
    ("res_pjsip", "aor"): PsAor,
    ("res_pjsip_endpoint_identifier_ip", "identify"): PsEndpointIdIp,
}


def documented() -> dict[tuple[str, str], set[str]]:
    """Options per object, from the documentation that came with Asterisk."""
    path = "usr/share/asterisk/documentation/core-en_US.xml"
    tree = ElementTree.parse(asterisk_root.ensure() / path)
    return {
        (str(info.get("name")), str(obj.get("name"))): {
            str(option.get("name")) for option in obj.iter("configOption")
        }
        for info in tree.iter("configInfo")
        for obj in info.iter("configObject")
    }


@pytest.mark.parametrize("place", OBJECTS)
def test_it_writes_only_columns_that_asterisk_knows(place: tuple[str, str]) -> None:
    columns = {field.column for field in OBJECTS[place]._meta.concrete_fields}
    assert columns - {"id"} <= documented()[place]


def test_it_tells_asterisk_the_realm_of_the_digests() -> None:
    text = (settings.BASE_DIR / "asterisk_conf" / "etc" / "pjsip.conf").read_text()
    assert f"default_realm = {REALM}\n" in text


@pytest.mark.parametrize("table", [AstQueue, AstQueueMember])
def test_it_writes_only_columns_that_app_queue_knows(table: type[Model]) -> None:
    """Queues have no documented objects: their words are in the module and its sample."""
    root = asterisk_root.ensure()
    (module,) = root.glob("usr/lib/*/asterisk/modules/app_queue.so")
    sample = root / "usr/share/asterisk/conf/samples/queues.conf.sample"
    known = module.read_bytes() + sample.read_bytes().replace(b"-", b"_")
    columns = {field.column.encode() for field in table._meta.concrete_fields}
    assert [name for name in columns - {b"name"} if name not in known] == []
