"""Rendered manifests beside their golden files."""

import difflib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from workflow_templates.argo.workflows import Manifest

Golden = Callable[[Path, Manifest], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--regenerate", action="store_true", help="write the golden files anew; not in CI"
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("regenerate", default=False) and os.environ.get("CI"):
        raise pytest.UsageError("--regenerate is for people; in CI golden files are compared")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compare a manifest with its golden file, or write it with --regenerate."""
    regenerate = request.config.getoption("regenerate", default=False)

    def compare(file: Path, manifest: Manifest) -> None:
        if regenerate:
            file.write_text(_written(manifest), encoding="utf-8")
        if not file.exists():
            pytest.fail(f"{file} is missing; pytest tests/contract/rendering --regenerate")
        expected = yaml.safe_load(file.read_text(encoding="utf-8"))
        if manifest != expected:
            pytest.fail(_difference(expected, manifest, file), pytrace=False)

    return compare


def _written(manifest: Any) -> str:  # noqa: ANN401 - what YAML can hold
    return yaml.safe_dump(manifest, sort_keys=False, allow_unicode=True, width=100)


def _difference(expected: Any, manifest: Manifest, file: Path) -> str:  # noqa: ANN401 - as above
    lines = difflib.unified_diff(
        _written(expected).splitlines(), _written(manifest).splitlines(), str(file), "rendered now"
    )
    return "\n".join(
        [*lines, "if that is meant: pytest tests/contract/rendering --regenerate, and review"]
    )
