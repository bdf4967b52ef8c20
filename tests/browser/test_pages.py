"""Every page that the navigation leads to: axe in two brands, light and dark; pictures."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import PHONE, WIDE, Visitor, shoot

# The page follows the device (theme "auto"), so one visit shows all of its dresses. Each
# page is seen in two brands, light and dark, wide and narrow; not in every combination,
# which would take half of the time that the whole suite may take.
Dress = tuple[Literal["light", "dark"], int]
DRESSES: dict[tuple[str, str], list[Dress]] = {
    ("nordbel", "owner"): [("light", WIDE), ("light", PHONE)],
    ("zuidlijn", "owner"): [("dark", WIDE)],
    ("nordbel", "admin"): [("dark", WIDE)],
    ("zuidlijn", "admin"): [("light", PHONE)],
}
FEWER: list[Dress] = [("dark", WIDE), ("light", PHONE)]
LANGUAGE = {"nordbel": "de", "zuidlijn": "en", "platform": "en"}
WHO = [
    ("nordbel", "owner"),
    ("zuidlijn", "owner"),
    ("nordbel", "admin"),
    ("zuidlijn", "admin"),
    ("nordbel", "end_user"),
    ("platform", "operator"),
]
# Detail pages and forms hang on lists: the first link of each kind is followed, too.
INSIDE = "#main a.name, #main .acts a.btn, #main .head a.btn, .rail-me"


# The links of a page, which is asked for and read, but not drawn.
LINKS = """async ([path, selector]) => {
  const text = await (await fetch(path)).text();
  const found = new DOMParser().parseFromString(text, "text/html");
  const links = [...found.querySelectorAll(selector)];
  const base = new URL(path, location.origin);
  return links.map((one) => new URL(one.getAttribute("href"), base).href);
}"""


def pages_of(page: Page, origin: str) -> list[str]:
    """Return the paths of the rail, and below each list one detail page and its forms."""
    rail = _paths(page, "/", ".rail nav a", origin)
    seen = dict.fromkeys(rail)
    for path in rail:
        seen.update(dict.fromkeys(_one_of_each(_paths(page, path, INSIDE, origin))))
    for path in [path for path in seen if path not in rail]:
        links = _one_of_each(_paths(page, path, INSIDE + ", #main .tabs a", origin))
        seen.update(dict.fromkeys(links))
    return _one_of_each(list(seen))


def _paths(page: Page, path: str, selector: str, origin: str) -> list[str]:
    links = page.evaluate(LINKS, [path, selector])
    own = (link.removeprefix(origin) for link in links if link.startswith(origin))
    return [p.partition("#")[0] for p in own if not _is_file(p)]


def _is_file(path: str) -> bool:
    return bool(
        re.search(r"\.(csv|pdf)|/(csv|jsonl|manifest|xlsx|file)/|format=", path)
    )


def _one_of_each(paths: list[str]) -> list[str]:
    """Keep the first of addresses that differ only in codes, numbers and queries."""
    kinds: dict[str, str] = {}
    for path in paths:
        kind = re.sub(r"/(c[a-z0-9]{5}|[+\d][^/]*|nordbel|zuidlijn)(?=/)", "/*", path)
        # Questions before deleting are one page, previews of mails another.
        kind = re.sub(r"^.*/delete/|(?<=/mails/)[^/]+/", "*/", kind.partition("?")[0])
        kinds.setdefault(kind, path)
    return list(kinds.values())


def name_of(path: str) -> str:
    """Return a file name for the picture of a page."""
    return (
        re.sub(r"[^a-z0-9]+", "-", path.partition("?")[0].lower()).strip("-") or "home"
    )


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize(("brand", "role"), WHO)
def test_every_page_passes_axe_and_stays_inside_its_width(
    visitor: Visitor, complaints: Callable[[Page], list[str]], brand: str, role: str
) -> None:
    origin = visitor.house.url(brand, "")
    page = visitor.open(brand, "/", role=role, language=LANGUAGE[brand])
    wrong: list[str] = []
    for path in pages_of(page, origin):
        answer = page.goto(origin + path)
        if answer is None or answer.status != 200:
            wrong.append(f"{path}: status {answer and answer.status}")
            continue
        for theme, width in DRESSES.get((brand, role), FEWER):
            page.emulate_media(color_scheme=theme)
            page.set_viewport_size({"width": width, "height": 900})
            shoot(page, name_of(path), role, brand, theme, LANGUAGE[brand])
            found = complaints(page) + _too_wide(page)
            wrong += [f"{path}, {theme}, {width}: {each}" for each in found]
    assert wrong == [], "\n".join(wrong)


def _too_wide(page: Page) -> list[str]:
    width = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return [f"{width} px wider than the window"] if width > 0 else []
