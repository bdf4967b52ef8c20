"""Session fixation, login CSRF, cookie scope, sessions on another brand's host."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from pbx_console.accounts.models import RememberedDevice, Session
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services.sessions import COOKIE
from tests.conftest import PASSWORD, World

ADMIN = {"email": "admin@nordbel.example", "password": PASSWORD}
NAME = settings.SESSION_COOKIE_NAME


def at(world: World, **more: Any) -> Client:
    return Client(headers={"host": world.nordbel.host}, **more)


def test_a_session_planted_before_sign_in_is_not_the_one_after_it(world: World) -> None:
    client = at(world)
    planted: SessionBase = client.session
    planted["left"] = "by a stranger"
    planted.save()
    key = planted.session_key
    client.cookies[NAME] = key or ""
    client.post("/sign-in/", ADMIN)

    assert client.cookies[NAME].value != key
    stranger = at(world)
    stranger.cookies[NAME] = key or ""
    assert stranger.get("/account/")["Location"].startswith("/sign-in/")


def test_a_key_that_nobody_gave_out_is_not_taken_over(world: World) -> None:
    client = at(world)
    client.cookies[NAME] = "k" * 32
    client.post("/sign-in/", ADMIN)

    assert client.cookies[NAME].value != "k" * 32
    assert not Session.objects.filter(session_key="k" * 32).exists()


def test_signing_out_kills_the_session_itself(world: World) -> None:
    client = at(world)
    client.post("/sign-in/", ADMIN)
    key = client.cookies[NAME].value
    client.post("/sign-out/")

    thief = at(world)
    thief.cookies[NAME] = key
    assert thief.get("/account/")["Location"].startswith("/sign-in/")


@pytest.mark.parametrize(
    "path",
    [
        "/sign-in/",
        "/sign-out/",
        "/sign-in/forgotten/",
        "/sign-in/new-password/x/",
        "/sign-in/passkey/begin/",
        "/sign-in/passkey/",
        "/language/",
        "/theme/",
    ],
)
def test_nobody_can_be_signed_in_or_out_by_another_site(
    world: World, path: str
) -> None:
    client = at(world, enforce_csrf_checks=True)
    for origin in ("https://evil.example", f"http://{world.zuidlijn.host}", "null"):
        answer = client.post(path, ADMIN, headers={"origin": origin})
        assert answer.status_code == 403, origin
    assert client.post(path, ADMIN).status_code == 403, "a POST without a token"
    assert NAME not in client.cookies


def test_a_session_of_one_brand_is_worthless_on_anothers_host(world: World) -> None:
    client = at(world)
    client.post("/sign-in/", ADMIN)
    for host in (world.zuidlijn.host, world.operator_host):
        answer = client.get("/account/", headers={"host": host})
        assert answer["Location"].startswith("/sign-in/")


def test_cookies_name_no_domain_and_are_hidden_from_scripts(
    world: World, as_person: Any
) -> None:
    client = at(world)
    client.get("/sign-in/")
    client.post("/sign-in/", ADMIN)
    assert {NAME, settings.CSRF_COOKIE_NAME} <= set(client.cookies)
    for cookie in client.cookies.values():
        assert cookie["domain"] == ""
        assert cookie["httponly"]
        assert cookie["samesite"] in ("Lax", "Strict")
        assert cookie["path"] == "/"


def test_with_https_every_cookie_is_bound_to_its_host_by_its_name() -> None:
    """The names are settled when the settings are read, so a new process is asked."""
    script = (
        "import django, json; django.setup(); from django.conf import settings as s;"
        "from pbx_console.accounts.services.sessions import COOKIE;"
        "print(json.dumps([s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, COOKIE,"
        "s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_DOMAIN,"
        "s.CSRF_COOKIE_DOMAIN, s.SECURE_HSTS_SECONDS]))"
    )
    env = {**os.environ, "PBX_PUBLIC_SCHEME": "https"}
    done = subprocess.run(
        [sys.executable, "-c", script], env=env, check=True, capture_output=True
    )
    *names, secure, csrf_secure, domain, csrf_domain, hsts = json.loads(done.stdout)
    assert all(name.startswith("__Host-") for name in names)
    assert secure
    assert csrf_secure
    assert hsts >= 31536000
    assert domain is None
    assert csrf_domain is None


def _remembered(world: World, as_person: Any) -> Client:
    client: Client = as_person(world.nordbel.people["owner"], world.nordbel.host)
    owner = world.nordbel.people["owner"]
    with as_everyone("test"):
        device = StaticDevice.objects.create(user=owner, name="recovery")
        StaticToken.objects.create(device=device, token="abcdef0123")
    client.logout()
    form = {"email": owner.email, "password": PASSWORD}
    client.post("/sign-in/", form)
    code = {"code": "abcde-f0123", "remember": "on"}
    assert client.post("/sign-in/code/?recovery", code).status_code == 302
    return client


def test_a_remembered_device_counts_for_its_person_only(
    world: World, as_person: Any
) -> None:
    client = _remembered(world, as_person)
    cookie = client.cookies[COOKIE]
    assert cookie["httponly"]
    assert cookie["domain"] == ""
    assert cookie["path"] == "/"
    with as_everyone("test"):
        assert RememberedDevice.objects.get().token_digest != cookie.value

    def sign_in(host: str, email: str) -> Any:
        other = Client(headers={"host": host})
        other.cookies[COOKIE] = cookie.value
        return other.post("/sign-in/", {"email": email, "password": PASSWORD})

    at_home = sign_in(world.nordbel.host, "owner@nordbel.example")
    assert at_home["Location"] == "/", "no code asked"
    colleague = sign_in(world.nordbel.host, "technician@nordbel.example")
    assert colleague["Location"].startswith("/sign-in/code/")
    abroad = sign_in(world.zuidlijn.host, "owner@zuidlijn.example")
    assert abroad["Location"].startswith("/sign-in/code/")

    with as_everyone("test"):
        RememberedDevice.objects.all().delete()
    again = sign_in(world.nordbel.host, "owner@nordbel.example")
    assert again["Location"].startswith("/sign-in/code/")


def test_a_password_alone_adds_no_factor_beside_the_one_there_is(
    world: World, as_person: Any
) -> None:
    owner = world.nordbel.people["owner"]
    as_person(owner, world.nordbel.host)  # has an authenticator now
    thief = as_person(owner, world.nordbel.host, second_factor=False)
    assert thief.post("/account/passkeys/begin/").status_code == 403
    assert thief.post("/account/passkeys/").status_code == 403
    setup = thief.get("/sign-in/authenticator/")
    assert setup["Location"].startswith("/sign-in/code/")
    for page in ("/account/recovery-codes/", "/account/sessions/"):
        assert thief.get(page)["Location"].startswith("/sign-in/code/")


def test_a_new_authenticator_ends_remembered_devices(
    world: World, as_person: Any
) -> None:
    client = _remembered(world, as_person)
    client.get("/sign-in/authenticator/")
    owner = world.nordbel.people["owner"]
    device = TOTPDevice.objects.get(user=owner, confirmed=False)
    code = TOTP(device.bin_key, device.step, device.t0, device.digits).token()
    answer = client.post("/sign-in/authenticator/", {"code": f"{code:06d}"})
    assert answer.status_code == 200
    with as_everyone("test"):
        assert not RememberedDevice.objects.filter(user=owner).exists()
