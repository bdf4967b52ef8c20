"""Messages of a voicemail box: for whoever they are meant for, and nobody else."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pbx_console.asterisk.ami.client import AmiError
from pbx_console.console.access import needs
from pbx_console.console.forms.voicemail_boxes import PinForm
from pbx_console.console.hearing import box_for
from pbx_console.console.saving import saved
from pbx_console.console.toasts import toast
from pbx_console.pbx import voicemail_spool
from pbx_console.pbx.models import VoicemailBox, VoicemailMessage
from pbx_console.pbx.services import voicemail_messages as services
from pbx_console.pbx.services.voicemail_boxes import has_pin, set_pin

HEARD = "voicemail.listen"


@needs(HEARD)
def voicemail_messages(request: Any, code: str, key: int) -> HttpResponse:
    """List the messages, newest first, each with its sound."""
    box = box_for(request, code, key)
    voicemail_spool.look(box.pk)
    return _page(request, box, PinForm())


def _page(request: Any, box: VoicemailBox, form: PinForm) -> HttpResponse:
    context = {
        "customer": box.customer,
        "box": box,
        "messages_kept": box.messages.all()[:200],
        "form": form,
        "has_pin": has_pin(box),
    }
    status = 422 if form.errors else 200
    return render(request, "console/voicemail/messages.html", context, status=status)


def _message(request: Any, code: str, key: int, message: int) -> VoicemailMessage:
    box = box_for(request, code, key)
    found = get_object_or_404(VoicemailMessage, box=box, pk=message)
    found.box = box
    return found


@needs(HEARD)
def voicemail_sound(request: Any, code: str, key: int, message: int) -> HttpResponse:
    """Return the recording of a message."""
    sound = voicemail_spool.sound_of(_message(request, code, key, message))
    if sound is None:
        raise Http404
    answer = HttpResponse(sound.read_bytes(), content_type="audio/wav")
    answer["Cache-Control"] = "private, no-store"
    return answer


@needs(HEARD)
@require_POST
def voicemail_heard(request: Any, code: str, key: int, message: int) -> HttpResponse:
    """Put a message to the old ones; the light of the phone follows."""
    found = _message(request, code, key, message)
    try:
        voicemail_spool.mark_heard(found)
    except AmiError:
        toast(request, _away())
    return redirect("console:voicemail_messages", code=code, key=key)


@needs(HEARD)
@require_POST
def voicemail_remove(request: Any, code: str, key: int, message: int) -> HttpResponse:
    """Delete a message, here and on the phone."""
    found = _message(request, code, key, message)
    try:
        services.delete_message(request.actor, found)
        toast(request, _("The message is deleted."))
    except AmiError:
        toast(request, _away())
    return redirect("console:voicemail_messages", code=code, key=key)


def _away() -> str:
    return _("The telephone system did not answer. Nothing was changed; try again.")


@needs(HEARD)
@require_POST
def voicemail_pin(request: Any, code: str, key: int) -> HttpResponse:
    """Set the PIN that the phone asks for."""
    box = box_for(request, code, key)
    form = PinForm(request.POST)
    saved(form, lambda pin, actor: set_pin(actor, box, pin), actor=request.actor)
    if form.errors:
        return _page(request, box, form)
    toast(request, _("The PIN is changed."))
    return redirect("console:voicemail_messages", code=code, key=key)
