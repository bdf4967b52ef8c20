"""Whose data a piece of code may touch. Fails closed.

One ContextVar holds the scope. An owned model's manager filters by it, and returns a
queryset that cannot be compiled when there is none. The same scope is told to PostgreSQL
(see `postgresql/base.py`), whose row-level security is the second wall.

A ContextVar follows `sync_to_async` into its thread and does not leak between asyncio
tasks. A streamed response body runs after the middleware: re-enter the scope there.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from django.db import models
from django.db.models.sql import Query

if TYPE_CHECKING:
    from pbx_console.accounts.models import Customer, Reseller

logger = logging.getLogger(__name__)
Kind = Literal["everyone", "reseller", "customer"]
M = TypeVar("M", bound=models.Model)


class ScopeMissing(RuntimeError):
    """Code touched owned rows without saying whose."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose rows: everyone's (with a reason), one reseller's or one customer's."""

    kind: Kind
    id: int | None
    reason: str = ""

    def settings(self) -> tuple[str, str, str]:
        """Return PostgreSQL's pbx.scope, pbx.reseller and pbx.customer."""
        own = str(self.id or "")
        return (
            self.kind,
            own if self.kind == "reseller" else "",
            own if self.kind == "customer" else "",
        )


_current: ContextVar[Scope | None] = ContextVar("pbx_scope", default=None)


def current() -> Scope | None:
    """Return the scope in force, or None."""
    return _current.get()


@contextmanager
def _entered(scope: Scope) -> Iterator[Scope]:
    token = _current.set(scope)
    try:
        yield scope
    finally:
        _current.reset(token)


def as_everyone(reason: str) -> Any:
    """Open the scope over all rows. The reason is logged; it must not be empty."""
    if not reason:
        raise ScopeMissing("as_everyone needs a reason")
    logger.debug("scope everyone: %s", reason)
    return _entered(Scope("everyone", None, reason))


def as_reseller(reseller: Reseller) -> Any:
    """Open the scope of one reseller and all its customers."""
    return _entered(Scope("reseller", _saved(reseller)))


def as_customer(customer: Customer) -> Any:
    """Open the scope of one customer."""
    return _entered(Scope("customer", _saved(customer)))


def _saved(owner: Any) -> int:
    if owner is None or owner.pk is None:
        raise ScopeMissing("a scope needs a saved owner; None is never everyone")
    return int(owner.pk)


class ClosedQuery(Query):
    """A query that nobody may run: there was no scope when it was made."""

    def _missing(self) -> ScopeMissing:
        name = self.model.__name__ if self.model else "these rows"
        return ScopeMissing(f"no scope is open for {name}")

    def get_compiler(self, *args: Any, **kwargs: Any) -> Any:
        """Refuse: this is the gate of select, exists, count and explain."""
        if self.is_empty():
            return super().get_compiler(*args, **kwargs)
        raise self._missing()

    def chain(self, klass: Any = None) -> Any:
        """Refuse to become an update, delete or aggregate query."""
        if klass is not None and klass is not ClosedQuery:
            raise self._missing()
        return super().chain(klass)


class ClosedQuerySet(models.QuerySet[M]):
    """Mixin for the one way to delete that does not ask the query."""

    def _raw_delete(self, using: str | None) -> int:
        raise ScopeMissing(f"no scope is open for {self.model.__name__}")


class OwnedManager(models.Manager[M]):
    """A manager that filters by the scope in force.

    `reseller` and `customer` are lookup paths from the model to its owners
    (`customer__reseller`). Without a `customer` path nothing is visible in a customer's
    scope.
    """

    def __init__(self, *, reseller: str = "", customer: str = "") -> None:
        """Declare the paths to the owners."""
        super().__init__()
        self.paths = {"reseller": reseller, "customer": customer}

    def get_queryset(self) -> models.QuerySet[M]:
        """Return the rows of the scope; an unusable queryset without one."""
        scope = current()
        if scope is None:
            return self._closed()
        rows = super().get_queryset()
        if scope.kind == "everyone":
            return rows
        path = self._declared()[scope.kind]
        return rows.filter(**{path: scope.id}) if path else rows.none()

    def _declared(self) -> dict[str, str]:
        """Return the model's paths: a related manager is made anew, without them."""
        default = self.model._default_manager
        return default.paths if isinstance(default, OwnedManager) else self.paths

    def _closed(self) -> models.QuerySet[M]:
        own = self._queryset_class  # type: ignore[attr-defined]  # set by from_queryset
        kind = type("Closed", (ClosedQuerySet, own), {})
        query = ClosedQuery(self.model)
        closed: models.QuerySet[M] = kind(model=self.model, query=query, using=self._db)
        return closed
