"""Drafts, versions, and that every process hears of a change at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import ProgrammingError, connection, transaction

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.scope import as_everyone, as_reseller
from pbx_console.branding import changes, contrast, hosts
from pbx_console.branding.models import Brand, BrandDraft, BrandVersion
from pbx_console.branding.services import drafts
from tests.brands import PACKS
from tests.conftest import World


@pytest.fixture
def brand(world: World) -> Iterator[Brand]:
    with as_everyone("test"):
        yield Brand.objects.get(reseller=world.nordbel.reseller)


def save(
    brand: Brand, files: dict[str, bytes | None] | None = None, **values: Any
) -> Any:
    return drafts.save_draft(SYSTEM, brand=brand, files=files or {}, **values)


def logo(name: str) -> bytes:
    return (PACKS / name / "logo.svg").read_bytes()


def test_it_shows_a_draft_without_touching_what_is_published(brand: Brand) -> None:
    save(brand, {"logo": logo("zuidlijn")}, accent="#f2701d", tint="1.5")
    shown, kept = drafts.drafted(brand), Brand.objects.get(pk=brand.pk)

    assert (shown.accent, float(shown.tint)) == ("#f2701d", 1.5)
    assert (kept.accent, float(kept.tint)) == ("#0b5c66", 1.0)
    assert shown.files["logo"] != kept.files["logo"]
    assert shown.version != kept.version


def test_it_counts_only_what_differs(brand: Brand) -> None:
    assert save(brand, accent="#0b5c66", product_name="Nordbel") is None
    assert save(brand, {"logo": logo("nordbel")}) is None  # the very same picture
    found = save(brand, {"login": None, "logo": logo("zuidlijn")}, radius=10)
    assert found.count == 2


def test_it_keeps_nothing_of_a_draft_with_a_fault(brand: Brand) -> None:
    with pytest.raises(ValidationError) as found:
        save(brand, {"logo": b"no picture"}, accent="#f2701d")
    assert list(found.value.error_dict) == ["logo"]
    with pytest.raises(ValidationError):
        save(brand, accent="url(x)")
    assert not BrandDraft.objects.exists()


def test_it_publishes_everything_or_nothing(brand: Brand) -> None:
    save(brand, {"logo": logo("zuidlijn"), "logo_dark": None}, product_name="Neu")
    version = drafts.publish(SYSTEM, brand=brand)

    kept = Brand.objects.get(pk=brand.pk)
    assert kept.product_name == "Neu"
    assert "logo_dark" not in kept.files
    assert version is not None
    assert (version.number, version.values["product_name"]) == (2, "Neu")
    assert drafts.publish(SYSTEM, brand=brand) is None
    assert not BrandDraft.objects.exists()


def test_it_goes_back_with_pictures_and_all_and_leaves_the_draft(brand: Brand) -> None:
    before = drafts.plain_values(brand), brand.files
    save(brand, {"logo": logo("zuidlijn")}, product_name="Neu", radius=10)
    drafts.publish(SYSTEM, brand=brand)
    save(brand, login_text="Later")
    drafts.roll_back(SYSTEM, brand=brand, number=1)

    kept = Brand.objects.get(pk=brand.pk)
    assert (drafts.plain_values(kept), kept.files) == before
    assert BrandDraft.objects.get().values["login_text"] == "Later"
    assert drafts.roll_back(SYSTEM, brand=brand, number=1) is None
    digests = {
        row["digest"] for v in BrandVersion.objects.all() for row in v.files.values()
    }
    assert set(brand.pictures.values_list("digest", flat=True)) >= digests


def test_nobody_changes_a_version(brand: Brand) -> None:
    save(brand, radius=10)
    drafts.publish(SYSTEM, brand=brand)
    for act in (
        lambda: BrandVersion.objects.update(number=9),
        lambda: BrandVersion.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(ProgrammingError, match="denied"), transaction.atomic():
            act()


def test_no_reseller_sees_anothers_draft_versions_or_pictures(
    world: World, brand: Brand
) -> None:
    save(brand, {"logo": logo("zuidlijn")}, radius=10)
    drafts.publish(SYSTEM, brand=brand)
    save(brand, radius=6)
    tables = ("branddraft", "brandversion", "brandfile")
    with as_reseller(world.zuidlijn.reseller), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(
                f"SELECT count(*) FROM branding_{table} WHERE brand_id = %s", [brand.pk]
            )
            assert cursor.fetchone() == (0,), table


def test_another_process_shows_a_change_at_once(brand: Brand) -> None:
    found = hosts.brand_for("nordbel.localhost")
    assert found is not None
    Brand.objects.filter(pk=brand.pk).update(product_name="Neu")  # by somebody else
    again = hosts.brand_for("nordbel.localhost")
    assert again is not None
    assert again.product_name == "Nordbel"

    changes.announce()
    told = hosts.brand_for("nordbel.localhost")
    assert told is not None
    assert told.product_name == "Neu"


def test_publishing_tells_the_others(
    brand: Brand, django_capture_on_commit_callbacks: Any
) -> None:
    before = changes.latest()
    save(brand, radius=10)
    with django_capture_on_commit_callbacks(execute=True):
        drafts.publish(SYSTEM, brand=brand)
    assert changes.latest() == before + 1


def test_pages_go_on_while_redis_is_away(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    class Away:
        def get(self, _key: str) -> None:
            asked.append(1)
            raise ConnectionError("gone")

    monkeypatch.setattr(changes, "cache", Away())
    monkeypatch.setattr(changes, "_quiet_until", 0.0)
    for _n in range(3):
        assert hosts.brand_for("nordbel.localhost") is not None
    assert len(asked) == 1  # nobody waits for it again and again


@pytest.mark.parametrize(
    "accent", ["#0b5c66", "#ffff00", "#ffffff", "#000000", "#ff0000"]
)
def test_every_shown_contrast_is_readable(accent: str) -> None:
    for row in contrast.rows(accent, 1.0):
        assert row.shown >= (3.0 if "lines" in str(row.place) else 4.5), row


def test_it_says_adjusted_only_where_the_colour_would_not_do() -> None:
    kept = [row.kept for row in contrast.rows("#0b5c66", 1.0)]
    assert kept == [True, True, True, True, False, False, False]  # design/shots 08
    kept = [row.kept for row in contrast.rows("#f2701d", 1.5)]
    assert kept == [False, True, False, False, True, True, True]
