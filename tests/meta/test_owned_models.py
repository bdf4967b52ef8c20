"""Every model with an owner is scoped in Python and walled in PostgreSQL."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models

from pbx_console.accounts.scope import OwnedManager
from tests.conftest import World

# Models of ours without an owner, each with the reason why none is needed.
UNOWNED = {
    "accounts.Session": "opened before anybody is known; listed by person only",
    "asterisk.AstQueue": "Asterisk's rows; kept by a trigger",
    "asterisk.AstQueueMember": "Asterisk's rows; kept by a trigger",
    "asterisk.MusicOnHold": "Asterisk's rows; kept by a trigger",
    "asterisk.VoicemailUser": "Asterisk's rows; kept by a trigger",
    "asterisk.PsAor": "Asterisk's rows; only the projection touches them",
    "asterisk.PsAuth": "Asterisk's rows; only the projection touches them",
    "asterisk.PsRegistration": "Asterisk's rows; only the projection touches them",
    "asterisk.PsEndpoint": "Asterisk's rows; only the projection touches them",
    "asterisk.PsEndpointIdIp": "Asterisk's rows; only the projection touches them",
    "pbx.Holiday": "public holidays, the same for everybody",
    "pbx.PbxNode": "the platform's servers, shown to nobody below",
    "pbx.Refresh": "endpoint ids that wait for the worker",
    "branding.Brand": "shown to everybody who asks its host",
    "branding.BrandDomain": "the table that decides before anybody is known",
    "metering.JournalFile": "the follower's place in a file",
    "metering.ChannelEvent": "raw records, before an owner is known; no page reads them",
}
OURS = [m for m in apps.get_models() if m.__module__.startswith("pbx_console.")]


def _label(model: type[models.Model]) -> str:
    return model._meta.label


@pytest.mark.parametrize("model", OURS, ids=_label)
def test_every_model_of_ours_is_scoped_or_says_why_not(model: Any) -> None:
    if _label(model) in UNOWNED:
        assert UNOWNED[_label(model)]
        return
    assert isinstance(model._default_manager, OwnedManager)


def test_every_exemption_is_still_a_model() -> None:
    assert set(UNOWNED) <= {_label(m) for m in OURS}


@pytest.mark.parametrize(
    "model",
    [m for m in OURS if _label(m) not in UNOWNED and m._meta.managed],
    ids=_label,
)
def test_every_owned_table_is_behind_row_level_security(
    world: World, model: Any
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relrowsecurity, relforcerowsecurity FROM pg_class"
            " WHERE oid = %s::regclass",
            [model._meta.db_table],
        )
        assert cursor.fetchone() == (True, True)


def test_the_console_owns_nothing_and_bypasses_nothing(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb FROM pg_roles"
            " WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (False,)
        cursor.execute(
            "SELECT count(*) FROM pg_class c WHERE c.relowner = "
            "(SELECT oid FROM pg_roles WHERE rolname = current_user)"
            " AND c.relpersistence <> 't'"
        )
        assert cursor.fetchone() == (0,)


def test_asterisks_role_reads_no_person_and_no_money(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v')"
            " AND has_table_privilege('pbx_asterisk', c.oid, 'SELECT')"
        )
        assert cursor.fetchall() == []
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'asterisk' AND c.relkind = 'r'"
            " AND has_table_privilege('pbx_asterisk', c.oid, 'INSERT, UPDATE, DELETE')"
        )
        assert cursor.fetchall() == []
