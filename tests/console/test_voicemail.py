"""Voicemail, prompts and music in the console; who may hear what."""

from __future__ import annotations

import datetime as dt
import io
import os
import wave
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.scope import as_everyone
from pbx_console.branding.mail import outbox
from pbx_console.branding.models import OutgoingMail
from pbx_console.pbx import sounds, voicemail_spool
from pbx_console.pbx.models import (
    MusicClass,
    Prompt,
    VoicemailBox,
    VoicemailMessage,
)
from pbx_console.pbx.services.voicemail_boxes import delete_box, has_pin, save_box
from tests.conftest import World, sign_in_as


def tone(seconds: float = 0.5) -> bytes:
    """A short WAV."""
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\x00\x20\x00\xe0" * int(4000 * seconds))
    return held.getvalue()


@pytest.fixture
def spool(settings: Any, tmp_path: Path) -> Path:
    """A spool and a directory of sounds of our own."""
    settings.VOICEMAIL_DIR = tmp_path / "voicemail"
    settings.SOUNDS_DIR = tmp_path / "sounds"
    return tmp_path / "voicemail"


def box_of(world: World, **values: Any) -> VoicemailBox:
    """201's own box, or a shared one."""
    tenant = world.nordbel
    own: dict[str, Any] = {"name": "Reception", "extension": tenant.extension}
    if "number" in values:
        own = {"name": "Workshop"}
    with as_everyone("test"):
        return save_box(SYSTEM, customer=tenant.customer, **{**own, **values})


def put(spool: Path, box: VoicemailBox, name: str = "msg0000", **said: str) -> Path:
    """A message as Asterisk leaves it."""
    folder = spool / box.customer.code / box.mailbox / said.pop("folder", "INBOX")
    folder.mkdir(parents=True, exist_ok=True)
    lines = {"callerid": '"Ada" <+4930231250>', "origtime": "1795300000"}
    lines |= {"duration": "7", "msg_id": "1795300000-00000001", **said}
    text = "[message]\n" + "".join(f"{k}={v}\n" for k, v in lines.items())
    (folder / f"{name}.wav").write_bytes(tone())
    (folder / f"{name}.txt").write_text(text)
    return folder / f"{name}.txt"


def rows(box: VoicemailBox) -> list[VoicemailMessage]:
    """The messages that the console knows."""
    with as_everyone("test"):
        return list(VoicemailMessage.objects.filter(box=box))


def mails() -> list[OutgoingMail]:
    """Mails about messages."""
    with as_everyone("test"):
        return list(OutgoingMail.objects.filter(kind="voicemail_message"))


def test_a_message_is_noted_and_mailed_once(world: World, spool: Path) -> None:
    box = box_of(world, mail_to="ada@example.com, bob@example.com")
    text = put(spool, box)
    assert [voicemail_spool.sweep() for _ in range(3)] == [1, 0, 0]
    (message,) = rows(box)
    assert (message.caller_name, message.caller_number) == ("Ada", "+4930231250")
    assert message.left_at == dt.datetime.fromtimestamp(1795300000, dt.UTC)
    assert sorted(mail.to for mail in mails()) == ["ada@example.com", "bob@example.com"]
    old = text.parent.parent / "Old"
    old.mkdir()
    for path in text.parent.iterdir():  # listened to by phone
        path.rename(old / path.name)
    assert voicemail_spool.sweep() == 0
    assert not rows(box)[0].is_new
    assert len(mails()) == 2
    for path in old.iterdir():  # deleted by phone
        path.unlink()
    voicemail_spool.sweep()
    assert not rows(box)


