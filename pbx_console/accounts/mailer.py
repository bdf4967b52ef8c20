"""How this room has mails sent without knowing how they look.

Mails carry a brand, and brands are a layer above; the settings name the function, as
Django's do for mail backends.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from pbx_console.accounts.models import Reseller

Left = Callable[[Mapping[str, Any]], None]
_left: dict[str, Left] = {}


def when_left(kind: str) -> Callable[[Left], Left]:
    """Register what is called with a mail's context when the server has taken it."""

    def register(function: Left) -> Left:
        _left[kind] = function
        return function

    return register


def left(kind: str, context: Mapping[str, Any]) -> None:
    """Tell whoever wants to know that a mail of this kind left."""
    if function := _left.get(kind):
        function(context)


def mail(
    reseller: Reseller | None,
    kind: str,
    *,
    to: str,
    name: str = "",
    language: str = "",
    context: Mapping[str, Any] | None = None,
) -> None:
    """Queue one mail of a kind (`invitation`) in the brand of a realm.

    It is written in the transaction of the caller and leaves after the commit. `context`
    holds texts and numbers only; `path` entries become absolute addresses of the brand.
    """
    send = import_string(settings.PBX_MAILER)
    send(reseller, kind, to=to, name=name, language=language, context=context or {})
