"""Recordings in the console: who hears them, that it is noted, how long they are kept."""

from __future__ import annotations

import datetime as dt
import os
import time
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import AuditEntry
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services.customers import save_customer
from pbx_console.asterisk.models import PsEndpoint
from pbx_console.pbx import projection, recording_files, recording_spool
from pbx_console.pbx.models.recordings import Recording, RecordingRules
from pbx_console.pbx.services.extensions import save_extension
from pbx_console.pbx.services.recording_expiry import expire
from pbx_console.pbx.services.recordings import save_rules
from tests.conftest import Tenant, World


@pytest.fixture(autouse=True)
def places(settings: Any, tmp_path: Path) -> Path:
    settings.RECORDING_SPOOL_DIR = tmp_path / "spool"
    settings.RECORDINGS_DIR = tmp_path / "kept"
    return tmp_path


@pytest.fixture
def visit(world: World, as_person: Any) -> Callable[[str], Client]:
    """Sign in as somebody at Nordbel."""
    place = world.nordbel
    return lambda role: as_person(place.people[role], place.host)


def taped(
    tenant: Tenant, *, days: int = 0, line: str = "", name: str = "", end: bool = True
) -> Path:
    """A recording of one second as Asterisk leaves it; returns its line's file."""
    folder = tenant_folder(tenant)
    path = folder / (name or f"{uuid4()}.txt")
    path.write_text(line or said(tenant, days))
    with wave.open(str(path.with_suffix(".wav")), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\x00\x20\x00\xe0" * 4000)
    if end:
        path.with_suffix(".end").write_text("")
    return path


def tenant_folder(tenant: Tenant) -> Path:
    from django.conf import settings  # noqa: PLC0415 - as the fixture has set it

    folder = Path(settings.RECORDING_SPOOL_DIR, tenant.customer.code)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def said(tenant: Tenant, days: int = 0, other: str = "+491701234567") -> str:
    at = int((timezone.now() - dt.timedelta(days=days)).timestamp())
    own = f"{tenant.customer.code}-{tenant.extension.number}"
    return f"1|{own}|rule|in|{other}|told|{at}|pbx1-1.7\n"


def kept(tenant: Tenant, *, days: int = 0) -> Recording:
    """A recording that was taken in."""
    key = UUID(taped(tenant, days=days).stem)
    assert recording_spool.sweep() == 1
    with as_everyone("test"):
        rows = Recording.objects.select_related("customer", "extension__customer")
        return rows.get(key=key)


def url(name: str, recording: Recording) -> str:
    return reverse(f"console:{name}", args=[recording.customer.code, recording.pk])


def listenings() -> list[tuple[str, str]]:
    with as_everyone("test"):
        rows = AuditEntry.objects.filter(object_type="recording").order_by("id")
        return list(rows.values_list("verb", "actor_name"))


def test_a_recording_is_taken_once_and_is_small_and_private(
    world: World, places: Path
) -> None:
    made = kept(world.nordbel)
    assert recording_spool.sweep() == 0
    path = recording_files.path_of(made.customer.code, made.key)
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (
        0o600,
        0o700,
    )
    assert made.extension == world.nordbel.extension
    assert (made.seconds, made.other_number) == (1, "+491701234567")
    assert 0 < made.size == path.stat().st_size < 8000
    assert not list((places / "spool").rglob("*.wav"))


@pytest.mark.parametrize(
    "what", ["line", "name", "customer", "symlink", "open", "text"]
)
def test_what_looks_odd_is_left_alone_and_goes_after_two_days(
    world: World, places: Path, what: str
) -> None:
    tenant = world.nordbel
    if what == "line":
        path = taped(tenant, line=said(tenant, other="1|told'; DROP"))
    elif what == "name":
        path = taped(tenant, name="../x.txt".replace("/", "_"))
    elif what == "customer":  # somebody else's folder
        path = taped(tenant, line=said(world.zuidlijn))
    elif what == "symlink":
        path = taped(tenant)
        path.with_suffix(".wav").unlink()
        path.with_suffix(".wav").symlink_to("/etc/passwd")
    elif what == "open":
        path = taped(tenant, end=False)
    else:
        path = taped(tenant, line="\x00\xff" * 9000)
    assert recording_spool.sweep() == 0
    assert path.exists()
    with as_everyone("test"):
        assert not Recording.objects.exists()
    old = time.time() - 3 * 86400
    os.utime(path, (old, old))
    for left in path.parent.iterdir():
        os.utime(left, (old, old), follow_symlinks=False)
    recording_spool.sweep()
    assert not list(path.parent.iterdir())


def test_a_broken_sound_does_not_keep_others_waiting(world: World) -> None:
    path = taped(world.nordbel, name=f"{UUID(int=0)}.txt")
    path.with_suffix(".wav").write_bytes(b"RIFF" + b"x" * 90)
    old = time.time() - 60
    os.utime(path.with_suffix(".end"), (old, old))
    taped(world.nordbel)
    assert recording_spool.sweep() == 1
    assert not path.exists()


def test_an_administrator_hears_it_and_that_is_noted_once(
    world: World, visit: Any
) -> None:
    made = kept(world.nordbel)
    client = visit("admin")
    page = client.get(reverse("console:recordings", args=[made.customer.code]))
    assert url("recording_sound", made) in page.content.decode()
    whole = client.get(url("recording_sound", made))
    assert whole["Content-Type"] == "audio/mpeg"
    assert (len(whole.content), whole["Cache-Control"]) == (
        made.size,
        "private, no-store",
    )
    part = client.get(url("recording_sound", made), headers={"range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, whole.content[100:200])
    assert part["Content-Range"] == f"bytes 100-199/{made.size}"
    tail = client.get(url("recording_sound", made), headers={"range": "bytes=-50"})
    assert tail.content == whole.content[-50:]
    past = client.get(url("recording_sound", made), headers={"range": "bytes=9999999-"})
    assert past.status_code == 416
    assert [verb for verb, _who in listenings()] == ["recording.heard"]
    taken = client.get(url("recording_file", made))
    assert taken["Content-Disposition"].startswith("attachment")
    assert [verb for verb, _who in listenings()][1:] == ["recording.downloaded"]
    shown = client.get(url("recording", made)).content.decode()
    assert shown.count(listenings()[0][1]) >= 2


def test_a_part_alone_is_noted_too(world: World, visit: Any) -> None:
    made = kept(world.nordbel)
    asked = {"range": "bytes=1-"}
    assert visit("admin").get(url("recording_sound", made), headers=asked)
    assert [verb for verb, _who in listenings()] == ["recording.heard"]


@pytest.mark.parametrize("role", ["owner", "technician", "reader", "end_user"])
def test_nobody_else_hears_it(world: World, visit: Any, role: str) -> None:
    made = kept(world.nordbel)
    for name in ("recording", "recording_sound", "recording_file", "recording_delete"):
        assert visit(role).get(url(name, made)).status_code == 403
    assert listenings() == []


def test_another_customers_recording_does_not_exist(world: World, visit: Any) -> None:
    foreign = kept(world.zuidlijn)
    own = world.nordbel.customer.code
    client = visit("admin")
    for name in ("recording", "recording_sound", "recording_file", "recording_delete"):
        assert client.get(url(name, foreign)).status_code == 404
        crossed = reverse(f"console:{name}", args=[own, foreign.pk])
        assert client.get(crossed).status_code == 404
        assert client.post(crossed).status_code == 404
    assert listenings() == []


def test_only_the_chosen_ones_listen(world: World, visit: Any) -> None:
    made = kept(world.nordbel)
    with as_everyone("test"):
        RecordingRules.objects.create(customer=made.customer, listeners=[0])
    assert visit("admin").get(url("recording_sound", made)).status_code == 403


def test_without_the_feature_there_is_nothing(world: World, visit: Any) -> None:
    made = kept(world.nordbel)
    with as_everyone("test"):
        extension = made.extension
        assert extension is not None
        own = {"customer": extension.customer, "extension": extension}
        save_extension(SYSTEM, **own, recorded="all")
        assert endpoint(extension).record_on_feature == "all:pbx/recorded:3"
        features = [f for f in extension.customer.features if f != "recording"]
        save_customer(
            SYSTEM,
            reseller=extension.customer.reseller,
            customer=extension.customer,
            features=features,
        )
        assert endpoint(extension).record_on_feature is None
        assert "PBX_RECORD" not in str(endpoint(extension).set_var)
    assert visit("admin").get(url("recording_sound", made)).status_code == 403


def endpoint(extension: Any) -> PsEndpoint:
    return PsEndpoint.objects.get(pk=extension.endpoint_id)


def test_the_rules_reach_the_phones_at_once(world: World, visit: Any) -> None:
    extension = world.nordbel.extension
    code = extension.customer.code
    with as_everyone("test"):
        own = {"customer": extension.customer, "extension": extension}
        save_extension(SYSTEM, **own, recorded="demand")
        assert "DYNAMIC_FEATURES=record" in str(endpoint(extension).set_var)
        assert projection.drift() == []
    page = reverse("console:recording_rules", args=[code])
    answer = visit("technician").post(page, {"keep_days": "7"})
    assert answer.status_code == 302
    with as_everyone("test"):
        assert endpoint(extension).record_on_feature == "demand:beep:1"
        save_extension(SYSTEM, **own, recorded="outside")
        assert endpoint(extension).record_on_feature == "outside::0"
        assert RecordingRules.objects.get().keep_days == 7
    assert visit("technician").post(page, {"keep_days": "0"}).status_code == 422


def test_kept_as_long_as_the_rules_say(world: World) -> None:
    old, young = kept(world.nordbel, days=8), kept(world.nordbel, days=6)
    other = kept(world.zuidlijn, days=8)
    with as_everyone("test"):
        save_rules(SYSTEM, customer=old.customer, keep_days=7)
        assert expire() == 1
        assert set(Recording.objects.all()) == {young, other}
        entry = AuditEntry.objects.get(verb="recording.expired")
        assert (entry.customer, entry.after["recordings"]) == (old.customer, 1)
    assert not recording_files.path_of(old.customer.code, old.key).exists()
    assert recording_files.path_of(young.customer.code, young.key).exists()


def test_deleting_takes_the_file_and_is_noted(
    world: World, visit: Any, django_capture_on_commit_callbacks: Any
) -> None:
    made = kept(world.nordbel)
    client = visit("admin")
    assert client.get(url("recording_delete", made)).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url("recording_delete", made))
    assert not recording_files.path_of(made.customer.code, made.key).exists()
    assert [verb for verb, _who in listenings()] == ["recording.deleted"]


def test_a_call_shows_its_recording(world: World, visit: Any) -> None:
    made = kept(world.nordbel)
    with as_everyone("test"):
        leg = made.customer.legs.latest("answered_at")
        Recording.objects.filter(pk=made.pk).update(linkedid=leg.linkedid)
    page = reverse("console:customer_calls", args=[made.customer.code])
    address = url("recording", made)
    assert address in visit("admin").get(page).content.decode()
    assert address not in visit("owner").get(page).content.decode()
