"""Django's PostgreSQL backend, which also tells the server the scope in force.

Before a statement runs, `pbx.scope`, `pbx.reseller` and `pbx.customer` are set on the
session if they differ from what this connection was told last. PostgreSQL reverts such a
setting when the transaction or savepoint that made it is rolled back, so every rollback
forgets what was told. Row-level security (see `accounts.rls`) reads the settings.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.backends.postgresql import base

from pbx_console.accounts import scope

_TELL = (
    "SELECT set_config('pbx.scope', %s, false), set_config('pbx.reseller', %s, false),"
    " set_config('pbx.customer', %s, false)"
)
NOBODY = ("", "", "")


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that carries the scope."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Install the wrapper around every statement."""
        super().__init__(*args, **kwargs)
        self.told: tuple[str, str, str] | None = None
        self.rolling_back = False
        self.execute_wrappers.append(self._with_scope)

    def _with_scope(self, execute: Callable[..., Any], *statement: Any) -> Any:
        self.tell_scope()
        return execute(*statement)

    def tell_scope(self) -> None:
        """Tell the server the scope in force. Call it before a raw COPY."""
        now = current_settings()
        if self.connection is not None and self.told != now and not self.rolling_back:
            self.told = None
            self.connection.execute(_TELL, now)
            self.told = now

    def connect(self) -> None:
        """Forget what an earlier session was told."""
        self.told = None
        super().connect()

    def _rollback(self) -> Any:
        self.told = None
        return super()._rollback()  # type: ignore[misc]  # not in the stubs

    def _savepoint_rollback(self, sid: str) -> None:
        # Until this statement ran, a failed transaction takes no other one.
        self.rolling_back = True
        try:
            super()._savepoint_rollback(sid)  # type: ignore[misc]  # as above
        finally:
            self.rolling_back = False
            self.told = None


def current_settings() -> tuple[str, str, str]:
    """Return the three settings of the scope in force; empty ones without a scope."""
    found = scope.current()
    return NOBODY if found is None else found.settings()
