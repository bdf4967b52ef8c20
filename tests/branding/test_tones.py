"""Any accent becomes readable tones; the server computes what browsers compute."""

from __future__ import annotations

import pytest
from coloraide import Color
from hypothesis import example, given
from hypothesis import strategies as st

from pbx_console.branding.tones import Lch, contrast, from_hex, to_hex, tones, weakest

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
TINTS = st.sampled_from([0.0, 0.5, 1.0, 1.5, 2.0])
THEMES = st.sampled_from(["light", "dark"])


@given(accent=COLOURS, tint=TINTS, theme=THEMES)
@example(accent="#0b5c66", tint=1.0, theme="light")
@example(accent="#f2701d", tint=1.5, theme="dark")
# Lightness .6205: with a soft step between dark and light this had a grey label on grey.
@example(accent="#b257d7", tint=0.0, theme="light")
def test_it_holds_every_contrast_for_any_accent(
    accent: str, tint: float, theme: str
) -> None:
    assert weakest(accent, tint, theme) == []  # type: ignore[arg-type]


EXTREMES = [
    "#ffff00",
    "#ffffff",
    "#000000",
    "#ff0000",
    "#00ff00",
    "#0000ff",
    "#7f00ff",
    "#ff00ff",
]


@pytest.mark.parametrize("lightness", [place / 25 for place in range(26)])
def test_it_holds_every_contrast_over_a_sweep_of_hues(lightness: float) -> None:
    accents = [
        to_hex(Lch(lightness, chroma, hue))
        for chroma in (0.0, 0.08, 0.16, 0.3)
        for hue in range(0, 360, 30)
    ]
    for accent in [*accents, *EXTREMES]:
        assert weakest(accent, 1.0, "light") == []
        assert weakest(accent, 1.0, "dark") == []


@given(colour=COLOURS)
def test_it_agrees_with_another_implementation(colour: str) -> None:
    theirs = Color(colour).convert("oklch")
    ours = from_hex(colour)

    assert ours.l == pytest.approx(theirs["lightness"], abs=1e-5)
    assert ours.c == pytest.approx(theirs["chroma"], abs=1e-4)
    assert to_hex(ours) == colour
    assert contrast(colour, "#ffffff") == pytest.approx(
        Color(colour).contrast("white", method="wcag21"), abs=0.01
    )


def test_it_never_takes_a_state_from_the_brand() -> None:
    red, teal = tones("#d00000"), tones("#0b5c66")

    assert red["failed"] == teal["failed"]
    assert red["live-soft"] == teal["live-soft"]
    assert red["accent-text"] != teal["accent-text"]


@pytest.mark.parametrize("wrong", ["", "0b5c66", "#0B5C66", "#fff", "red", "#0b5c66;}"])
def test_it_refuses_what_is_not_a_colour(wrong: str) -> None:
    with pytest.raises(ValueError, match="not a colour"):
        from_hex(wrong)
