"""The documentation says what the code does."""

import re
from pathlib import Path

import pytest

from docs.generate import PAGES, page
from multitrack.api import reasons
from workflow_templates.runtime.errors import FailureReason

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", PAGES)
def test_reference_is_as_the_code_says(name: str) -> None:
    written = (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8")
    assert written == page(name), "run `make generate`"


REASONS = {reason.value for reason in FailureReason} | {
    str(reason)
    for name, kind in vars(reasons).items()
    if name.endswith("Reason")
    for reason in kind
}


@pytest.mark.parametrize("reason", sorted(REASONS))
def test_troubleshooting_explains_every_reason(reason: str) -> None:
    text = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
    assert text.count(f"\n## {reason}\n") == 1


@pytest.mark.parametrize("reason", sorted(REASONS))
def test_runbooks_have_a_line_for_every_reason(reason: str) -> None:
    text = (ROOT / "docs" / "operate" / "runbooks.md").read_text(encoding="utf-8")
    assert text.count(f"\n| [`{reason}`](../troubleshooting.md#{reason.lower()}) | ") == 1


@pytest.mark.parametrize(
    "page", [*ROOT.glob("docs/**/*.md"), ROOT / "README.md"], ids=lambda page: page.name
)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    text = re.sub(r"`[^`\n]*`", "", page.read_text(encoding="utf-8"))
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"
