"""An extension: saved in one transaction with the rows Asterisk reads."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.models import AuditEntry
from pbx_console.accounts.scope import as_customer, as_everyone, as_reseller
from pbx_console.asterisk.ami.client import AmiError
from pbx_console.asterisk.models import PsAor, PsAuth, PsEndpoint
from pbx_console.pbx import projection, refresh
from pbx_console.pbx.models import Extension, Refresh
from pbx_console.pbx.models.confirmed import State
from pbx_console.pbx.services.dids import save_did
from pbx_console.pbx.services.extensions import (
    delete_extension,
    reset_secret,
    save_extension,
)
from tests.conftest import World


def test_it_projects_endpoint_auth_and_aor(world: World) -> None:
    extension = world.nordbel.extension
    key = extension.endpoint_id
    endpoint = PsEndpoint.objects.get(pk=key)
    assert endpoint.tenantid == world.nordbel.customer.code
    assert endpoint.accountcode == "201"
    assert endpoint.callerid == '"Reception" <201>'
    assert PsAor.objects.filter(pk=key).exists()
    auth = PsAuth.objects.get(pk=key)
    assert auth.md5_cred == projection.digest(key, extension.secret)
    assert extension.secret not in (auth.md5_cred, auth.password)


def test_it_stores_the_secret_encrypted(world: World) -> None:
    from django.db import connection  # noqa: PLC0415

    with as_everyone("test"), connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM pbx_extension")
        stored = [row[0] for row in cursor.fetchall()]
    assert all(value.startswith("v1.") for value in stored)
    assert world.nordbel.extension.secret not in stored


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"number": "110"}, "number"),
        ({"number": "116"}, "number"),
        ({"number": "0201"}, "number"),
        ({"number": "2"}, "number"),
        ({"number": "500&PJSIP/x"}, "number"),
        ({"number": "201"}, "__all__"),
        ({"number": "202", "name": 'Eve" <666>'}, "name"),
        ({"number": "202", "name": "line\r\nbreak"}, "name"),
        ({"number": "202", "name": ""}, "name"),
        ({"number": "202", "name": "x", "ring_seconds": 0}, "ring_seconds"),
    ],
)
def test_it_refuses_bad_input_and_changes_nothing(
    world: World, values: dict[str, object], field: str
) -> None:
    rows = (PsEndpoint.objects.count(), Refresh.objects.count())
    with as_reseller(world.nordbel.reseller):
        with pytest.raises(ValidationError) as error:
            save_extension(
                SYSTEM, customer=world.nordbel.customer, **{"name": "X", **values}
            )
        assert field in error.value.message_dict
        assert Extension.objects.count() == 1
    assert rows == (PsEndpoint.objects.count(), Refresh.objects.count())


def test_it_refuses_more_than_the_quota(world: World) -> None:
    customer = world.nordbel.customer
    customer.max_extensions = 1
    with as_reseller(world.nordbel.reseller):
        customer.save()
        with pytest.raises(ValidationError, match="The only extension of Möbelhaus"):
            save_extension(SYSTEM, customer=customer, number="202", name="Two")


def test_it_refuses_a_caller_id_of_somebody_else(world: World) -> None:
    with as_everyone("test"):
        foreign = world.zuidlijn.customer.dids.get()
        with pytest.raises(ValidationError) as error:
            save_extension(
                SYSTEM,
                customer=world.nordbel.customer,
                extension=world.nordbel.extension,
                caller_id=foreign,
            )
    assert "caller_id" in error.value.message_dict


def test_a_new_number_withdraws_the_old_account(world: World) -> None:
    extension = world.nordbel.extension
    old = extension.endpoint_id
    with as_reseller(world.nordbel.reseller):
        save_extension(
            SYSTEM, customer=extension.customer, extension=extension, number="301"
        )
    assert not PsEndpoint.objects.filter(pk=old).exists()
    assert PsEndpoint.objects.filter(pk=extension.endpoint_id).exists()
    assert Refresh.objects.get(endpoint_id=old).is_removed


def test_deleting_removes_every_row_and_asks_for_the_contacts(world: World) -> None:
    extension = world.nordbel.extension
    key = extension.endpoint_id
    with as_reseller(world.nordbel.reseller):
        delete_extension(SYSTEM, extension)
        assert not Extension.objects.exists()
        assert not world.nordbel.customer.dids.get().destination
    for table in projection.TABLES:
        assert not table._default_manager.filter(pk=key).exists()
    row = Refresh.objects.get(endpoint_id=key)
    assert row.is_removed
    with as_everyone("test"):
        kinds = {action["Cache"] for action in refresh.actions(row)}
    assert kinds == {"res_pjsip/auth", "res_pjsip/endpoint", "res_pjsip/aor"}


def test_a_reset_changes_the_digest_and_is_in_the_log_without_the_secret(
    world: World,
) -> None:
    extension = world.nordbel.extension
    with as_reseller(world.nordbel.reseller):
        secret = reset_secret(SYSTEM, extension)
        entry = AuditEntry.objects.filter(verb="extension.secret_reset").get()
    auth = PsAuth.objects.get(pk=extension.endpoint_id)
    assert auth.md5_cred == projection.digest(extension.endpoint_id, secret)
    assert secret not in str(entry.before) + str(entry.after)


def test_it_is_live_when_the_pbx_confirmed_and_not_before(world: World) -> None:
    with as_reseller(world.nordbel.reseller):
        assert Extension.objects.get().state == State.PENDING
    waiting = Refresh.objects.count()
    assert refresh.run() == waiting > 0
    with as_reseller(world.nordbel.reseller):
        extension = Extension.objects.get()
        assert extension.state == State.LIVE
        assert extension.seconds_to_live is not None
    assert not Refresh.objects.exists()


def test_it_waits_while_the_pbx_is_away_and_then_says_why(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(actions: object) -> object:
        raise AmiError("The telephone system does not answer.")

    monkeypatch.undo()
    monkeypatch.setattr("pbx_console.pbx.refresh.ask_all", away)
    refresh.run(world.nordbel.extension.endpoint_id)
    with as_reseller(world.nordbel.reseller):
        assert Extension.objects.get().state == State.PENDING
    refresh.run(world.nordbel.extension.endpoint_id)
    with as_reseller(world.nordbel.reseller):
        extension = Extension.objects.get()
        assert extension.state == State.FAILED
        assert extension.failure == "The telephone system does not answer."
    assert Refresh.objects.filter(attempts=2).exists()


def test_drift_is_found_and_mended(world: World) -> None:
    from django.core.management import CommandError, call_command  # noqa: PLC0415

    assert projection.drift() == []
    key = world.nordbel.extension.endpoint_id
    PsEndpoint.objects.filter(pk=key).update(context="from-trunk")
    PsAuth.objects.filter(pk=key).delete()
    PsAor.objects.create(id="ghost")
    reasons = {(d.table, d.id): d.reason for d in projection.drift()}
    assert reasons == {
        ("ps_endpoints", key): "differs",
        ("ps_auths", key): "is missing",
        ("ps_aors", "ghost"): "is too many",
    }
    with pytest.raises(CommandError):
        call_command("project", "--check")
    call_command("project")
    assert projection.drift() == []


def test_a_number_cannot_ring_somebody_elses_extension(world: World) -> None:
    with as_everyone("test"):
        did = world.nordbel.customer.dids.get()
        with pytest.raises(ValidationError) as error:
            save_did(SYSTEM, did=did, destination=world.zuidlijn.extension.destination)
    assert "destination" in error.value.message_dict


def test_it_tells_the_pbx_which_number_a_phone_shows(world: World) -> None:
    north = world.nordbel
    key = north.extension.endpoint_id

    def shown() -> str:
        told = str(PsEndpoint.objects.get(pk=key).set_var).partition("PBX_SHOWN=")[2]
        return told.partition(";")[0]

    with as_everyone("test"):
        assert shown() == north.number
        main = north.customer.dids.get(is_main=True)
        Refresh.objects.all().delete()
        save_did(SYSTEM, did=main, is_main=False)
        assert shown() == ""
        assert Refresh.objects.filter(endpoint_id=key).exists()
        save_did(SYSTEM, did=main, is_main=True)
        assert shown() == north.number


def test_the_log_of_a_held_number_does_not_name_the_carrier(world: World) -> None:
    with as_customer(world.nordbel.customer):
        entries = list(AuditEntry.objects.filter(object_type="did"))
    assert entries
    assert all("trunk" not in {**e.before, **e.after} for e in entries)
