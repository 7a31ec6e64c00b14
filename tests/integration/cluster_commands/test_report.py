"""`multitrack report` against an API server: with the job's Workflow, and when it is gone."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.kubernetes import FakeKubernetes

NAMESPACE = "meetings"
ARGV = (sys.executable, "-m", "multitrack.cli.main", "report", "standup", "-n", NAMESPACE)
PRICES = "{currency: EUR, cpuHour: 0.036, gpuHour: 3.6, millionPromptTokens: 2}"
PEOPLE = ("Alice", "Ben")
USAGE = {"cpuSeconds": 1221, "memoryGiBSeconds": 300, "gpuSeconds": 150, "promptTokens": 7}


@dataclass(frozen=True, slots=True)
class Story:
    """What has become of a job, told in seconds from its creation."""

    server: FakeKubernetes
    created: datetime
    workflow_uid: str

    @classmethod
    def begin(cls, server: FakeKubernetes) -> "Story":
        """A job and its Workflow, of which nothing is said yet."""
        metadata = {"name": "standup", "namespace": NAMESPACE}
        spec = {"source": {"s3": {"prefix": "standup/"}}, "title": "Monday standup"}
        made = server.put({"kind": "RecordingJob", "metadata": metadata, "spec": spec})
        metadata = {"name": "standup-1", "namespace": NAMESPACE}
        workflow = server.put({"kind": "Workflow", "metadata": metadata, "spec": {}})
        created = datetime.fromisoformat(made["metadata"]["creationTimestamp"])
        return cls(server, created, workflow["metadata"]["uid"])

    def at(self, seconds: float) -> str:
        return (self.created + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")

    def node(
        self,
        name: str,
        step: str,
        start: float,
        end: float,
        *,
        began: float | None = None,
        said: Mapping[str, Any] | None = None,
        of: int | None = None,
        listed: str | None = None,
        code: int = 0,
        **more: Any,
    ) -> dict[str, Any]:
        """A pod, or with `children` the run above pods; what it said, and of which track it is."""
        told = dict(said or {})
        if began is not None:
            told["began"] = (self.created + timedelta(seconds=began)).timestamp()
        parameters = [{"name": "step", "value": json.dumps(told)}]
        if listed is not None:
            parameters.append({"name": "tracks", "value": listed})
        entry = json.dumps({"index": of, "name": PEOPLE[of]}) if of is not None else ""
        return {
            "id": name,
            "type": "Retry" if "children" in more else "Pod",
            "templateName": step,
            "phase": "Failed" if code else "Succeeded",
            "startedAt": self.at(start),
            "finishedAt": self.at(end),
            "inputs": {"parameters": [{"name": "track", "value": entry}]} if entry else {},
            "outputs": {"parameters": parameters, "exitCode": str(code)},
            **more,
        }

    def workflow_ends(self) -> None:
        """Participants by second 20; Alice is heard until 100, Ben fails once and until 200."""
        listed = json.dumps([{"index": i, "name": name} for i, name in enumerate(PEOPLE)])
        speech = {"cpu": 400, "memory": 1024, "nvidia.com/gpu": 50}
        away = {"failure_reason": "Temporary"}
        asked = {"tokens": {"prompt": 100_000, "completion": 900}}
        first, second, third = "get-participants", "transcribe-track", "detect-topics"
        nodes = (
            self.node("p", first, 10, 20, children=["p0"], listed=listed),
            self.node("p0", first, 10, 20, began=15, resourcesDuration={"cpu": 1}),
            self.node("a", second, 30, 100, children=["a0"], of=0),
            self.node("a0", second, 30, 100, began=40, resourcesDuration=speech),
            self.node("b", second, 30, 200, children=["b0", "b1"], of=1),
            self.node("b0", second, 30, 90, began=40, said=away, code=75, resourcesDuration=speech),
            self.node("b1", second, 100, 200, began=130, resourcesDuration=speech),
            self.node("t", third, 210, 240, children=["t0"]),
            self.node("t0", third, 210, 240, began=215, said=asked, resourcesDuration={"cpu": 20}),
        )
        status = {"phase": "Succeeded", "nodes": {node["id"]: node for node in nodes}}
        self.server.merge("workflows", "standup-1", {"status": status}, NAMESPACE)

    def job_ends(self) -> None:
        """As the operator says it."""
        status = {
            "observedGeneration": 1,
            "attempt": 1,
            "phase": "Succeeded",
            "startTime": self.at(5),
            "completionTime": self.at(245),
            "workflowRef": {"name": "standup-1", "uid": self.workflow_uid},
            "steps": [
                self._step("get-participants", 10, 20),
                self._step("transcribe-track", 30, 200, total=2, retries=1),
                self._step("detect-topics", 210, 240),
                {"name": "generate-waveform", "phase": "Skipped"},
            ],
            "recording": {"durationSeconds": 3600, "tracks": 2},
            "usage": USAGE,
        }
        self.server.merge("recordingjobs", "standup", {"status": status}, NAMESPACE)

    def _step(self, name: str, start: float, end: float, **more: Any) -> dict[str, Any]:
        times = {"startTime": self.at(start), "completionTime": self.at(end)}
        return {"name": name, "phase": "Succeeded", "done": 1, **times, **more}


@pytest.fixture
def story(kubernetes: FakeKubernetes) -> Story:
    """A job that has ended, and its Workflow."""
    begun = Story.begin(kubernetes)
    begun.workflow_ends()
    begun.job_ends()
    return begun


def report(*options: str) -> str:
    argv = [*ARGV, *options]
    ended = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@pytest.fixture
def prices(tmp_path: Path) -> str:
    file = tmp_path / "prices.yaml"
    file.write_text(PRICES, encoding="utf-8")
    return str(file)


def test_time_and_cost_are_told_step_by_step(story: Story, prices: str) -> None:
    assert story
    told = json.loads(report("--output", "json", "--prices", prices))
    steps = {step["step"]: step for step in told["steps"]}
    speech = steps["transcribe-track"]
    assert (speech["waiting"], speech["running"]) == (10 + 10 + 30, 60 + 50 + 70)
    assert speech["spent"]["gpu_seconds"] == 150
    assert speech["failures"] == {"Temporary": 1}
    assert speech["retries"] == 1
    assert speech["cost"] == pytest.approx(0.012 + 0.15)
    assert steps["detect-topics"]["spent"]["prompt_tokens"] == 100_000
    assert told["spent"]["cpu_seconds"] == 1221
    assert told["cost"] == pytest.approx(1221 * 0.036 / 3600 + 0.15 + 0.2)
    assert (told["currency"], told["took"], told["recording"]) == ("EUR", 245, 3600)
    assert told["unknown"] == []


def test_the_chain_that_decided_adds_up_to_the_jobs_time(story: Story) -> None:
    assert story
    told = json.loads(report("-o", "json"))
    chain = [(link["step"], link["track"]) for link in told["critical_path"]]
    assert chain == [
        ("get-participants", None),
        ("transcribe-track", "Ben"),
        ("detect-topics", None),
    ]
    assert told["time"] == {
        "before_workflow": 5,
        "pauses": 5 + 10 + 10,
        "earlier_tries": 70,
        "waiting": 5 + 30 + 5,
        "running": 5 + 70 + 25,
        "after_last_step": 5,
    }
    assert sum(told["time"].values()) == told["took"]


def test_people_get_a_table(story: Story, prices: str) -> None:
    assert story
    lines = report("--prices", prices).splitlines()
    assert lines[0] == "standup  Succeeded  Monday standup"
    assert lines[1] == "4:05 from its creation to its end, for 1:00:00 of recording"
    columns = [line.split() for line in lines]
    speech = "transcribe-track x2 0:50 3:00 1 1200 300 150 0.1620 Temporary x1"
    assert speech.split() in columns
    assert ["all", "1221", "300", "150", "100900", "0.3622"] in columns
    speech = "ran 1:10, waited 0:30, 1:10 in tries before, 0:10 after the step before"
    assert f"  transcribe-track (Ben): {speech}" in lines


def test_without_its_workflow_it_says_what_is_no_longer_known(story: Story, prices: str) -> None:
    story.server.remove("workflows", "standup-1", NAMESPACE)
    told = json.loads(report("-o", "json", "--prices", prices))
    assert told["workflow"] is None
    assert told["spent"]["gpu_seconds"] == 150
    assert told["cost"] == pytest.approx(1221 * 0.036 / 3600 + 0.15 + 7 * 2e-6)
    assert {step["waiting"] for step in told["steps"]} == {None}
    assert [link["running"] for link in told["critical_path"]] == [10, 170, 30]
    assert told["unknown"][0].startswith("Workflow standup-1 is gone: what each step waited")
    lines = report().splitlines()
    assert lines[-1].startswith("Not known: Workflow standup-1 is gone")
    assert ["transcribe-track", "x2", "?", "?", "1", *"????"] in [line.split() for line in lines]


def test_another_workflow_of_the_same_name_tells_nothing(story: Story) -> None:
    story.server.remove("workflows", "standup-1", NAMESPACE)
    another = {"kind": "Workflow", "metadata": {"name": "standup-1", "namespace": NAMESPACE}}
    story.server.put({**another, "spec": {}})
    assert json.loads(report("-o", "json"))["workflow"] is None


def test_a_job_that_has_not_begun_has_cost_nothing(kubernetes: FakeKubernetes) -> None:
    Story.begin(kubernetes)
    told = json.loads(report("-o", "json"))
    assert told["spent"]["cpu_seconds"] == 0
    assert told["critical_path"] == []
    assert "nothing has run yet" in told["unknown"][0]


def test_the_operators_settings_are_a_table_of_prices_too(story: Story, tmp_path: Path) -> None:
    assert story
    file = tmp_path / "operator.yaml"
    file.write_text(f"jobNamespaces: [meetings]\nmonitoring: {{prices: {PRICES}}}\n", "utf-8")
    assert json.loads(report("-o", "json", "--prices", str(file)))["currency"] == "EUR"


def test_a_price_that_nobody_knows_is_said_in_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "prices.yaml"
    file.write_text("{currency: EUR, diskHour: 3}", encoding="utf-8")
    argv = [*ARGV, "--prices", str(file)]
    ended = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert ended.stderr.splitlines() == [f"{file}: diskHour: Extra inputs are not permitted"]
