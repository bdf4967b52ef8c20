"""Extensions on the page: added, shown, changed, deleted; the password once."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from pbx_console.accounts.models import AuditEntry
from pbx_console.pbx.models import Extension
from tests.conftest import World
from tests.console.conftest import Opens, text_of

FORM = {"number": "214", "name": "Mara Okonkwo", "ring_seconds": "30"}
FORM |= {"dial_class": "abroad", "call_waiting": "on"}


def _url(name: str, world: World, number: str = "201") -> str:
    code = world.nordbel.customer.code
    args = (
        [code] if name in ("extension_new", "customer_extensions") else [code, number]
    )
    return reverse(f"console:{name}", args=args)


def test_it_adds_an_extension_and_shows_its_password_once(
    sign_in: Opens, world: World, everyone: None
) -> None:
    client = sign_in("owner")
    client.post(_url("extension_new", world), FORM)
    made = Extension.objects.get(customer=world.nordbel.customer, number="214")
    page = _url("extension", world, "214")
    assert made.secret in text_of(client.get(page))
    assert made.secret not in text_of(client.get(page))


def test_it_does_not_show_the_password_to_somebody_else(
    sign_in: Opens, world: World, everyone: None
) -> None:
    sign_in("owner").post(_url("extension_new", world), FORM)
    made = Extension.objects.get(customer=world.nordbel.customer, number="214")
    shown = text_of(sign_in("technician").get(_url("extension", world, "214")))
    assert made.secret not in shown


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"number": "201"}, "already an extension"),
        ({"number": "0"}, "2 to 6 digits"),
        ({"number": "112"}, "reached outside by everybody"),
        ({"number": "2x"}, "2 to 6 digits"),
        ({"name": 'A "B"'}, "without quotes"),
        ({"name": ""}, "This field is required"),
        ({"ring_seconds": "1"}, "greater than or equal to 5"),
        ({"caller_id": "999999"}, "Select a valid choice"),
    ],
)
def test_it_says_what_is_wrong_and_adds_nothing(
    sign_in: Opens,
    world: World,
    everyone: None,
    wrong: dict[str, str],
    said: str,
) -> None:
    before = Extension.objects.count()
    response = sign_in("owner").post(_url("extension_new", world), {**FORM, **wrong})
    assert response.status_code == 422
    assert said in text_of(response)
    assert Extension.objects.count() == before


def test_it_refuses_one_more_than_allowed(
    sign_in: Opens, world: World, everyone: None
) -> None:
    held = world.nordbel.customer
    held.max_extensions = 1
    held.save()
    response = sign_in("owner").post(_url("extension_new", world), FORM)
    assert "Raise the limit first" in text_of(response)
    assert held.extensions.count() == 1


def test_it_changes_an_extension_and_tells_the_log(
    sign_in: Opens, world: World, everyone: None
) -> None:
    client = sign_in("admin")
    form = {"number": "201", "name": "Empfang", "ring_seconds": "45"}
    client.post(_url("extension_edit", world), form)
    entry = AuditEntry.objects.filter(verb="extension.saved").latest("pk")
    assert ("ring_seconds", 30, 45) in entry.changes
    shown = text_of(client.get(_url("extension", world)))
    assert '<span class="was">30</span> 45' in shown


def test_it_gives_a_new_password_only_by_post(
    sign_in: Opens, world: World, everyone: None
) -> None:
    client, row = sign_in("owner"), world.nordbel.extension
    old = Extension.objects.get(pk=row.pk).secret
    assert client.get(_url("extension_secret", world)).status_code == 405
    client.post(_url("extension_secret", world))
    new = Extension.objects.get(pk=row.pk).secret
    assert new != old
    assert new in text_of(client.get(_url("extension", world)))


def test_it_deletes_only_when_the_number_was_typed(
    sign_in: Opens, world: World, everyone: None
) -> None:
    client, url = sign_in("owner"), _url("extension_delete", world)
    refused = client.post(url, {"confirm": "202"})
    assert refused.status_code == 422
    assert "Nothing was deleted" in text_of(refused)
    assert world.nordbel.customer.extensions.exists()
    assert "1 outside number then rings nowhere" in text_of(client.get(url))
    client.post(url, {"confirm": "201"})
    assert not world.nordbel.customer.extensions.exists()


@pytest.mark.parametrize("role", ["billing", "reader"])
def test_it_lets_only_the_right_roles_change(
    sign_in: Opens, world: World, everyone: None, role: str
) -> None:
    client = sign_in(role)
    for name in ("extension_new", "extension_edit", "extension_delete"):
        assert client.post(_url(name, world), FORM).status_code == 403
    assert client.post(_url("extension_secret", world)).status_code == 403
    assert "New SIP password" not in text_of(client.get(_url("extension", world)))


def test_it_hides_another_resellers_extension(sign_in: Opens, world: World) -> None:
    stranger = sign_in("owner", "zuidlijn")
    for name in ("extension", "extension_state", "extension_edit", "extension_delete"):
        assert stranger.get(_url(name, world)).status_code == 404
    assert stranger.post(_url("extension_secret", world)).status_code == 404


def test_it_polls_the_state_while_pending_and_stops_when_live(
    sign_in: Opens, world: World, everyone: None
) -> None:
    client, row = sign_in("owner"), world.nordbel.extension
    Extension.objects.filter(pk=row.pk).update(live_revision=0, revision=1)
    assert "every 1s" in text_of(client.get(_url("extension_state", world)))
    Extension.objects.filter(pk=row.pk).update(live_revision=1)
    assert "every 1s" not in text_of(client.get(_url("extension_state", world)))


def test_it_names_the_reason_of_a_failure(
    sign_in: Opens, world: World, everyone: None
) -> None:
    failed = {
        "live_revision": 0,
        "revision": 1,
        "failure": "no connection: [Errno 111]",
    }
    Extension.objects.filter(pk=world.nordbel.extension.pk).update(**failed)
    shown = text_of(sign_in("owner").get(_url("extension", world)))
    assert shown.count("The telephone system cannot be reached.") >= 2
    assert "Errno" not in shown


def test_it_lists_with_a_fixed_number_of_queries(
    sign_in: Opens, world: World, django_assert_max_num_queries: Any
) -> None:
    client = sign_in("owner")
    client.get("/extensions/")
    with django_assert_max_num_queries(12):
        shown = text_of(client.get("/extensions/"))
    assert "Reception" in shown
