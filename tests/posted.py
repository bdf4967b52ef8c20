"""Mails as the services ask for them, before they have a dress."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import pytest

from pbx_console.accounts.models import Reseller


@dataclass(frozen=True)
class Asked:
    """One mail that was asked for."""

    reseller: Reseller | None
    kind: str
    to: str
    context: dict[str, Any]


@dataclass
class Posted:
    """All of them, in order."""

    mails: list[Asked] = field(default_factory=list)

    def send(
        self, reseller: Reseller | None, kind: str, *, to: str, **more: Any
    ) -> None:
        """Stand in for `branding.mail.send`."""
        self.mails.append(Asked(reseller, kind, to, dict(more["context"])))

    @property
    def last(self) -> Asked:
        """Return the newest mail."""
        return self.mails[-1]

    def token(self, place: int = -1) -> str:
        """Return what stands in the address of an invitation."""
        match = re.fullmatch(
            r"/invitation/([\w-]+)/", self.mails[place].context["path"]
        )
        assert match
        return match[1]


_box = Posted()


def send(*args: Any, **kwargs: Any) -> None:
    """Name of the stand-in for the settings."""
    _box.send(*args, **kwargs)


@pytest.fixture
def posted(settings: Any) -> Posted:
    """Keep mails here instead of sending them."""
    _box.mails = []
    settings.PBX_MAILER = "tests.posted.send"
    return _box
