"""What people do with messages; Asterisk does it, so the phone's light follows."""

from __future__ import annotations

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.services import audit
from pbx_console.pbx import voicemail_spool
from pbx_console.pbx.models import VoicemailMessage


def delete_message(actor: Actor, message: VoicemailMessage) -> None:
    """Delete a message for good. Raises AmiError; then it is still there."""
    key, label = str(message.pk), {"caller": message.caller_number}
    voicemail_spool.remove(message)
    audit.record(actor, "voicemailmessage.deleted", message, key=key, before=label)