def test_the_recording_is_attached_and_deleted_once_the_mail_left(
    world: World,
    spool: Path,
    monkeypatch: pytest.MonkeyPatch,
    mailoutbox: list[Any],
    django_capture_on_commit_callbacks: Any,
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(
        voicemail_spool, "ask_all", lambda actions: asked.append(actions) or [{}, {}]
    )
    box = box_of(
        world,
        mail_to="ada@example.com",
        mail_as="attached",
        delete_after_mail=True,
    )
    put(spool, box)
    voicemail_spool.sweep()
    assert not asked
    with django_capture_on_commit_callbacks(execute=True):
        outbox.run()
    (mail,) = mailoutbox
    sent = {part.get_filename(): part for part in mail.message().walk()}
    name = next(n for n in sent if n and n.endswith(".wav"))
    assert sent[name].get_payload(decode=True) == tone()
    assert asked[0][0]["Action"] == "VoicemailRemove"
    assert asked[0][0]["Mailbox"] == box.mailbox
    assert not rows(box)


def test_what_a_deleted_box_left_is_removed_after_a_day(
    world: World, spool: Path
) -> None:
    box = box_of(world)
    folder = put(spool, box).parent.parent
    stranger = spool / "cnobody" / "7"
    stranger.mkdir(parents=True)
    with as_everyone("test"):
        delete_box(SYSTEM, box)
    voicemail_spool.sweep()
    assert folder.exists()
    for path in (folder, stranger):
        os.utime(path, (1, 1))
    voicemail_spool.sweep()
    assert not folder.exists()
    assert stranger.exists()  # of nobody that this database knows


@pytest.mark.parametrize(
    "said",
    [
        {"msg_id": "../../etc/passwd"},
        {"msg_id": ""},
        {"origtime": "9" * 40, "duration": "x" * 99},
        {"callerid": '"<script>\x00\x1b[0m" <<<' + "9" * 500},
        {"callerid": '"x\nmsg_id=666-6" <1>'},
    ],
)
def test_a_hostile_message_file_raises_nothing(
    world: World, spool: Path, said: dict[str, str]
) -> None:
    box = box_of(world)
    put(spool, box, **said)
    voicemail_spool.sweep()
    assert all(len(m.caller_number) <= 40 for m in rows(box))


def url(name: str, box: VoicemailBox, **more: Any) -> str:
    """An address of a box."""
    kwargs = {"code": box.customer.code, "key": box.pk, **more}
    return reverse(f"console:{name}", kwargs=kwargs)


def person(world: World, role: str) -> Client:
    """Somebody of Nordbel, signed in."""
    tenant = world.nordbel
    return sign_in_as(Client(headers={"host": tenant.host}), tenant.people[role])


def test_only_whom_it_is_meant_for_hears_it(world: World, spool: Path) -> None:
    own, shared = box_of(world), box_of(world, number="390")
    for box in (own, shared):
        put(spool, box)
    voicemail_spool.sweep()
    heard = {}
    for role in ("owner", "technician", "reader", "admin", "end_user"):
        client = person(world, role)
        heard[role] = [
            client.get(url("voicemail_sound", box, message=rows(box)[0].pk)).status_code
            for box in (own, shared)
        ]
    assert heard["owner"] == heard["technician"] == heard["reader"] == [403, 403]
    assert heard["admin"] == [404, 200]
    assert heard["end_user"] == [200, 404]


def test_it_is_heard_marked_and_deleted_in_the_console(
    world: World, spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(
        voicemail_spool, "ask_all", lambda a: asked.append(a[0]["Action"]) or [{}, {}]
    )
    box = box_of(world)
    put(spool, box)
    client = person(world, "end_user")
    page = client.get(url("voicemail_messages", box)).content.decode()
    assert "+4930231250" in page
    message = rows(box)[0].pk
    sound = client.get(url("voicemail_sound", box, message=message))
    assert (sound.content, sound["Content-Type"]) == (tone(), "audio/wav")
    client.post(url("voicemail_heard", box, message=message))
    client.post(url("voicemail_remove", box, message=message))
    assert asked == ["VoicemailMove", "VoicemailRemove"]
    assert not rows(box)


def test_the_pin_is_set_and_never_shown(world: World, spool: Path) -> None:
    box = box_of(world)
    client = person(world, "end_user")
    refused = client.post(url("voicemail_pin", box), {"pin": "1234"})
    assert refused.status_code == 422
    assert client.post(url("voicemail_pin", box), {"pin": "4071"}).status_code == 302
    assert has_pin(box)
    assert "4071" not in client.get(url("voicemail_messages", box)).content.decode()


def prompt_url(world: World, name: str, **more: Any) -> str:
    """An address of prompts and music."""
    return reverse(
        f"console:{name}", kwargs={"code": world.nordbel.customer.code, **more}
    )


def test_a_prompt_is_uploaded_and_lies_where_it_is_played(
    world: World, spool: Path, django_capture_on_commit_callbacks: Any
) -> None:
    client = person(world, "admin")
    sent = SimpleUploadedFile("hello.exe", tone())
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(
            prompt_url(world, "prompt_new"), {"name": "Hello", "upload": sent}
        )
    assert answer.status_code == 302
    with as_everyone("test"):
        prompt = Prompt.objects.get(name="Hello")
        path = sounds.prompts_folder() / f"{prompt.digest}.wav16"
        assert path.read_bytes() == bytes(prompt.data)
        path.unlink()  # a new container, a lost disk
        sounds.mend()
        assert path.exists()
    heard = client.get(prompt_url(world, "prompt_sound", key=prompt.pk))
    assert heard.content == bytes(prompt.data)


@pytest.mark.parametrize(
    "data", [b"MZ no sound", b"", b"RIFF\x00\x00\x00\x00WAVE", b"<svg onload='x'/>"]
)
def test_an_upload_that_is_no_sound_is_refused(world: World, data: bytes) -> None:
    client = person(world, "admin")
    for name in ("prompt_new", "music_new"):
        sent = SimpleUploadedFile("hello.wav", data)
        values = {"name": "Hello", "upload": sent}
        assert client.post(prompt_url(world, name), values).status_code == 422
    with as_everyone("test"):
        assert not Prompt.objects.filter(name="Hello").exists()
        assert not MusicClass.objects.filter(name="Hello").exists()


def test_a_prompt_that_is_played_stays(world: World, spool: Path) -> None:
    client = person(world, "admin")
    client.post(prompt_url(world, "prompt_new"), {"name": "Away", "text": "Away."})
    with as_everyone("test"):
        prompt = Prompt.objects.get(name="Away")
    box_of(world, number="390", greeting=prompt)
    gone = client.post(
        prompt_url(world, "prompt_delete", key=prompt.pk), {"confirm": "Away"}
    )
    assert gone.status_code == 422
    assert "390 Workshop" in gone.content.decode()


def test_music_is_the_customers_and_heard_by_everybody_on_hold(
    world: World, spool: Path, django_capture_on_commit_callbacks: Any
) -> None:
    from django.db import connection  # noqa: PLC0415

    client = person(world, "admin")
    sent = SimpleUploadedFile("Calm.wav", tone())
    data = {"name": "Ours", "is_default": "on", "upload": sent}
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(prompt_url(world, "music_new"), data).status_code == 302
    with as_everyone("test"):
        music = MusicClass.objects.get(name="Ours")
        assert [track.name for track in music.tracks.all()] == ["Calm"]
    (file,) = sounds.music_folder(music.pk).iterdir()
    assert file.name.startswith("001-")
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, directory FROM asterisk.musiconhold ORDER BY name")
        told = dict(cursor.fetchall())
    code = world.nordbel.customer.code
    assert told == {code: f"music/m{music.pk}", f"m{music.pk}": f"music/m{music.pk}"}
