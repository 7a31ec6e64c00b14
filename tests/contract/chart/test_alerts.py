"""The chart's alerts, as Prometheus itself reads them (`promtool`, of Debian's prometheus)."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry

from multitrack.controller.loops.metrics import LoopMetrics
from multitrack.controller.metrics import Metrics
from multitrack.gateway.daily.receiver import EventMetrics
from tests.contract.chart.rendered import GOLDEN

CASES = Path(__file__).with_name("alerts.yaml")


@pytest.fixture
def groups() -> list[dict[str, Any]]:
    """The rules as the chart renders them; test_rendered.py keeps the file true."""
    text = (GOLDEN / "everything.yaml").read_text(encoding="utf-8")
    rule = next(
        each for each in yaml.safe_load_all(text) if each and each["kind"] == "PrometheusRule"
    )
    return list(rule["spec"]["groups"])


@pytest.fixture
def promtool() -> str:
    found = shutil.which("promtool")
    if found is None and os.environ.get("CI"):
        pytest.fail("CI has to bring promtool: install Debian's prometheus", pytrace=False)
    return found or pytest.skip("the alerts are not tested: promtool is not on the PATH")


def test_alerts_ask_for_figures_that_the_operator_has(groups: list[dict[str, Any]]) -> None:
    registry = CollectorRegistry()
    Metrics(registry)
    LoopMetrics(registry)
    EventMetrics(registry)
    known = {family.name for family in registry.collect()}
    expressions = " ".join(rule["expr"] for group in groups for rule in group["rules"])
    asked = set(re.findall(r"\bmultitrack_\w+", expressions))
    assert asked
    assert {name.removesuffix("_total") for name in asked} <= known


def test_alerts_are_raised_when_and_only_when_they_should(
    promtool: str, groups: list[dict[str, Any]], tmp_path: Path
) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text(yaml.safe_dump({"groups": groups}), encoding="utf-8")
    cases = shutil.copy(CASES, tmp_path)
    for argv in ([promtool, "check", "rules", str(rules)], [promtool, "test", "rules", cases]):
        ended = subprocess.run(argv, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stdout + ended.stderr
