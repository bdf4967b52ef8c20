"""How far a phone is: what its page says where it hangs, and when it asks in vain."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from pbx_console.accounts.scope import as_everyone
from pbx_console.console.phone_steps import steps_of
from pbx_console.provisioning.models import Phone, Registration
from pbx_console.provisioning.states import PhoneState, states_of
from pbx_console.provisioning.timeline import note
from pbx_console.provisioning.timeline_words import why_not
from tests.conftest import World
from tests.console.conftest import Opens, text_of
from tests.phones.cast import HERE, again, make_phone

MAC, ELSEWHERE = "0004130a0b0c", "203.0.113.66"


def told(phone: Phone) -> tuple[list[str], list[str], str]:
    """Tones of the three steps, what others did, and all words."""
    with as_everyone("test"):
        now = again(phone)
        steps, others = steps_of(now, states_of([now])[now.pk], "https://x.example/")
    words = " ".join(f"{step.words} {step.remedy}" for step in steps)
    return [s.tone for s in steps], [s.words for s in others], words


def fetched(phone: Phone, **own: Any) -> None:
    """It came for its settings a minute ago."""
    at = timezone.now() - dt.timedelta(minutes=1)
    own = {"fetched_at": at, "changed_at": at, "bound_address": HERE} | own
    with as_everyone("test"):
        Phone.objects.filter(pk=phone.pk).update(window_until=None, **own)


def test_each_place_where_a_phone_hangs_has_its_words(
    world: World, in_english: None
) -> None:
    phone = make_phone(world.nordbel, "yealink-t46u", MAC)
    assert told(phone)[0] == ["live", "now", "none"]
    with as_everyone("test"):
        Phone.objects.filter(pk=phone.pk).update(window_until=timezone.now())
    note("fetch_refused", phone=phone, address=HERE, reason="no_secret")
    tones, _others, words = told(phone)
    assert tones == ["failed", "pending", "none"]
    assert "Let it in again" in words
    fetched(phone)
    assert told(phone)[0] == ["live", "live", "now"]
    endpoint = world.nordbel.extension.endpoint_id
    note("refused", endpoint=endpoint, address=HERE, reason="password")
    tones, others, words = told(phone)
    assert (tones[2], others) == ("failed", [])
    assert "older password" in words
    fetched(phone, last_error="unfit: srtp")
    assert "cannot encrypt speech" in told(phone)[2]


def test_what_others_try_is_not_why_a_phone_is_silent(
    world: World, in_english: None
) -> None:
    phone = make_phone(world.nordbel, "yealink-t46u", MAC)
    fetched(phone)
    endpoint = world.nordbel.extension.endpoint_id
    note("refused", endpoint=endpoint, address=ELSEWHERE, reason="password")
    note("fetch_refused", phone=phone, address=ELSEWHERE, reason="second_fetcher")
    tones, others, _words = told(phone)
    assert tones == ["live", "live", "now"]
    assert len(others) == 2


def test_a_phone_that_comes_and_goes_is_not_simply_registered(
    world: World, in_english: None
) -> None:
    phone = make_phone(world.nordbel, "yealink-t46u", MAC)
    fetched(phone)
    endpoint = world.nordbel.extension.endpoint_id
    with as_everyone("test"):
        Registration.objects.create(endpoint=endpoint, customer=phone.customer)
        now = again(phone)
        here = PhoneState("registered", timezone.now(), HERE)
        steady, _others = steps_of(now, here, "")
        for _turn in range(6):
            note("lost", endpoint=endpoint, phone=phone, address=HERE)
            note("registered", endpoint=endpoint, phone=phone, address=HERE)
        shaky, _others = steps_of(now, here, "")
    assert (steady[2].tone, steady[2].words) == ("live", "Registered")
    assert (shaky[2].tone, shaky[2].words) == (
        "pending",
        "Registered, but it comes and goes",
    )
    assert "cable" in shaky[2].remedy


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("unfit: accounts", "more lines"),
        ("badvalue: display_name", "name of an extension"),
        ("refused: dim_timer", "setting dim_timer"),
        ("anything: else", "Save it anew"),
    ],
)
def test_why_a_file_was_not_written_is_a_sentence(
    in_english: None, error: str, words: str
) -> None:
    assert words in why_not(error)
    assert ": " + error.partition(": ")[2] not in why_not(error)


def test_an_open_page_is_answered_only_what_is_new(
    sign_in: Opens, world: World, everyone: None
) -> None:
    phone = make_phone(world.nordbel, "yealink-t46u", MAC)
    code, client = world.nordbel.customer.code, sign_in("technician")
    page = text_of(client.get(reverse("console:phone", args=[code, MAC])))
    asks = re.search(r'hx-get="([^"]+/state/\?seen=[0-9a-f]+)"', page)
    assert asks
    assert client.get(asks[1]).status_code == 204
    fetched(phone)
    part = text_of(client.get(asks[1]))
    assert 'id="phone-now"' in part
    assert 'id="phone-times" hx-swap-oob' in part
    assert "<html" not in part
