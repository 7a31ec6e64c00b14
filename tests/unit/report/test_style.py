"""The page's colours: legible in both modes, and told apart."""

import re
from importlib.resources import files
from itertools import combinations
from math import dist

import pytest

from multitrack_steps.report.view import COLOURS

CSS = files("multitrack_steps.report").joinpath("report.css").read_text(encoding="utf-8")
LIGHT, DARK = re.findall(r":root \{(.*?)\n\s*\}", CSS, re.DOTALL)[:2]
MODES = {"light": LIGHT, "dark": DARK}
SURFACES = ("page", "surface", "raised", "current")


def colours_of(mode: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", MODES[mode]))


def linear(colour: str) -> list[float]:
    """sRGB to linear light (IEC 61966-2-1)."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, contrast ratio."""
    low, high = sorted(
        sum(share * light for share, light in zip((0.2126, 0.7152, 0.0722), linear(c), strict=True))
        for c in (one, other)
    )
    return (high + 0.05) / (low + 0.05)


def oklab(colour: str) -> tuple[float, ...]:
    """A space in which distance is difference to the eye (Ottosson 2020)."""
    r, g, b = linear(colour)
    l = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)  # noqa: E741 - its name
    m = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    s = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return (
        0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
        1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
        0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s,
    )


@pytest.mark.parametrize("mode", MODES)
def test_every_speaker_can_be_read_on_every_surface(mode: str) -> None:
    colours = colours_of(mode)
    names = [f"c{index}" for index in range(COLOURS)]
    for name in (*names, "text", "quiet", "accent"):
        for surface in SURFACES:
            assert contrast(colours[name], colours[surface]) >= 4.5, (name, surface)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("text", "surface"),
    [
        ("on-accent", "accent"),
        ("on-word", "word"),
        ("text", "hit"),
        ("text", "notice"),
        ("page", "text"),
    ],
)
def test_text_on_coloured_grounds_can_be_read(mode: str, text: str, surface: str) -> None:
    colours = colours_of(mode)
    assert contrast(colours[text], colours[surface]) >= 4.5


@pytest.mark.parametrize("mode", MODES)
def test_speakers_can_be_told_apart(mode: str) -> None:
    colours = colours_of(mode)
    speakers = [oklab(colours[f"c{index}"]) for index in range(COLOURS)]
    assert min(dist(one, other) for one, other in combinations(speakers, 2)) > 0.07


def test_every_speaker_colour_has_a_class() -> None:
    for index in range(COLOURS):
        assert f".c{index} {{ --c: var(--c{index}); }}" in CSS
