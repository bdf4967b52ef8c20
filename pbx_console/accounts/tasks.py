"""What happens after an answer: mails to those who forgot, clearing what has ended."""

from __future__ import annotations

from celery import shared_task

from pbx_console.accounts.services.password_reset import make_reset
from pbx_console.accounts.services.sessions import clear_old


@shared_task
def send_reset(realm_id: int | None, email: str, language: str) -> None:
    """Send the way back in, if there is somebody of this address."""
    make_reset(realm_id, email, language)


@shared_task
def clear_old_sessions() -> int:
    """Delete sessions and tokens that have ended."""
    return clear_old()
