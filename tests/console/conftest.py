"""Somebody at a browser: each role of each reseller, by the real sign-in state."""

from __future__ import annotations

from typing import Any, Protocol

import pytest
from django.test import Client

from pbx_console.accounts.scope import as_everyone
from tests.conftest import World


class Opens(Protocol):
    """Signs a role in and returns the client."""

    def __call__(self, role: str, tenant: str = "nordbel") -> Client:
        """Return a client of this role."""


@pytest.fixture
def sign_in(world: World, as_person: Any) -> Opens:
    """Return a client per role and reseller."""

    def make(role: str, tenant: str = "nordbel") -> Client:
        if role == "operator":
            return as_person(world.operator, world.operator_host)
        at = getattr(world, tenant)
        return as_person(at.people[role], at.host)

    return make


@pytest.fixture
def everyone() -> Any:
    """Open the scope over all rows, to look at what a page did."""
    with as_everyone("test looks at the result"):
        yield


def text_of(response: Any) -> str:
    """Return the page's HTML."""
    return response.content.decode()
