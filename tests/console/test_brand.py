"""The brand page: draft, preview, publishing, going back, and who may."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from pbx_console.accounts.models import AuditEntry
from pbx_console.branding import hosts
from pbx_console.branding.models import Brand, BrandDraft, BrandVersion, CustomerLogo
from pbx_console.branding.services.brands import FIELDS
from pbx_console.branding.services.drafts import plain_values
from tests.conftest import World
from tests.console.conftest import Opens, text_of


@pytest.fixture
def brand(world: World, everyone: Any) -> Brand:
    """Return Nordbel's brand."""
    return Brand.objects.get(reseller=world.nordbel.reseller)


def png(size: tuple[int, int] = (240, 60), colour: str = "#c2185b") -> bytes:
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG")
    return out.getvalue()


def typed(brand: Brand, **changes: Any) -> dict[str, Any]:
    """Return what the form sends, with some fields changed."""
    values = {n: v for n, v in plain_values(brand).items() if n in FIELDS}
    return {n: v for n, v in (values | changes).items() if v is not False}


def upload(data: bytes, name: str = "logo.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def door(world: World) -> str:
    hosts.forget()
    return text_of(Client(headers={"host": world.nordbel.host}).get("/sign-in/"))


def test_it_keeps_a_change_as_a_draft_that_nobody_sees(
    world: World, brand: Brand, sign_in: Opens
) -> None:
    owner = sign_in("owner")
    answer = owner.post("/brand/", typed(brand, product_name="Nordlicht"), follow=True)

    assert "1 change, not published" in text_of(answer)
    assert 'value="Nordlicht"' in text_of(answer)
    assert "Nordlicht" not in door(world)
    draft = BrandDraft.objects.get(brand=brand)
    assert draft.values == {"product_name": "Nordlicht"}


def test_it_forgets_a_change_that_is_taken_back_by_hand(
    brand: Brand, sign_in: Opens
) -> None:
    owner = sign_in("owner")
    owner.post("/brand/", typed(brand, radius=10))
    owner.post("/brand/", typed(brand))

    assert not BrandDraft.objects.filter(brand=brand).exists()


def test_it_publishes_what_was_typed_in_one_press(
    world: World, brand: Brand, sign_in: Opens
) -> None:
    owner = sign_in("owner")
    changed = typed(brand, product_name="Nordlicht", accent="C2185B", then="publish")
    answer = owner.post("/brand/", changed, follow=True)

    assert "Published. 1 customer sees it now." in text_of(answer)
    assert "Nordlicht" in door(world)
    css = Client(headers={"host": world.nordbel.host}).get("/brand.css")
    assert "--brand-accent:#c2185b" in text_of(css)
    entry = AuditEntry.objects.filter(verb="brand.published").latest("id")
    assert entry.before["product_name"] == "Nordbel"
    assert entry.after == {"product_name": "Nordlicht", "accent": "#c2185b"}


def test_it_goes_back_to_an_earlier_version_as_a_new_one(
    world: World, brand: Brand, sign_in: Opens
) -> None:
    owner = sign_in("owner")
    owner.post("/brand/", typed(brand, product_name="Nordlicht", then="publish"))
    answer = owner.post("/brand/versions/", {"number": 1}, follow=True)

    assert "Version 1 is shown again." in text_of(answer)
    assert "Nordlicht" not in door(world)
    numbers = BrandVersion.objects.filter(brand=brand).order_by("number")
    assert [(v.number, v.rolled_back_to) for v in numbers] == [
        (1, None),
        (2, None),
        (3, 1),
    ]
    assert AuditEntry.objects.filter(verb="brand.rolled_back").exists()


@pytest.mark.parametrize("number", ["99", "x", "", "-1", "9" * 30, "²"])
def test_it_knows_no_version_that_was_never_published(
    brand: Brand, sign_in: Opens, number: str
) -> None:
    answer = sign_in("owner").post("/brand/versions/", {"number": number})
    assert answer.status_code == 404


def test_it_discards_a_draft(brand: Brand, sign_in: Opens) -> None:
    owner = sign_in("owner")
    owner.post("/brand/", {**typed(brand), "logo": upload(png())})
    assert brand.pictures.count() == 4
    owner.post("/brand/discard/")

    assert not BrandDraft.objects.exists()
    assert brand.pictures.count() == 3  # the logo that nobody names any more is gone


WRONG = [
    ({"accent": "red"}, "Write it as #0b5c66."),
    ({"accent": "#12"}, "Write it as #0b5c66."),
    ({"accent": "#0b5c66;}body{}"}, "Write it as #0b5c66."),
    ({"product_name": ""}, "required"),
    ({"product_name": "Nord\u202ebel"}, "cannot be seen"),
    ({"product_name": "Nord:bel"}, "no colon"),
    ({"imprint_url": "http://nordbel.example"}, "beginning with https"),
    ({"privacy_url": "javascript:alert(1)"}, "beginning with https"),
    ({"support_phone": "call me"}, "Digits"),
    ({"support_email": "nobody"}, "valid email"),
    ({"mail_from_name": "Nord\nBcc: x@y.example"}, "cannot be seen|one line"),
    ({"radius": "99"}, "99"),
    ({"tint": "7"}, "2"),
    ({"font": "Comic Sans"}, "Comic Sans"),
]


@pytest.mark.parametrize(("changes", "said"), WRONG)
def test_it_says_what_is_wrong_and_keeps_nothing(
    brand: Brand, sign_in: Opens, changes: dict[str, str], said: str
) -> None:
    answer = sign_in("owner").post("/brand/", typed(brand, **changes))

    assert answer.status_code == 422
    assert re.search(said, text_of(answer))
    assert not BrandDraft.objects.exists()


def test_it_says_at_the_picture_why_a_file_is_refused(
    brand: Brand, sign_in: Opens
) -> None:
    data = {**typed(brand, radius=10), "logo": upload(b"MZ\x90\x00", "logo.png")}
    answer = sign_in("owner").post("/brand/", data)

    assert answer.status_code == 422
    assert "no PNG, JPEG, WebP or SVG" in text_of(answer)
    assert not BrandDraft.objects.exists()  # not even the corners: nothing half done


def test_it_keeps_the_draft_beside_the_typing(brand: Brand, sign_in: Opens) -> None:
    owner = sign_in("owner")
    asked = {"HX-Request": "true"}
    good = owner.post("/brand/", typed(brand, accent="#f2701d"), headers=asked)
    bad = owner.post("/brand/", typed(brand, accent="#zz"), headers=asked)

    assert "1 change, not published" in text_of(good)
    assert 'id="brand-contrast"' in text_of(good)
    assert "Adjusted" in text_of(good)
    assert "Write it as #0b5c66." in text_of(bad)
    assert BrandDraft.objects.get().values == {"accent": "#f2701d"}


def test_it_measures_a_colour_that_is_only_being_picked(
    brand: Brand, sign_in: Opens
) -> None:
    owner = sign_in("owner")
    found = text_of(owner.get("/brand/contrast/", {"accent": "#ffff00", "tint": "1"}))

    assert found.count("<tr>") == 8
    assert "Adjusted" in found
    assert owner.get("/brand/contrast/", {"accent": "#ff"}).status_code == 204
    assert (
        owner.get("/brand/contrast/", {"accent": "#fff", "tint": "x"}).status_code
        == 204
    )
    assert not BrandDraft.objects.exists()


def test_it_takes_a_pressed_swatch_without_javascript(
    brand: Brand, sign_in: Opens
) -> None:
    sign_in("owner").post("/brand/", typed(brand, swatch="#7a2bd0"))
    assert BrandDraft.objects.get().values == {"accent": "#7a2bd0"}


def test_it_draws_the_preview_from_the_draft_only_for_who_may(
    world: World, brand: Brand, sign_in: Opens
) -> None:
    owner = sign_in("owner")
    words = "Welcome to the north"
    data = typed(brand, accent="#f2701d", login_text=words)
    owner.post("/brand/", {**data, "logo": upload(png())})

    assert ".pv{--brand-accent:#f2701d" in text_of(owner.get("/brand/draft.css"))
    page = owner.get("/brand/sign-in/?theme=dark")
    assert words in text_of(page)
    assert page["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in page["Content-Security-Policy"]
    found = re.search(
        r'src="(/brand/pictures/[0-9a-f]{64}/)"', text_of(owner.get("/brand/"))
    )
    assert found
    assert owner.get(found[1])["Content-Type"] == "image/png"
    assert owner.get("/brand/document.png").content.startswith(b"\x89PNG")
    stranger = Client(headers={"host": world.nordbel.host})
    assert stranger.get(found[1]).status_code == 302
    assert sign_in("owner", "zuidlijn").get(found[1]).status_code == 404


def test_it_dresses_the_console_in_the_draft_for_one_person(
    world: World, brand: Brand, sign_in: Opens
) -> None:
    owner, colleague = sign_in("owner"), sign_in("technician")
    changed = typed(brand, product_name="Nordlicht", accent="#c2185b", then="open")
    page = owner.post("/brand/", changed, follow=True)

    assert page.request["PATH_INFO"].startswith("/customers/")
    assert "You see the draft of the brand" in text_of(page)
    assert 'aria-label="Nordlicht"' in text_of(page)
    assert "--brand-accent:#c2185b" in text_of(owner.get("/brand.css"))
    assert owner.get("/brand.css")["Cache-Control"] == "private, no-cache"
    assert "Nordlicht" not in text_of(colleague.get("/"))
    owner.post("/brand/close/")
    assert "Nordlicht" not in text_of(owner.get("/customers/"))


def test_platform_staff_dress_a_reseller_below_them(
    world: World, brand: Brand, sign_in: Opens
) -> None:
    staff = sign_in("operator")
    url = "/resellers/nordbel/brand/"
    staff.post(url, typed(brand, product_name="Nordlicht", then="publish"))

    assert "Nordlicht" in door(world)
    own = text_of(sign_in("owner").get("/brand/"))
    assert "Staff" not in own  # who of the platform it was is nobody's business below
    assert sign_in("owner").get("/resellers/zuidlijn/brand/").status_code == 404


def test_it_shows_support_and_legal_links_wherever_help_is_needed(
    world: World, brand: Brand, sign_in: Opens
) -> None:
    words = {
        "support_email": "hilfe@nordbel.example",
        "support_phone": "+49 (30) 23125-100",
        "imprint_url": "https://nordbel.example/impressum",
        "privacy_url": "https://nordbel.example/datenschutz",
    }
    owner = sign_in("owner")
    owner.post("/brand/", typed(brand, then="publish", **words))
    hosts.forget()
    inside = text_of(owner.get("/customers/"))
    lost = text_of(Client(headers={"host": world.nordbel.host}).get("/nowhere/"))
    for page in (door(world), inside, lost):
        assert "mailto:hilfe@nordbel.example" in page
        assert 'href="tel:+493023125100"' in page
        assert words["imprint_url"] in page
        assert words["privacy_url"] in page


def test_it_shows_picture_and_words_at_the_door(
    world: World, brand: Brand, sign_in: Opens
) -> None:
    data = typed(brand, then="publish", login_text="Hello <b>there</b>")
    picture = upload(png((900, 1200)), "x.exe")
    sign_in("owner").post("/brand/", {**data, "login": picture})
    page = door(world)
    found = re.search(r'src="(/brand/login\.webp\?v=\w+)"', page)

    assert found
    assert "Hello &lt;b&gt;there&lt;/b&gt;" in page
    answer = Client(headers={"host": world.nordbel.host}).get(found[1])
    assert Image.open(BytesIO(answer.content)).format == "WEBP"


def test_a_customer_shows_its_own_logo_where_the_reseller_allows(
    world: World, brand: Brand, sign_in: Opens
) -> None:
    admin, code = sign_in("admin"), world.nordbel.customer.code
    url = f"/customers/{code}/logo/"
    assert admin.get(url).status_code == 403
    sign_in("owner").post(
        "/brand/", typed(brand, customers_may_show_logo="on", then="publish")
    )
    hosts.forget()
    admin.post(url, {"logo": upload(png())})

    page = text_of(admin.get(f"/customers/{code}/"))
    found = re.search(rf'src="(/customers/{code}/logo/picture/\?v=\w+)"', page)
    assert found
    assert admin.get(found[1])["Content-Type"] == "image/png"
    assert sign_in("admin", "zuidlijn").get(found[1]).status_code == 404
    assert "logo/picture" not in door(world)
    admin.post(url, {"remove": "1"})
    assert not CustomerLogo.objects.exists()


def test_a_customers_logo_needs_the_feature(
    world: World, brand: Brand, sign_in: Opens
) -> None:
    Brand.objects.filter(pk=brand.pk).update(customers_may_show_logo=True)
    customer = world.nordbel.customer
    customer.features = [f for f in customer.features if f != "customer_logo"]
    customer.save()

    answer = sign_in("admin").get(f"/customers/{customer.code}/logo/")
    assert answer.status_code == 403


@pytest.mark.parametrize("role", ["owner", "admin"])
def test_the_rail_names_the_logo_only_where_brand_and_contract_allow_it(
    world: World, brand: Brand, sign_in: Opens, role: str
) -> None:
    customer, person = world.nordbel.customer, sign_in(role)
    link = f'href="/customers/{customer.code}/logo/"'

    def rail() -> str:
        hosts.forget()
        return text_of(person.get(f"/customers/{customer.code}/"))

    assert link not in rail()
    Brand.objects.filter(pk=brand.pk).update(customers_may_show_logo=True)
    assert link in rail()
    customer.features = [f for f in customer.features if f != "customer_logo"]
    customer.save()
    assert link not in rail()


def test_a_resellers_page_leads_to_its_brand_domains_and_mails(
    world: World, sign_in: Opens
) -> None:
    slug = world.nordbel.reseller.slug
    page = text_of(sign_in("operator").get(f"/resellers/{slug}/"))
    for place in ("brand/", "domains/", "brand/mails/"):
        url = f"/resellers/{slug}/{place}"
        assert f'href="{url}"' in page
        assert sign_in("operator").get(url).status_code == 200


def test_it_says_the_resellers_words_on_the_hold_screen(
    world: World, brand: Brand, sign_in: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError  # noqa: PLC0415 - only this test needs it

    words = {"hold_title": "Wartung bis sechs", "hold_text": "Wir bauen um."}
    sign_in("owner").post("/brand/", typed(brand, then="publish", **words))
    door(world)

    def away(host: str) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr("pbx_console.branding.views.files.brand_css", away)
    client = Client(headers={"host": world.nordbel.host}, raise_request_exception=False)
    page = client.get("/brand.css")
    assert page.status_code == 503
    assert "Wartung bis sechs" in text_of(page)
    assert "Wir bauen um." in text_of(page)
