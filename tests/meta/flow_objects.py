"""Objects of the call flow for the addresses: `key`, and what lies below it."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone

from pbx_console.accounts.scope import as_everyone
from pbx_console.pbx.models import (
    MusicClass,
    MusicTrack,
    Prompt,
    VoicemailBox,
    VoicemailMessage,
)
from tests.conftest import Tenant

Keys = Callable[[Tenant], dict[str, int]]


def _box(tenant: Tenant) -> dict[str, int]:
    with as_everyone("matrix"):
        box, _made = VoicemailBox.objects.get_or_create(
            customer=tenant.customer, extension=tenant.extension, defaults={"name": "B"}
        )
        message, _made = VoicemailMessage.objects.get_or_create(
            box=box, message_id="1-1", defaults={"left_at": timezone.now()}
        )
    return {"key": box.pk, "message": message.pk}


def _prompt(tenant: Tenant) -> dict[str, int]:
    with as_everyone("matrix"):
        prompt, _made = Prompt.objects.get_or_create(
            customer=tenant.customer, name="Matrix"
        )
    return {"key": prompt.pk}


def _music(tenant: Tenant) -> dict[str, int]:
    with as_everyone("matrix"):
        music, _made = MusicClass.objects.get_or_create(
            customer=tenant.customer, name="Matrix"
        )
        track, _made = MusicTrack.objects.get_or_create(music=music, name="Matrix")
    return {"key": music.pk, "track": track.pk}


def _named(keys: Keys, *names: str) -> dict[str, Keys]:
    return {f"console:{name}": keys for name in names}


KEYS: dict[str, Keys] = {
    **_named(_box, "voicemail_box", "voicemail_box_delete", "voicemail_messages"),
    **_named(_box, "voicemail_pin", "voicemail_sound", "voicemail_heard"),
    **_named(_box, "voicemail_remove"),
    **_named(_prompt, "prompt", "prompt_delete", "prompt_sound"),
    **_named(_music, "music", "music_delete", "track_sound", "track_delete"),
}
