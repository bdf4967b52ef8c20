"""Light, dark or as the device: the person's choice, else this browser's cookie."""

from __future__ import annotations

from typing import Any

from pbx_console.accounts.models import User

COOKIE = "theme"
CHOICES = tuple(User.Theme.values)


def theme_of(request: Any) -> str:
    """Return auto, light or dark."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return str(user.theme)
    chosen = request.COOKIES.get(COOKIE, "")
    return chosen if chosen in CHOICES else User.Theme.AUTO.value
