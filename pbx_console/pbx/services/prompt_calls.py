"""A prompt spoken at a phone: its phone rings, and what was kept becomes the prompt.

The console asks Asterisk for the call; the dialplan (`prompt-ring`, `prompt-call`) talks
with the person and marks the row; `collect` takes the recording. Whoever looks first does
it, an open page or the sweep, and the row's lock makes it happen once.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import Customer
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services import audit
from pbx_console.asterisk.ami.client import AmiError, ask_all
from pbx_console.pbx.models import Extension, Prompt, PromptCall
from pbx_console.pbx.services.nouns import store
from pbx_console.pbx.services.prompts import FIELDS, save_prompt

logger = logging.getLogger(__name__)
State = PromptCall.State
OPEN = (State.RINGING, State.SPEAKING)
LONGEST = timedelta(minutes=30)
SPARED = timedelta(minutes=1)
"""After this a recording that was kept and is not there will not come any more."""


@transaction.atomic
def new_prompt(
    actor: Actor, *, customer: Customer, name: str, extension: Extension
) -> PromptCall:
    """Make a prompt that has no sound yet and ring a phone for it."""
    prompt = store(actor, Prompt(customer=customer), FIELDS, {"name": name})
    return start(actor, prompt=prompt, extension=extension)


@transaction.atomic
def start(actor: Actor, *, prompt: Prompt, extension: Extension) -> PromptCall:
    """Ring the phones of `extension` for `prompt`; an earlier call for it is forgotten.

    Raises ValidationError, also when the telephone system cannot be reached.
    """
    if extension.customer_id != prompt.customer_id:
        raise ValidationError({"extension": _("Choose one of this customer's.")})
    prompt.calls.filter(state__in=OPEN).update(state=State.OVER)
    call = PromptCall.objects.create(prompt=prompt, extension=extension)
    after = {"extension": str(extension)}
    audit.record(actor, "prompt.phone_rang", prompt, key=str(prompt.pk), after=after)
    transaction.on_commit(lambda: _ring(call))
    return call


def _ring(call: PromptCall) -> None:
    """Ask for the call, once Asterisk can find its row."""
    action = {
        "Action": "Originate",
        "Channel": "Local/s@prompt-ring",
        "Context": "prompt-call",
        "Exten": "s",
        "Priority": "1",
        "Async": "true",
        "Timeout": "40000",
        "Variable": f"PROMPT_CALL={call.key}",
    }
    try:
        (answer,) = ask_all([action])
        problem = "" if answer.get("Response") == "Success" else _not_taken()
    except AmiError:
        problem = _("The telephone system cannot be reached.")
    if problem:
        with as_everyone("prompts by phone"):
            rows = PromptCall.objects.filter(pk=call.pk)
            rows.update(state=State.REFUSED, problem=problem)


def _not_taken() -> str:
    return _("The telephone system did not take the call.")


def last_call(prompt: Prompt) -> PromptCall | None:
    """Return how the latest call of the last hour stands, with its recording taken."""
    since = timezone.now() - timedelta(hours=1)
    call = prompt.calls.filter(started_at__gt=since).first()
    if call is not None and call.state == State.KEPT:
        collect(call.pk)
        call.refresh_from_db()
    return call


def sweep() -> int:
    """Take what was kept while nobody looked; return how many."""
    with as_everyone("prompts by phone"):
        old = timezone.now() - LONGEST
        PromptCall.objects.filter(state__in=OPEN, started_at__lt=old).update(
            state=State.OVER
        )
        kept = PromptCall.objects.filter(state=State.KEPT).values_list("pk", flat=True)
        return sum(collect(key) for key in list(kept))


@transaction.atomic
def collect(key: int) -> bool:
    """Make a kept recording the sound of its prompt, in the name of the phone."""
    rows = PromptCall.objects.select_for_update(of=("self",), skip_locked=True)
    rows = rows.select_related("prompt__customer__reseller", "extension")
    call = rows.filter(pk=key, state=State.KEPT).first()
    if call is None:
        return False
    sound = recording(call)
    try:
        data = sound.read_bytes()
    except OSError as error:
        return _missing(call, error)
    call.state = State.DONE
    _take(call, data)
    call.save(update_fields=["state", "problem"])
    transaction.on_commit(lambda: _remove(sound))
    return call.state == State.DONE


def _take(call: PromptCall, data: bytes) -> None:
    prompt = call.prompt
    actor = Actor(user=None, name=str(call.extension), level="phone")
    try:
        with transaction.atomic(), override(prompt.customer.language):
            save_prompt(
                actor,
                customer=prompt.customer,
                prompt=prompt,
                upload=data,
                recorded=True,
            )
    except ValidationError as error:
        call.state, call.problem = State.REFUSED, " ".join(error.messages)


def _missing(call: PromptCall, error: OSError) -> bool:
    """Give up on a recording that is not there, after a while."""
    logger.warning("recording of prompt %s: %s", call.prompt_id, error)
    if call.started_at < timezone.now() - LONGEST - SPARED:
        call.state, call.problem = State.REFUSED, _("The recording was lost.")
        call.save(update_fields=["state", "problem"])
    return False


def recording(call: PromptCall) -> Path:
    """Return where Asterisk writes the recording of a call (`asterisk.prompt_call`)."""
    folder = Path(settings.VOICEMAIL_DIR, call.prompt.customer.code, "prompts")
    return folder / f"{call.key}.wav16"


def _remove(sound: Path) -> None:
    with suppress(OSError):  # the sweep of voicemail clears the folder, too
        sound.unlink()
