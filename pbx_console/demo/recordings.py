"""Two recorded calls per reseller in the demo world, spoken by the machine. The older one
was paused for a moment; if it came in, it was a queue that recorded it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from uuid import uuid4

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import Membership, Reseller, Role
from pbx_console.lib import audio, speech_file
from pbx_console.metering.models import Leg
from pbx_console.pbx import recording_files
from pbx_console.pbx.models import Extension, Queue
from pbx_console.pbx.models.extensions import Recorded
from pbx_console.pbx.models.recordings import Recording
from pbx_console.pbx.services.extensions import save_extension

SAID = {
    "de": "Guten Tag, hier ist der Empfang. Ich habe Ihren Termin am Dienstag notiert.",
    "nl": "Goedendag, met de receptie. Ik heb uw afspraak op dinsdag genoteerd.",
    "en": "Hello, this is reception. I have noted your appointment on Tuesday.",
}


def add_recordings(actor: Actor) -> None:
    """Record the newest two outside calls of each reseller, and the calls to come."""
    heard = Membership.objects.filter(role=Role.ADMIN).values("customer")
    for reseller in Reseller.objects.all():
        legs = Leg.objects.filter(
            reseller=reseller, duration_ms__gte=5000, customer__in=heard
        ).exclude(direction=Leg.Direction.EMERGENCY)
        newest = legs.select_related("customer").newest_first()[:2]
        for leg, is_older in zip(newest, (False, True), strict=False):
            _record(actor, leg, is_older=is_older)


def _record(actor: Actor, leg: Leg, *, is_older: bool) -> None:
    customer = leg.customer
    rows = Extension.objects.select_related("customer__reseller")
    extension = rows.filter(customer=customer, number=leg.extension_number).first()
    if customer is None or extension is None:
        return
    save_extension(
        actor, customer=customer, extension=extension, recorded=Recorded.OUTSIDE
    )
    speech = _spoken(str(customer.language))
    if speech is None:
        return
    inward = leg.direction == Leg.Direction.IN
    queue = Queue.objects.filter(customer=customer, is_recorded=True).first()
    queue = queue if is_older and inward else None
    paused = [(int(leg.answered_at.timestamp()) + 3, 24)] if is_older else []
    made = Recording.objects.create(
        customer=customer,
        extension=extension,
        extension_number=extension.number,
        direction="in" if inward else "out",
        other_number=leg.caller_number if inward else leg.number,
        reason=Recording.Reason.QUEUE if queue else Recording.Reason.RULE,
        through=str(queue or ""),
        pauses=paused,
        started_at=leg.answered_at,
        seconds=round(speech.seconds),
        linkedid=leg.linkedid,
        key=uuid4(),
        size=len(speech.data),
    )
    recording_files.keep(customer.code, made.key, speech.data)


def _spoken(language: str) -> speech_file.Speech | None:
    """Return a sentence as a recording; none on a machine without a voice."""
    try:
        said = audio.speak(SAID[language], language)
    except (audio.NoVoice, audio.NotAudio):
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "said.wav")
        path.write_bytes(said.data)
        return speech_file.small(path)
