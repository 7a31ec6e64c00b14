"""What the mapping and the cutover guide name as ours exists under that name."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from workflow_templates.catalog import CATALOG

ROOT = Path(__file__).resolve().parents[2]
MAPPING = ROOT / "docs" / "reference" / "legacy-mapping.md"
GUIDE = ROOT / "docs" / "operate" / "cutover.md"

LEGACY_TASKS = (
    "get_recording",
    "get_participants",
    "pad_track",
    "mixdown_tracks",
    "generate_waveform",
    "transcribe_track",
    "merge_transcripts",
    "detect_topics",
    "generate_title",
    "generate_summary",
    "finalize",
    "cleanup_consent",
    "post_zulip",
    "send_webhook",
)
EVENTS = (
    "TRANSCRIPT",
    "TOPIC",
    "STATUS",
    "FINAL_TITLE",
    "FINAL_LONG_SUMMARY",
    "FINAL_SHORT_SUMMARY",
    "ACTION_ITEMS",
    "DURATION",
    "WAVEFORM",
    "PIPELINE_PROGRESS",
    "DAG_STATUS",
    "DAG_TASK_PROGRESS",
)


def _ours(page: Path) -> Iterator[str]:
    """Everything in backticks, but for the first column of tables in the mapping: the legacy's."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for line in text.splitlines():
        told = line.partition(" | ")[2] if page == MAPPING and line.startswith("|") else line
        yield from re.findall(r"`([^`]+)`", told)


def _commands(page: Path) -> Iterator[str]:
    """Values that the guide's commands set."""
    yield from re.findall(r"--set ([A-Za-z.]+)=", page.read_text(encoding="utf-8"))


NAMED = sorted(
    {name.partition("=")[0] for name in (*_ours(MAPPING), *_ours(GUIDE), *_commands(GUIDE))}
)
"""Without the values that settings and labels are said to have."""


@pytest.mark.parametrize("name", NAMED)
def test_what_is_named_exists(name: str) -> None:
    if re.fullmatch(r"(docs|images|operator|tests|workflow_templates)/.*", name):
        assert (ROOT / name).exists()
    elif re.search(r"/v1/", name):
        assert name.rsplit(maxsplit=1)[-1] in _addresses()
    elif name.startswith("multitrack "):
        assert f"## {' '.join(name.split()[:2])}\n" in _reference("cli.md")
    elif name.startswith("multitrack_"):
        assert re.search(rf"^\| `{name}` \|", _reference("metrics.md"), re.MULTILINE)
    elif re.fullmatch(r"Multitrack[A-Z]\w+", name):
        rules = ROOT / "charts" / "multitrack" / "templates" / "prometheusrule.yaml"
        assert f"alert: {name}\n" in rules.read_text(encoding="utf-8")
    elif re.fullmatch(r"(spec|status)\.[\w.]+", name):
        assert f"| `{name}` |" in _reference("recording-job.md")
    elif re.fullmatch(
        r"(daily|storage|source|llm|gpu|transcription|operator|gateway|delivery|metrics)\.[\w.]+",
        name,
    ):
        values = ROOT / "charts" / "multitrack" / "README.md"
        assert f"| `{name}` |" in values.read_text(encoding="utf-8")
    elif re.fullmatch(r"[a-z]+(-[a-z]+)+", name):
        assert name in _catalog()
    else:
        assert _is_spelt_somewhere(name)


def test_every_feature_is_there_once() -> None:
    text = MAPPING.read_text(encoding="utf-8").partition("## The 45 features")[2]
    assert [int(number) for number in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)] == [
        *range(1, 46)
    ]


@pytest.mark.parametrize("name", [*LEGACY_TASKS, *EVENTS])
def test_every_task_and_event_of_the_legacy_pipeline_is_mapped(name: str) -> None:
    first = [line.partition(" | ")[0] for line in MAPPING.read_text(encoding="utf-8").splitlines()]
    assert any(f"`{name}`" in cell for cell in first)


@cache
def _reference(page: str) -> str:
    return (ROOT / "docs" / "reference" / page).read_text(encoding="utf-8")


@cache
def _addresses() -> frozenset[str]:
    described = json.loads(_reference("openapi.json"))["paths"]
    # OpenAPI knows no WebSockets.
    return frozenset({*described, "/v1/jobs/{name}/events"})


@cache
def _catalog() -> frozenset[str]:
    """Steps and their parameters."""
    parameters = (parameter.name for step in CATALOG for parameter in step.parameters)
    return frozenset({*(step.name for step in CATALOG), *parameters})


@cache
def _sources() -> str:
    """Our code, the chart, and the generated reference: what a name has to be spelt in."""
    files = [
        *ROOT.glob("operator/multitrack/**/*.py"),
        *ROOT.glob("workflow_templates/**/*.py"),
        *ROOT.glob("images/multitrack_steps/**/*.py"),
        *ROOT.glob("charts/multitrack/templates/*"),
        ROOT / "charts" / "multitrack" / "values.yaml",
        ROOT / "docs" / "reference" / "settings.md",
    ]
    return "\n".join(file.read_text(encoding="utf-8") for file in files if file.is_file())


def _is_spelt_somewhere(name: str) -> bool:
    return name in _sources()
