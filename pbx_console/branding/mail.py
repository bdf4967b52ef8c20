"""Mails in the brand of a realm (see `accounts.mailer`, through which lower rooms come)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pbx_console.accounts.models import Reseller


def send(
    reseller: Reseller | None,
    kind: str,
    *,
    to: str,
    name: str = "",
    language: str = "",
    context: Mapping[str, Any] | None = None,
) -> None:
    """Queue one mail of a kind in the brand of a realm."""
    raise NotImplementedError(kind)
