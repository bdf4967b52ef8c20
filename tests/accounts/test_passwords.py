"""Which passwords are refused, and in which words."""

from __future__ import annotations

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from pbx_console.accounts.passwords import refuse_words
from pbx_console.accounts.scope import as_everyone
from pbx_console.branding.models import Brand
from tests.conftest import World

GOOD = ["lantern orbit mango fence", "Ein langer Satz mit Regen", "zq7!kd0-wPx2#mmA"]
BAD = [
    "short",
    "qwertzuiop12",
    "Password1234!",
    "hunter2hunter2",
    "123456789012",
    "aaaaaaaaaaaa",
    "x" * 129,
    "my owner sings loudly here",  # the person's name
    "N-o-r-d-b-e-l for all of us",  # the reseller, disguised
    "Kabelruf makes the day long",  # the product
]


@pytest.mark.parametrize("password", GOOD)
def test_any_kind_of_letters_will_do(world: World, password: str) -> None:
    with as_everyone("test"):
        validate_password(password, world.nordbel.people["owner"])


@pytest.mark.parametrize("password", BAD)
def test_it_refuses_what_others_try_first(world: World, password: str) -> None:
    with as_everyone("test"):
        Brand.objects.filter(reseller=world.nordbel.reseller).update(
            product_name="Kabelruf Cloud"
        )
        with pytest.raises(ValidationError):
            validate_password(password, world.nordbel.people["owner"])


@given(st.text(max_size=20), st.text(max_size=20), st.sampled_from("-_ .!"))
def test_a_word_is_found_whatever_stands_around_it(
    before: str, after: str, sign: str
) -> None:
    with pytest.raises(ValidationError):
        refuse_words(f"{before}{sign.join('TAMSEN')}{after}", ["tamsen"])
