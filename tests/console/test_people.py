"""People at three levels: who sees whom, who may change what, imports, switching."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from pbx_console.accounts.models import (
    Customer,
    Invitation,
    Membership,
    Reseller,
    Session,
    User,
)
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services import people_import
from pbx_console.accounts.tasks import send_waiting_invitations
from tests.conftest import World
from tests.console.conftest import Opens, text_of
from tests.posted import Posted, posted

pytestmark = pytest.mark.usefixtures("in_english")

__all__ = ["posted"]


@pytest.fixture
def code(world: World) -> str:
    return world.nordbel.customer.code


def role_of(user: User) -> Membership:
    with as_everyone("test"):
        return Membership.objects.select_related("user").get(user=user)


def test_each_level_lists_the_people_below_it(
    sign_in: Opens, world: World, code: str
) -> None:
    customers = text_of(sign_in("technician").get(f"/customers/{code}/people/"))
    for role in ("admin", "end_user"):
        assert world.nordbel.people[role].email in customers
    assert world.nordbel.people["owner"].email not in customers

    own = text_of(sign_in("owner").get("/people/"))
    assert world.nordbel.people["reader"].email in own
    assert world.nordbel.people["admin"].email not in own
    assert world.zuidlijn.people["reader"].email not in own

    staff = text_of(sign_in("operator").get("/people/"))
    assert world.operator.email in staff
    shown = text_of(sign_in("operator").get("/resellers/nordbel/people/"))
    assert world.nordbel.people["owner"].email in shown
    assert sign_in("technician").get("/people/").status_code == 403


def test_it_searches_filters_and_writes_the_same_as_csv(
    sign_in: Opens, world: World, code: str
) -> None:
    client = sign_in("owner")
    url = f"/customers/{code}/people/"
    found = text_of(client.get(url, {"q": "END_USER@"}))
    assert world.nordbel.people["end_user"].email in found
    assert world.nordbel.people["admin"].email not in found
    file = text_of(client.get(url, {"role": "admin", "format": "csv"}))
    assert world.nordbel.people["admin"].email in file
    assert world.nordbel.people["end_user"].email not in file
    assert "Nobody matches" in text_of(client.get(url, {"q": "nobody of this name"}))


def test_it_invites_sends_again_and_withdraws(
    sign_in: Opens, world: World, code: str, posted: Posted
) -> None:
    client = sign_in("admin")
    url = f"/customers/{code}/people/"
    form = {"name": "Anna", "email": "Anna@firm.example", "role": "end_user"}
    refused = client.post(f"{url}invite/", form)
    assert refused.status_code == 422
    assert "Choose the extension" in text_of(refused)
    form["extension_number"] = "201"
    assert client.post(f"{url}invite/", form)["Location"] == url
    shown = text_of(client.get(url))
    assert "anna@firm.example" in shown
    with as_everyone("test"):
        made = Invitation.objects.get(email="anna@firm.example")
    client.post(f"/people/invitations/{made.pk}/again/")
    assert len(posted.mails) == 2
    assert posted.token(0) != posted.token(1)
    client.post(f"/people/invitations/{made.pk}/withdraw/")
    assert "anna@firm.example" not in text_of(client.get(url))
    told = text_of(client.get(f"/customers/{code}/audit/"))
    assert "Invitation of Anna withdrawn" in told


def test_a_form_cannot_give_what_the_page_does_not_offer(
    sign_in: Opens, code: str, posted: Posted
) -> None:
    form = {"name": "A", "email": "a@firm.example", "role": "owner"}
    url = f"/customers/{code}/people/invite/"
    assert sign_in("admin").post(url, form).status_code == 422
    assert sign_in("technician").post("/people/invite/", form).status_code == 403
    foreign = sign_in("owner", "zuidlijn").post(url, form)
    assert foreign.status_code == 404
    assert posted.mails == []


def test_it_changes_a_role_and_ends_the_sessions(sign_in: Opens, world: World) -> None:
    end_user = world.nordbel.people["end_user"]
    theirs = sign_in("end_user")
    assert theirs.get("/").status_code == 200
    url = f"/people/roles/{role_of(end_user).pk}/"
    sign_in("admin").post(url, {"role": "admin", "extension_number": ""})
    assert role_of(end_user).role == "admin"
    assert not Session.objects.filter(user=end_user).exists()
    assert theirs.get("/")["Location"].startswith("/sign-in/")


def test_it_deactivates_and_activates(sign_in: Opens, world: World) -> None:
    reader = world.nordbel.people["reader"]
    theirs = sign_in("reader")
    owner = sign_in("owner")
    owner.post(f"/people/{reader.pk}/state/", {"active": "0"})
    assert theirs.get("/")["Location"].startswith("/sign-in/")
    assert "deactivated" in text_of(owner.get("/people/", {"state": "off"}))
    owner.post(f"/people/{reader.pk}/state/", {"active": "1"})
    with as_everyone("test"):
        assert User.objects.get(pk=reader.pk).is_active


def test_nobody_touches_the_own_door_or_the_last_owner(
    sign_in: Opens, world: World
) -> None:
    owner, client = world.nordbel.people["owner"], sign_in("owner")
    client.post(f"/people/{owner.pk}/state/", {"active": "0"})
    client.post(f"/people/roles/{role_of(owner).pk}/take/")
    client.post(f"/people/roles/{role_of(owner).pk}/", {"role": "reader"})
    staff = sign_in("operator")
    for url in (f"/people/roles/{role_of(owner).pk}/take/",):
        said = staff.post(url, follow=True)
        assert "This is the last owner" in text_of(said)
    staff.post(f"/people/{owner.pk}/state/", {"active": "0"})
    staff.post(f"/people/roles/{role_of(owner).pk}/", {"role": "reader"})
    mine = role_of(world.operator)
    staff.post(f"/people/roles/{mine.pk}/take/")
    assert role_of(owner).role == "owner"
    with as_everyone("test"):
        assert User.objects.get(pk=owner.pk).is_active
        assert Membership.objects.filter(pk=mine.pk).exists()


def test_nobody_decides_about_those_above(sign_in: Opens, world: World) -> None:
    people = world.nordbel.people
    for role, other in (
        ("technician", "owner"),
        ("technician", "reader"),
        ("admin", "technician"),
    ):
        client = sign_in(role)
        held = role_of(people[other])
        assert client.get(f"/people/{people[other].pk}/").status_code == 404
        assert client.post(f"/people/roles/{held.pk}/take/").status_code == 404
        state = client.post(f"/people/{people[other].pk}/state/", {"active": "0"})
        assert state.status_code == 404


def test_a_person_with_a_role_elsewhere_loses_only_the_role_here(
    sign_in: Opens, world: World
) -> None:
    admin = world.nordbel.people["admin"]
    reseller = world.nordbel.reseller
    with as_everyone("test"):
        here = Membership.objects.get(user=admin)
        Membership.objects.create(user=admin, role="reader", reseller=reseller)
        other = world.nordbel.people["end_user"]
        Membership.objects.filter(user=other).update(role="admin")
    client = sign_in("end_user")
    said = client.post(f"/people/{admin.pk}/state/", {"active": "0"}, follow=True)
    assert "also has a role elsewhere" in text_of(said)
    client.post(f"/people/{admin.pk}/", {"name": "Somebody else"})
    client.post(f"/people/roles/{here.pk}/take/")
    with as_everyone("test"):
        left = Membership.objects.get(user=admin)
        assert left.role == "reader"
        assert User.objects.get(pk=admin.pk).is_active
        assert User.objects.get(pk=admin.pk).name == admin.name


def test_one_person_switches_between_several_roles(
    sign_in: Opens, world: World
) -> None:
    admin = world.nordbel.people["admin"]
    with as_everyone("test"):
        second = Customer.objects.create(reseller=world.nordbel.reseller, name="Second")
        also = Membership.objects.create(
            user=admin, role="admin", reseller=second.reseller, customer=second
        )
    client = sign_in("admin")
    page = text_of(client.get(f"/customers/{world.nordbel.customer.code}/"))
    assert "Switch role" in page
    assert client.get(f"/customers/{second.code}/").status_code == 404
    client.post("/membership/", {"membership": also.pk})
    assert client.get(f"/customers/{second.code}/").status_code == 200
    foreign = role_of(world.nordbel.people["owner"])
    assert client.post("/membership/", {"membership": foreign.pk}).status_code == 404


@pytest.mark.parametrize("whose", ["customer", "reseller"])
def test_without_the_feature_a_customer_looks_and_its_reseller_changes(
    sign_in: Opens, world: World, code: str, posted: Posted, whose: str
) -> None:
    with as_everyone("test"):
        if whose == "customer":
            Customer.objects.filter(code=code).update(features=[])
        else:
            Reseller.objects.filter(slug="nordbel").update(features=[])
    url = f"/customers/{code}/people/"
    form = {"name": "A", "email": "a@firm.example", "role": "admin"}
    admin = sign_in("admin")
    page = text_of(admin.get(url))
    assert "Your provider looks after the people" in page
    assert "Invite person" not in page
    refused = admin.post(f"{url}invite/", form)
    assert refused.status_code == 403
    assert "not part of this contract" in text_of(refused)
    assert sign_in("technician").post(f"{url}invite/", form).status_code == 302
    assert len(posted.mails) == 1


# ── import ───────────────────────────────────────────────────────────────────────────


def upload(client: Any, code: str, text: str) -> Any:
    file = SimpleUploadedFile("people.csv", text.encode(), content_type="text/csv")
    return client.post(f"/customers/{code}/people/import/", {"file": file})


def test_it_shows_row_column_and_reason_and_invites_nobody(
    sign_in: Opens, world: World, code: str, posted: Posted
) -> None:
    taken = world.nordbel.people["admin"].email
    text = (
        "name;mail;extension;role\n"
        "Anna;anna@firm.example;201;user\n"
        "Bert;no address;201;user\n"
        "Cora;cora@firm.example;999;user\n"
        "Dirk;dirk@firm.example;;user\n"
        "Emma;emma@firm.example;201;owner\n"
        f"Fred;{taken};;admin\n"
        "Anna;ANNA@firm.example;201;user\n"
        ";gert@firm.example;201;user\n"
    )
    page = upload(sign_in("admin"), code, text)
    assert page.status_code == 422
    rows = text_of(page).partition('id="h-err"')[2]
    wrong = [
        (3, "mail"),
        (4, "extension"),
        (5, "extension"),
        (6, "role"),
        (7, "mail"),
        (8, "mail"),
        (9, "name"),
    ]
    for row, column in wrong:
        place = f'<td class="num">{row}</td><td class="mono">{column}</td>'
        assert place in rows
    assert rows.count('class="num"') == len(wrong) + 1
    with as_everyone("test"):
        assert not Invitation.objects.exists()
    bad = {"text": text, "import": "1"}
    sign_in("admin").post(f"/customers/{code}/people/import/", bad)
    with as_everyone("test"):
        assert not Invitation.objects.exists()
    assert posted.mails == []


def test_it_looks_first_and_then_invites_with_one_mail_each(
    sign_in: Opens,
    code: str,
    posted: Posted,
    django_capture_on_commit_callbacks: Any,
) -> None:
    client = sign_in("technician")
    text = "name,mail,extension\nAnna,anna@firm.example,201\nBo,bo@firm.example,201\n"
    assert "This would happen" in text_of(upload(client, code, text))
    assert posted.mails == []
    with django_capture_on_commit_callbacks(execute=True):
        url = f"/customers/{code}/people/import/"
        assert client.post(url, {"text": text, "import": "1"}).status_code == 302
    assert [mail.to for mail in posted.mails] == [
        "anna@firm.example",
        "bo@firm.example",
    ]
    assert send_waiting_invitations() == 0
    again = upload(client, code, text)
    assert "This person is invited already" in text_of(again)


def test_ten_thousand_people_are_a_handful_of_questions(
    sign_in: Opens,
    code: str,
    posted: Posted,
    django_assert_max_num_queries: Any,
) -> None:
    lines = [f"Person {n};p{n}@firm.example;201;user" for n in range(10_000)]
    text = "\n".join(["name;mail;extension;role", *lines]) + "\n"
    client = sign_in("technician")
    url = f"/customers/{code}/people/import/"
    with django_assert_max_num_queries(60):
        assert client.post(url, {"text": text, "import": "1"}).status_code == 302
    with as_everyone("test"):
        assert Invitation.objects.count() == 10_000
    assert posted.mails == []  # they leave in steps, after the answer
    page = text_of(client.get(f"/customers/{code}/people/"))
    assert "All invitations" in page
    too_many = upload(client, code, text + "One;one@firm.example;201;user\n")
    assert "more than 10000 rows" in text_of(too_many)


def test_the_token_of_a_waiting_invitation_is_made_with_its_mail(
    sign_in: Opens, code: str, posted: Posted
) -> None:
    client = sign_in("technician")
    text = "name;mail;extension\nAnna;anna@firm.example;201\n"
    url = f"/customers/{code}/people/import/"
    client.post(url, {"text": text, "import": "1"})
    with as_everyone("test"):
        waiting = Invitation.objects.get()
    assert waiting.token_digest.startswith(people_import.WAITING)
    assert send_waiting_invitations() == 1
    strange = client.get(f"/invitation/{posted.token()}/")
    assert strange.status_code == 200
