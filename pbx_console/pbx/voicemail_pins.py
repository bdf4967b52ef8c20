"""The PIN of a box: in Asterisk's table only, and never read back."""

from __future__ import annotations

from pbx_console.asterisk.models import VoicemailUser
from pbx_console.pbx.models.voicemail_boxes import VoicemailBox


def write(box: VoicemailBox, pin: str) -> None:
    """Set the PIN of a box that is saved; empty takes it away."""
    VoicemailUser.objects.filter(uniqueid=box.pk).update(password=pin)


def is_set(box: VoicemailBox) -> bool:
    """Say whether a box has a PIN; nobody is ever told which."""
    return VoicemailUser.objects.filter(uniqueid=box.pk).exclude(password="").exists()
