"""Django's database sessions, in a table that knows whose each one is.

The pattern is Django's own ("Extending database-backed session engines").
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from pbx_console.accounts.models import Session


class SessionStore(DatabaseStore):
    """Keeps the person's number beside the data; the middleware adds where and when."""

    @classmethod
    def get_model_class(cls) -> Any:
        """Return our table."""
        return Session

    def create_model_instance(self, data: Any) -> Any:
        """Return the row to be saved, without touching what the middleware wrote."""
        row: Any = super().create_model_instance(data)
        row.user_id = int(data[SESSION_KEY]) if data.get(SESSION_KEY) else None
        return row
