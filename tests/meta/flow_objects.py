"""Objects of the call flow for the addresses: `key`, and what lies below it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from pbx_console.accounts.scope import as_everyone
from pbx_console.pbx.models import (
    Announcement,
    Conference,
    HuntGroup,
    Menu,
    MusicClass,
    MusicTrack,
    OutsideNumber,
    PagingGroup,
    ParkingLot,
    Prompt,
    Queue,
    QueueMember,
    Schedule,
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


def _queue(tenant: Tenant) -> dict[str, int]:
    with as_everyone("matrix"):
        queue, _made = Queue.objects.get_or_create(
            customer=tenant.customer, name="Matrix"
        )
        agent, _made = QueueMember.objects.get_or_create(
            queue=queue, extension=tenant.extension
        )
    return {"key": queue.pk, "agent": agent.pk}


def _noun(model: Any, *, says: bool = False, **values: Any) -> Keys:
    """One row of a noun per customer; `says`: with a prompt."""

    def keys(tenant: Tenant) -> dict[str, int]:
        owner = {"customer": tenant.customer}
        with as_everyone("matrix"):
            if says:
                values["prompt"] = Prompt.objects.get_or_create(**owner, name="M")[0]
            made, _new = model.objects.get_or_create(
                **owner, name="Matrix", defaults=values
            )
            return {"key": made.pk}

    return keys


def _flow(stem: str, keys: Keys) -> dict[str, Keys]:
    return _named(keys, stem, f"{stem}_delete", f"{stem}_switch")


def _named(keys: Keys, *names: str) -> dict[str, Keys]:
    return {f"console:{name}": keys for name in names}


KEYS: dict[str, Keys] = {
    **_named(_box, "voicemail_box", "voicemail_box_delete", "voicemail_messages"),
    **_named(_box, "voicemail_pin", "voicemail_sound", "voicemail_heard"),
    **_named(_box, "voicemail_remove"),
    **_named(_prompt, "prompt", "prompt_delete", "prompt_sound"),
    **_named(_prompt, "prompt_by_phone", "prompt_record"),
    **_named(_music, "music", "music_delete", "track_sound", "track_delete"),
    **_flow("queue", _queue),
    **_named(_queue, "queue_agents", "queue_agent", "own_queue"),
    **_flow("group", _noun(HuntGroup)),
    **_flow("menu", _noun(Menu, says=True)),
    **_flow("schedule", _noun(Schedule)),
    **_flow("announcement", _noun(Announcement, says=True)),
    **_flow("conference", _noun(Conference)),
    **_flow("parking_lot", _noun(ParkingLot, number="7700")),
    **_flow("paging_group", _noun(PagingGroup)),
    **_flow("outside_number", _noun(OutsideNumber, e164="+4915112345678")),
}
