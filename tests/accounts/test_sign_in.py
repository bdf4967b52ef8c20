"""The door: realms, throttling, second factor, recovery codes."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from pbx_console.accounts.models import AuditEntry, Reseller, User
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services import sign_in, throttle
from tests.conftest import PASSWORD, World

DOOR = "/sign-in/"


def _try(world: World, host: str, email: str, password: str = PASSWORD) -> Any:
    client = Client(headers={"host": host})
    return client, client.post(DOOR, {"email": email, "password": password})


def _token(device: TOTPDevice) -> str:
    return f"{TOTP(device.bin_key, device.step, device.t0, device.digits).token():06d}"


def test_the_address_of_one_realm_is_unknown_in_another(world: World) -> None:
    for host in (world.zuidlijn.host, world.operator_host):
        _client, response = _try(world, host, "owner@nordbel.example")
        assert response.status_code == 422


def test_the_same_address_may_exist_in_two_realms(world: World) -> None:
    with as_everyone("test"):
        for reseller in Reseller.objects.all():
            User(email="Same@Person.example", name="Same", reseller=reseller).save()
        assert User.objects.filter(email="same@person.example").count() == 2


def test_it_stops_guessing_even_with_the_right_password_in_the_end(
    world: World,
) -> None:
    for _n in range(10):
        _c, response = _try(world, world.nordbel.host, "owner@nordbel.example", "wrong")
    _c, response = _try(world, world.nordbel.host, "owner@nordbel.example")
    assert response.status_code == 422
    assert "Location" not in response
    _c, other = _try(world, world.nordbel.host, "admin@nordbel.example")
    assert other.status_code == 302


def test_it_counts_by_itself_when_redis_is_away(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise ConnectionError

    monkeypatch.setattr(throttle, "_limiter", away)
    spare = MovingWindowRateLimiter(MemoryStorage())
    monkeypatch.setattr(throttle, "_spare", spare)
    for _n in range(10):
        _try(world, world.nordbel.host, "owner@nordbel.example", "wrong")
    _c, response = _try(world, world.nordbel.host, "owner@nordbel.example")
    assert response.status_code == 422


def test_the_authenticator_is_set_up_once_and_its_codes_work_once(world: World) -> None:
    client, _response = _try(world, world.nordbel.host, "owner@nordbel.example")
    client.get("/sign-in/authenticator/")
    device = TOTPDevice.objects.get()
    address = sign_in.totp_address(device, issuer="Nordbel", account="owner")
    assert address.startswith("otpauth://totp/Nordbel%3Aowner?secret=")
    response = client.post("/sign-in/authenticator/", {"code": _token(device)})
    assert response.status_code == 200
    codes = list(StaticToken.objects.values_list("token", flat=True))
    assert len(codes) == sign_in.RECOVERY_CODES
    shown = re.sub(r"[^0-9a-f]", "", response.content.decode())
    assert all(code in shown for code in codes)
    assert client.get("/customers/").status_code == 200

    again, _response = _try(world, world.nordbel.host, "owner@nordbel.example")
    used = again.post("/sign-in/code/?recovery", {"code": codes[0]})
    assert used.status_code == 302
    assert again.get("/customers/").status_code == 200
    third, _response = _try(world, world.nordbel.host, "owner@nordbel.example")
    refused = third.post("/sign-in/code/?recovery", {"code": codes[0]})
    assert refused.status_code == 422


def test_signing_in_is_in_the_audit_log(world: World) -> None:
    _try(world, world.nordbel.host, "admin@nordbel.example")
    with as_everyone("test"):
        entry = AuditEntry.objects.filter(verb="person.signed_in").latest("at")
    assert entry.object_label == "Admin Nordbel"
    assert entry.address == "127.0.0.1"


def test_a_deactivated_person_is_out_at_the_next_click(world: World) -> None:
    client, _response = _try(world, world.nordbel.host, "admin@nordbel.example")
    with as_everyone("test"):
        User.objects.filter(email="admin@nordbel.example").update(is_active=False)
    assert client.get("/")["Location"].startswith(DOOR)


def test_a_suspended_reseller_is_closed(world: World) -> None:
    client, _response = _try(world, world.nordbel.host, "admin@nordbel.example")
    with as_everyone("test"):
        Reseller.objects.filter(slug="nordbel").update(is_active=False)
    assert client.get("/").status_code in (302, 403)
