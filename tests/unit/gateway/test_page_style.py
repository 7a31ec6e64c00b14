"""The page's colours: legible in both modes, and the same family as the report's."""

import re
from importlib.resources import files

import pytest

from tests.unit.report.test_style import MODES as REPORT
from tests.unit.report.test_style import contrast

CSS = files("multitrack.gateway.page").joinpath("page.css").read_text(encoding="utf-8")
MODES = dict(
    zip(("light", "dark"), re.findall(r":root \{(.*?)\n\s*\}", CSS, re.DOTALL), strict=False)
)
SHARED = ("page", "surface", "line", "text", "quiet", "accent", "on-accent", "notice")


def colours_of(text: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", text))


@pytest.mark.parametrize("mode", MODES)
def test_text_can_be_read_on_every_surface(mode: str) -> None:
    colours = colours_of(MODES[mode])
    pairs = [
        (text, on) for text in ("text", "quiet", "accent", "bad") for on in ("page", "surface")
    ]
    pairs += [("text", "notice"), ("text", "bad-notice"), ("accent", "bad-notice")]
    pairs += [("on-accent", "accent")]
    for text, surface in pairs:
        assert contrast(colours[text], colours[surface]) >= 4.5, (text, surface)


@pytest.mark.parametrize("mode", MODES)
def test_bars_and_marks_stand_out(mode: str) -> None:
    colours = colours_of(MODES[mode])
    for tone in ("good", "bad", "accent"):
        assert contrast(colours[tone], colours["surface"]) >= 3, tone
        assert contrast(colours[tone], colours["track"]) >= 3, tone


@pytest.mark.parametrize("mode", MODES)
def test_page_and_report_share_their_colours(mode: str) -> None:
    page, report = colours_of(MODES[mode]), colours_of(REPORT[mode])
    assert {name: page[name] for name in SHARED} == {name: report[name] for name in SHARED}
