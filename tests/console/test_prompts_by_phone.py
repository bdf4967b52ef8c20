"""Prompts spoken at a phone, in the console; what sounds count against a contract."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from pbx_console.accounts.models import AuditEntry
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services.quotas import Quota, use_of
from pbx_console.asterisk.ami.client import AmiError
from pbx_console.branding.models import OutgoingMail
from pbx_console.pbx import stored_files, voicemail_spool
from pbx_console.pbx.models import MusicTrack, Prompt, PromptCall
from pbx_console.pbx.services import prompt_calls, quotas
from tests.conftest import World
from tests.console.test_voicemail import box_of, person, put, spool, tone

__all__ = ["spool"]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    """What Asterisk is asked for."""
    found: list[dict[str, str]] = []

    def ask(actions: list[dict[str, str]]) -> list[dict[str, str]]:
        found.extend(actions)
        return [{"Response": "Success"}]

    monkeypatch.setattr(prompt_calls, "ask_all", ask)
    return found


def url(world: World, name: str, **more: Any) -> str:
    """An address of Nordbel's customer."""
    code = world.nordbel.customer.code
    return reverse(f"console:{name}", kwargs={"code": code, **more})


def calls() -> list[PromptCall]:
    """All calls so far, latest first."""
    with as_everyone("test"):
        return list(PromptCall.objects.select_related("prompt__customer", "extension"))


def speak(call: PromptCall, data: bytes) -> None:
    """What Asterisk does when somebody kept a recording."""
    path = prompt_calls.recording(call)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    with as_everyone("test"):
        PromptCall.objects.filter(pk=call.pk).update(state="kept")


def test_a_phone_rings_and_what_was_kept_is_the_prompt(
    world: World,
    spool: Path,
    asked: list[dict[str, str]],
    django_capture_on_commit_callbacks: Any,
) -> None:
    client = person(world, "admin")
    sent = {"name": "Hello", "extension": world.nordbel.extension.pk}
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(url(world, "prompt_record_new"), sent)
    (call,) = calls()
    assert answer["Location"] == url(world, "prompt", key=call.prompt_id)
    (action,) = asked
    assert action["Variable"] == f"PROMPT_CALL={call.key}"
    assert "Hello" not in str(action)  # nothing that people wrote goes over AMI
    piece = url(world, "prompt_by_phone", key=call.prompt_id)
    assert "every 2s" in client.get(piece).content.decode()
    speak(call, tone(1))
    with django_capture_on_commit_callbacks(execute=True):
        shown = client.get(piece).content.decode()
    assert 'role="status" data-state="live"' in shown
    assert "every 2s" not in shown
    with as_everyone("test"):
        prompt = Prompt.objects.get(name="Hello")
        verbs = list(AuditEntry.objects.values_list("verb", "actor_name"))
    assert (prompt.source, prompt.seconds) == ("phone", 1)
    assert ("prompt.saved", "201 Reception") in verbs
    assert not prompt_calls.recording(call).exists()


@pytest.mark.parametrize("data", [b"RIFFno sound", b"", tone(0.01)])
def test_a_recording_without_sound_changes_nothing(
    world: World, spool: Path, asked: list[dict[str, str]], data: bytes
) -> None:
    with as_everyone("test"):
        prompt = Prompt.objects.create(customer=world.nordbel.customer, name="Hello")
    client = person(world, "admin")
    sent = {"extension": world.nordbel.extension.pk}
    client.post(url(world, "prompt_record", key=prompt.pk), sent)
    speak(calls()[0], data)
    with as_everyone("test"):
        assert prompt_calls.sweep() == 0
        prompt.refresh_from_db()
    assert (calls()[0].state, prompt.digest) == ("refused", "")
    assert calls()[0].problem


def test_strangers_phones_never_ring(
    world: World, asked: list[dict[str, str]], django_capture_on_commit_callbacks: Any
) -> None:
    client = person(world, "admin")
    sent = {"name": "Hello", "extension": world.zuidlijn.extension.pk}
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(url(world, "prompt_record_new"), sent).status_code == 422
    assert not asked
    with as_everyone("test"):
        assert not Prompt.objects.filter(name="Hello").exists()


def test_without_the_telephone_system_the_page_says_so(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    def away(_actions: object) -> None:
        raise AmiError("away")

    monkeypatch.setattr(prompt_calls, "ask_all", away)
    client = person(world, "admin")
    sent = {"name": "Hello", "extension": world.nordbel.extension.pk}
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(url(world, "prompt_record_new"), sent)
    page = client.get(answer["Location"]).content.decode()
    assert 'role="status" data-state="failed"' in page
    assert str(calls()[0].problem) in page


def send(world: World, stem: str, name: str) -> Any:
    """An administrator uploads ten seconds: 320 kB once they are converted."""
    sent = SimpleUploadedFile("some.wav", tone(10))
    values = {"name": name, "upload": sent}
    return person(world, "admin").post(url(world, f"{stem}_new"), values)


def used(owner: Any) -> int:
    """The megabytes of an owner, begun ones as whole."""
    with as_everyone("test"):
        return use_of(owner, Quota.STORAGE).used


def stored(owner: Any) -> int:
    """The bytes of an owner's sounds and files."""
    with as_everyone("test"):
        return quotas.sounds(owner) + quotas.files(owner)


def test_sounds_and_messages_count_and_a_full_contract_refuses_more(
    world: World, spool: Path
) -> None:
    customer = world.nordbel.customer
    stored_files.forget(customer.code)  # another test's
    assert used(customer) == 0
    with as_everyone("test"):
        customer.max_storage_mb = 1
        customer.save()
    text = put(spool, box_of(world))
    text.with_suffix(".wav").write_bytes(tone() + bytes(500_000))
    voicemail_spool.sweep()
    assert stored_files.total([customer.code]) > 500_000
    assert send(world, "prompt", "One").status_code == 302
    with as_everyone("test"):
        assert OutgoingMail.objects.filter(kind="quota_warning").exists()
    for stem in ("prompt", "music"):
        refused = send(world, stem, "Two")
        assert refused.status_code == 422
        assert "1 MB" in refused.content.decode()
    assert used(customer) == 1
    assert stored(customer.reseller) > 800_000
    with as_everyone("test"):
        assert not MusicTrack.objects.exists()
        key = Prompt.objects.get(name="One").pk
    gone = url(world, "prompt_delete", key=key)
    assert person(world, "admin").post(gone, {"confirm": "One"}).status_code == 302
    assert send(world, "prompt", "Two").status_code == 302
