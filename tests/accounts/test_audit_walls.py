"""The audit log only grows, whoever asks the database; and it never holds a secret."""

from __future__ import annotations

import re
import secrets
import string
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.fields import SecretField
from pbx_console.accounts.models import AuditEntry
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services import audit
from pbx_console.accounts.services.own import change_password
from pbx_console.pbx.services.extensions import (
    delete_extension,
    reset_secret,
    save_extension,
)
from pbx_console.pbx.services.trunks import save_trunk
from tests.conftest import World, owner_connection

LOG = "accounts_auditentry"


# ── append only ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE {LOG} SET actor_name = 'nobody'",
        f"UPDATE {LOG} SET at = now()",
        f"DELETE FROM {LOG}",
        f"DELETE FROM {LOG} WHERE false",
        f"ALTER TABLE {LOG} DISABLE ROW LEVEL SECURITY",
        f"DROP TABLE {LOG}",
        f"CREATE RULE r AS ON INSERT TO {LOG} DO INSTEAD NOTHING",
        f"CREATE TRIGGER t BEFORE INSERT ON {LOG} FOR EACH ROW"
        " EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        f"INSERT INTO {LOG} SELECT * FROM {LOG} ON CONFLICT (id) DO UPDATE SET"
        " actor_name = 'nobody'",
    ],
)
def test_the_consoles_login_cannot_alter_it(world: World, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone()[0] == "pbx_console"
    before = _all()
    with as_everyone("test"), transaction.atomic(), connection.cursor() as cursor:
        # Inside: PostgreSQL refuses the rest of a transaction after an error.
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute(statement)
    assert _all() == before


def test_the_consoles_login_cannot_give_itself_the_right(world: World) -> None:
    """PostgreSQL takes a grant without the right to grant as a warning only."""
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT UPDATE, DELETE ON {LOG} TO pbx_console")
    assert not _may("UPDATE")
    assert not _may("DELETE")


def _all() -> list[tuple[Any, ...]]:
    with as_everyone("test"):
        return list(AuditEntry.objects.order_by("pk").values_list())


def _may(privilege: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_table_privilege(current_user, %s, %s)", [LOG, privilege]
        )
        return bool(cursor.fetchone()[0])


def test_it_may_be_read_and_added_to_and_nothing_else(world: World) -> None:
    """TRUNCATE is granted by tests/conftest only; see the next test."""
    allowed = {p for p in ("SELECT", "INSERT", "UPDATE", "DELETE") if _may(p)}
    assert allowed == {"SELECT", "INSERT"}
    assert not _may("TRIGGER")
    assert not _may("REFERENCES")


def test_migrations_grant_no_truncate(world: World) -> None:
    """What the owner revokes in the migrations stays so: only our tests undo it."""
    with owner_connection() as owner, owner.transaction(force_rollback=True):
        owner.execute(f"REVOKE TRUNCATE ON {LOG} FROM pbx_console")
        query = "SELECT has_table_privilege('pbx_console', %s, 'TRUNCATE')"
        assert owner.execute(query, [LOG]).fetchone() == (False,)
        default = (
            "SELECT count(*) FROM pg_default_acl, aclexplode(defaclacl) a"
            " JOIN pg_roles r ON r.oid = a.grantee"
            " WHERE r.rolname = 'pbx_console' AND a.privilege_type = 'TRUNCATE'"
        )
        assert owner.execute(default).fetchone() == (0,)


def test_no_function_of_a_higher_right_changes_it(world: World) -> None:
    """Functions that run as their owner are the one way around a grant."""
    with owner_connection() as owner:
        rows = owner.execute(
            "SELECT p.oid::regprocedure::text, pg_get_functiondef(p.oid) FROM pg_proc p"
            " JOIN pg_namespace n ON n.oid = p.pronamespace"
            " WHERE n.nspname IN ('public', 'asterisk') AND p.prosecdef"
        ).fetchall()
    assert rows, "the dialplan's functions run as their owner"
    # What is done at a phone is added to the log; nothing takes away from it.
    change = re.compile(rf"(update|delete\s+from|truncate(\s+table)?)\s+{LOG}")
    assert [name for name, text in rows if change.search(text.lower())] == []
    assert [name for name, text in rows if not _runs_fixed_texts(text.lower())] == []


def _runs_fixed_texts(text: str) -> bool:
    """Say whether a function runs only texts of its own, with quoted names put in.

    `code_%s` is two digits of a feature code (`feature_code` cuts them out).
    """
    ran = re.findall(r"\bexecute\s+format\(\s*'([^']*)'", text)
    return len(ran) == len(re.findall(r"\bexecute\b", text)) and all(
        "%s" not in template or template.startswith("select * from asterisk.code_%s(")
        for template in ran
    )


def test_an_entry_of_another_owner_cannot_be_slipped_in(world: World) -> None:
    """Row-level security holds for what is written, too."""
    from pbx_console.accounts.scope import as_reseller  # noqa: PLC0415

    with (
        as_reseller(world.nordbel.reseller),
        pytest.raises(DatabaseError),
        transaction.atomic(),
    ):
        audit.record(SYSTEM, "reseller.saved", world.zuidlijn.reseller)


# ── secrets ──────────────────────────────────────────────────────────────────────────


def secret_fields() -> list[tuple[Any, str]]:
    """Return every field of ours that holds a secret, by its kind or by its name."""
    ours = (m for m in apps.get_models() if m.__module__.startswith("pbx_console."))
    return [
        (model, field.name)
        for model in ours
        for field in model._meta.concrete_fields
        if isinstance(field, SecretField) or field.name in audit.SECRET_FIELDS
    ]


def test_every_secret_field_is_known_and_left_out_of_snapshots() -> None:
    found = secret_fields()
    assert {(m._meta.label, name) for m, name in found} >= {
        ("pbx.Extension", "secret"),
        ("pbx.Trunk", "secret"),
        ("accounts.User", "password"),
    }
    for model, name in found:
        value = secrets.token_hex(12)
        obj = model(**{name: value})
        taken = audit.snapshot(obj, [name])
        assert taken == {}, (model, name)


def everything_kept() -> str:
    """Return the whole table as the database writes it, all columns."""
    with as_everyone("test"), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT coalesce(string_agg(a::text, chr(10)), '') FROM {LOG} a"
        )
        return str(cursor.fetchone()[0])


