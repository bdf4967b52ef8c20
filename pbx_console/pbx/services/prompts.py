"""Saving and deleting prompts and music: uploaded, or spoken from a text."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import Customer
from pbx_console.accounts.services import audit
from pbx_console.lib import audio
from pbx_console.pbx import sounds
from pbx_console.pbx.models.prompts import MusicClass, MusicTrack, Prompt, PromptCall
from pbx_console.pbx.services.nouns import drop, store, use_text
from pbx_console.pbx.services.quotas import look_again_at, make_room

FIELDS = ["name", "source", "text", "language", "phone_code"]
MUSIC = ["name", "is_default"]
TRACK = ["name", "position"]
MOST_TRACKS = 20


def heard(data: bytes) -> audio.Sound:
    """Return the sound of an upload. Raises ValidationError with what to do about it."""
    if len(data) > audio.MOST_BYTES:
        raise ValidationError(
            {"upload": _("The file is larger than 20 MB. Make it shorter.")}
        )
    try:
        return audio.read(data)
    except audio.TooLong:
        problem = _("The recording is longer than 10 minutes. Cut it shorter.")
    except audio.NotAudio:
        problem = _(
            "No sound can be read from this file, whatever its name says. Save it as"
            " WAV, MP3, FLAC or Ogg."
        )
    raise ValidationError({"upload": problem})


def spoken(text: str, language: str) -> audio.Sound:
    """Return a text as sound. Raises ValidationError."""
    try:
        return audio.speak(text, language)
    except audio.NoVoice:
        problem = _("No voice is installed here. Upload a recording instead.")
    except (audio.NotAudio, audio.TooLong):
        problem = _("This text cannot be spoken. Write a few plain sentences.")
    raise ValidationError({"text": problem})


@transaction.atomic
def save_prompt(
    actor: Actor,
    *,
    customer: Customer,
    prompt: Prompt | None = None,
    upload: bytes | None = None,
    recorded: bool = False,
    **values: Any,
) -> Prompt:
    """Create or change a prompt. An upload wins over a text; without either its sound
    stays. `recorded`: the upload was spoken at a phone. Raises ValidationError."""
    prompt = prompt or Prompt(customer=customer)
    values.pop("source", None)
    sound = _sound_for(prompt, upload, values)
    if sound is not None and recorded:
        values["source"] = Prompt.Source.PHONE
    if sound is not None:
        make_room(actor, customer, len(sound.data) - len(prompt.data))
        prompt.data, prompt.digest = sound.data, sound.digest
        prompt.seconds = sound.seconds
    saved = store(actor, prompt, FIELDS, values)
    sounds.publish_prompt(saved)
    return saved


def _sound_for(
    prompt: Prompt, upload: bytes | None, values: dict[str, Any]
) -> audio.Sound | None:
    """Return the new sound if there is one, and note in `values` where it came from."""
    if upload:
        values |= {"source": Prompt.Source.UPLOAD, "text": ""}
        return heard(upload)
    text = str(values.get("text", "") or "")
    language = str(values.get("language") or prompt.customer.language)
    same = (text, values.get("language", "")) == (prompt.text, prompt.language)
    if text and not (same and prompt.digest):
        values["source"] = Prompt.Source.TEXT
        return spoken(text, language)
    if not prompt.digest:
        raise ValidationError({"upload": _("Choose a recording, or write a text.")})
    return None


@transaction.atomic
def delete_prompt(actor: Actor, prompt: Prompt) -> None:
    """Delete a prompt that nothing plays; the sweep removes its file later."""
    ensure_silent(prompt)
    drop(actor, prompt, FIELDS)
    look_again_at(prompt.customer)


def plays(thing: Prompt | MusicClass) -> list[str]:
    """Return what plays a prompt or music, as texts for people."""
    found: list[str] = []
    for relation in thing._meta.related_objects:
        if relation.related_model not in (MusicTrack, PromptCall):
            rows = relation.related_model._default_manager.filter(
                **{relation.field.name: thing}
            )
            found += [use_text(row) for row in rows]
    return found


def ensure_silent(thing: Prompt | MusicClass) -> None:
    """Raise ValidationError with the list of uses when something plays it."""
    if uses := plays(thing):
        shown = "; ".join(uses[:10]) + ("; …" if len(uses) > 10 else "")
        raise ValidationError(
            _("It is in use and stays: %(uses)s. Choose another one there first.")
            % {"uses": shown},
            code="in_use",
        )


@transaction.atomic
def save_music(
    actor: Actor,
    *,
    customer: Customer,
    music: MusicClass | None = None,
    upload: bytes | None = None,
    file_name: str = "",
    **values: Any,
) -> MusicClass:
    """Create or change music; an upload is added to its pieces."""
    music = music or MusicClass(customer=customer)
    if values.get("is_default"):
        others = MusicClass.objects.filter(customer=customer, is_default=True)
        for other in others.exclude(pk=music.pk):
            store(actor, other, MUSIC, {"is_default": False})
    saved = store(actor, music, MUSIC, values)
    if upload:
        add_track(actor, music=saved, upload=upload, name=file_name)
    return saved


@transaction.atomic
def add_track(
    actor: Actor, *, music: MusicClass, upload: bytes, name: str
) -> MusicTrack:
    """Add a piece at the end. Raises ValidationError."""
    if music.tracks.count() >= MOST_TRACKS:
        raise ValidationError({"upload": _("At most 20 pieces. Delete one first.")})
    sound = heard(upload)
    make_room(actor, music.customer, len(sound.data))
    last: int = music.tracks.aggregate(last=Max("position"))["last"] or 0
    track = MusicTrack(music=music, data=sound.data, digest=sound.digest)
    track.seconds = sound.seconds
    plain = "".join(c for c in name if c.isprintable()).strip() or str(music)
    store(actor, track, TRACK, {"name": plain[:60], "position": last + 1})
    sounds.publish_music(music)
    return track


@transaction.atomic
def delete_track(actor: Actor, track: MusicTrack) -> None:
    """Take a piece away."""
    music = track.music
    drop(actor, track, TRACK)
    sounds.publish_music(music)
    look_again_at(music.customer)


@transaction.atomic
def delete_music(actor: Actor, music: MusicClass) -> None:
    """Delete music that nothing plays, with its pieces."""
    ensure_silent(music)
    key = music.pk
    before = audit.snapshot(music, MUSIC)
    audit.record(actor, "musicclass.deleted", music, before=before)
    music.delete()
    look_again_at(music.customer)
    transaction.on_commit(lambda: sounds.mend_music([(key, {})]) and None)
