"""The first account of an empty installation."""

from __future__ import annotations

import re
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from pbx_console.accounts.models import Membership, User
from pbx_console.branding.models import BrandDomain
from pbx_console.branding.services.domains import domain_is_proven
from tests.conftest import World


def set_up(host: str, email: str) -> str:
    out = StringIO()
    call_command("set_up", host=host, email=email, name="Ada First", stdout=out)
    return out.getvalue()


def test_it_makes_a_staff_account_and_a_proven_host(
    world: World, everyone: Any
) -> None:
    said = set_up("console.example.org", "ada@example.org")
    user = User.objects.get(email="ada@example.org", reseller=None)
    assert Membership.objects.get(user=user).role == "operator"
    found = re.search(r"Password \(shown once\): (\S+)", said)
    assert found
    assert user.check_password(found[1])
    assert domain_is_proven("console.example.org")


def test_it_makes_nothing_when_a_part_is_wrong(world: World, everyone: Any) -> None:
    with pytest.raises(CommandError, match="valid email"):
        set_up("console.example.org", "not an address")
    assert not BrandDomain.objects.filter(host="console.example.org").exists()
