"""The brand page in a real browser, in two dresses.

Changing, uploading and publishing are in tests/story/test_new_reseller.py.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visitor, shoot


@pytest.mark.slow
@pytest.mark.parametrize("brand", ["nordbel", "zuidlijn"])
def test_the_brand_page_is_accessible(
    visitor: Visitor, complaints: Callable[[Page], list[str]], brand: str
) -> None:
    page = visitor.open(brand, "/brand/", role="owner")
    shoot(page, "brand", brand, "published")
    assert complaints(page) == []
