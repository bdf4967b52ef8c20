"""What was just done, told once on the next page: lamp, sentence, Undo."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest

MARK = "toast"


@dataclass(frozen=True, slots=True)
class Toast:
    """One sentence. `undo` is the address a POST to which takes the change back.

    `state` is live, pending or failed; `url` answers the state of the object again.
    """

    text: str
    detail: str = ""
    state: str = "live"
    undo: str = ""


def toast(
    request: HttpRequest,
    text: str,
    *,
    detail: str = "",
    state: str = "live",
    undo: str = "",
) -> None:
    """Say `text` on the next page this person sees."""
    note = Toast(str(text), str(detail), state, undo)
    messages.info(request, json.dumps(asdict(note)), extra_tags=MARK)


def shown(request: Any) -> list[Toast]:
    """Return the waiting toasts, newest last, and forget them."""
    if not hasattr(request, "_messages"):
        return []
    return [_read(message) for message in messages.get_messages(request)]


def _read(message: Any) -> Toast:
    if MARK in message.tags.split():
        return Toast(**json.loads(message.message))
    return Toast(str(message.message))
