"""The chart's alerts, as Prometheus itself reads them (`promtool`, of Debian's prometheus)."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry
from prometheus_client.metrics import MetricWrapperBase

from multitrack.controller.loops.metrics import LoopMetrics
from multitrack.controller.metrics import Metrics
from multitrack.gateway.daily.receiver import EventMetrics
from tests.contract.chart.rendered import CHART, GOLDEN, ROOT

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


@pytest.fixture(scope="module")
def known() -> dict[str, set[str]]:
    """Every series that an installation has, with its labels."""
    registry = CollectorRegistry()
    parts = Metrics(registry), LoopMetrics(registry), EventMetrics(registry)
    figures = [vars(part) for part in (*parts, parts[0].steps)]
    labels: dict[str, set[str]] = {}
    for figure in (each for part in figures for each in part.values()):
        if not isinstance(figure, MetricWrapperBase):
            continue
        for family in figure.describe():
            endings = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}
            for ending in endings.get(family.type, ("",)):
                labels[family.name + ending] = {*figure._labelnames, "le"}  # noqa: SLF001 - nothing public tells
    return labels


def complaints(expression: str, known: dict[str, set[str]]) -> list[str]:
    """Series and labels in a query that no process of ours offers."""
    found = []
    for name, matchers in re.findall(r"\b(multitrack_\w+)(?:\{([^}]*)\})?", expression):
        asked = set(re.findall(r"(\w+)\s*[=!]~?=?", matchers)) - {"namespace", "service"}
        if name not in known:
            found.append(name)
        elif asked - known[name]:
            found.append(f"{name}{asked - known[name]}")
    return found


def test_alerts_ask_for_figures_that_there_are(
    groups: list[dict[str, Any]], known: dict[str, set[str]]
) -> None:
    expressions = [rule["expr"] for group in groups for rule in group["rules"]]
    assert expressions
    assert [each for text in expressions for each in complaints(text, known)] == []


def test_the_dashboard_asks_for_figures_that_there_are(known: dict[str, set[str]]) -> None:
    dashboard = json.loads((CHART / "files" / "dashboard.json").read_bytes())
    targets = [target for panel in dashboard["panels"] for target in panel.get("targets", ())]
    assert targets
    assert [each for target in targets for each in complaints(target["expr"], known)] == []


def test_every_alert_has_a_runbook_and_every_runbook_an_alert(
    groups: list[dict[str, Any]],
) -> None:
    text = (ROOT / "docs" / "operate" / "runbooks.md").read_text(encoding="utf-8")
    alerts = [rule for group in groups for rule in group["rules"]]
    headings = re.findall(r"^### (\w+)$", text, re.MULTILINE)
    assert sorted(headings) == sorted(alert["alert"] for alert in alerts)
    for alert in alerts:
        address = alert["annotations"]["runbook_url"]
        assert address == f"https://runbooks.example/multitrack#{alert['alert'].lower()}"


def test_every_alert_is_tested_to_be_raised_and_not_to_be(groups: list[dict[str, Any]]) -> None:
    tests = yaml.safe_load(CASES.read_text(encoding="utf-8"))["tests"]
    checks = [check for test in tests for check in test["alert_rule_test"]]
    alerts = {rule["alert"] for group in groups for rule in group["rules"]}
    assert {check["alertname"] for check in checks if check.get("exp_alerts")} == alerts
    assert {check["alertname"] for check in checks if not check.get("exp_alerts")} == alerts


def test_alerts_are_raised_when_and_only_when_they_should(
    promtool: str, groups: list[dict[str, Any]], tmp_path: Path
) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text(yaml.safe_dump({"groups": groups}), encoding="utf-8")
    cases = shutil.copy(CASES, tmp_path)
    for argv in ([promtool, "check", "rules", str(rules)], [promtool, "test", "rules", cases]):
        ended = subprocess.run(argv, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stdout + ended.stderr