@hypothesis_settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.text(string.ascii_letters + string.digits, min_size=16, max_size=40),
    st.sampled_from(["trunk", "extension", "person"]),
)
def test_no_secret_is_ever_in_the_table(world: World, secret: str, noun: str) -> None:
    with transaction.atomic(), as_everyone("test"):
        kept = _act(world, noun, secret)
        assert all(value not in everything_kept() for value in kept)
        transaction.set_rollback(True)


def _act(world: World, noun: str, secret: str) -> list[str]:
    """Give a noun this secret by its services; return every form that it is kept in."""
    if noun == "trunk":
        made = save_trunk(
            SYSTEM, slug="hyp", name="Hyp", host="192.0.2.8", secret=secret
        )
        save_trunk(SYSTEM, trunk=made, secret=secret[::-1] + "x")
        return [secret, secret[::-1] + "x"]
    if noun == "extension":
        held = world.nordbel.customer
        made_one = save_extension(SYSTEM, customer=held, number="4711", name="Hyp")
        first = str(made_one.secret)
        second = reset_secret(SYSTEM, made_one)
        delete_extension(SYSTEM, made_one)
        return [first, second]
    user = world.nordbel.people["owner"]
    change_password(SYSTEM, user=user, password=secret)
    user.refresh_from_db()
    return [secret, user.password]


def test_a_replaced_password_is_told_without_itself(world: World) -> None:
    with as_everyone("test"):
        save_trunk(SYSTEM, trunk=world.trunk, secret="correct-horse-battery")
        entry = AuditEntry.objects.latest("pk")
    assert entry.after["secret"] == audit.REPLACED
    assert "correct-horse-battery" not in everything_kept()


def test_the_database_itself_was_asked(world: World) -> None:
    """The walls above were asked of PostgreSQL, not of a stand-in."""
    assert isinstance(connection.connection, psycopg.Connection)
    assert settings.DATABASES["default"]["USER"] == "pbx_console"
