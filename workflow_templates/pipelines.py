"""The pipelines: which steps run, in which order, with which data; for both engines.

The order of a job follows from `needs` and `after`; data flow is checked against it
(`Pipeline.check`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from workflow_templates import catalog
from workflow_templates.catalog import Artifact, Parameter, Step
from workflow_templates.contracts.base import Seconds

__all__ = [
    "COMPARE_RUN",
    "DELETE_AUDIO",
    "DELIVER_RESULTS",
    "PIPELINES",
    "PROCESS_RECORDING",
    "FanOut",
    "Pipeline",
    "Task",
    "pipeline_with",
]


@dataclass(frozen=True, slots=True)
class FanOut:
    """Run a task once per entry of a JSON list that another task hands over."""

    task: str
    """The task whose output parameter is the list."""
    output_parameter: str
    """Each entry is an object with a unique integer `index`: the step's parameter `track`."""
    otherwise: str | None = None
    """The task whose output parameter of that name is the list where `task` made none: it was
    skipped, or has failed. Both come earlier, `task` through `after`."""

    @property
    def tasks(self) -> tuple[str, ...]:
        """Those that hand the list over."""
        return (self.task,) if self.otherwise is None else (self.task, self.otherwise)


@dataclass(frozen=True, slots=True)
class Task:
    """A step's place in a pipeline. It has the step's name."""

    step: Step
    needs: tuple[str, ...] = ()
    """Tasks that must have succeeded, or have been skipped by a condition."""
    after: tuple[str, ...] = ()
    """Tasks that must have ended, whatever became of them."""
    fan_out: FanOut | None = None
    when: str | None = None
    """Name of a job parameter; the task is skipped unless it is `true`."""
    only_with: Mapping[str, str] = field(default_factory=dict)
    """Job parameters and the one value of each, a word, with which the task is not skipped."""
    optional: bool = False
    """Its failure is shown and changes nothing else."""
    arguments: Mapping[str, str] = field(default_factory=dict)
    """Step parameter → job parameter, where the names differ."""
    mutex: str | None = None
    """At most one run of all tasks with this word, across jobs."""
    semaphore: str | None = None
    """As many runs across jobs as the installation allows for this word."""

    @property
    def name(self) -> str:
        """The task's name in its pipeline."""
        return self.step.name

    @property
    def conditions(self) -> Mapping[str, str]:
        """Job parameters and the value that each must have, or the task is skipped."""
        return ({} if self.when is None else {self.when: "true"}) | dict(self.only_with)


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A directed acyclic graph of tasks, in an order in which they could run one by one."""

    name: str
    summary: str
    tasks: tuple[Task, ...]
    conditions: tuple[Parameter, ...] = ()
    """Job parameters that only decide whether tasks run."""
    given: tuple[str, ...] = ()
    """Keys that another pipeline has left among the job's files."""
    deadline: Seconds | None = None
    """Given up after so long, waiting included; None: the installation decides."""

    def task(self, name: str) -> Task:
        """The task of that name.

        Raises:
            KeyError: There is none.
        """
        for task in self.tasks:
            if task.name == name:
                return task
        raise KeyError(name)

    def job_parameters(self) -> dict[str, Parameter]:
        """Everything a job can be told, by name; a fan-out's own entry is not told by anyone."""
        parameters = {parameter.name: parameter for parameter in self.conditions}
        for task in self.tasks:
            for parameter in task.step.parameters:
                if not (task.fan_out and parameter.name == "track"):
                    parameters.setdefault(
                        task.arguments.get(parameter.name, parameter.name), parameter
                    )
        return parameters

    def upstream(self, name: str) -> set[str]:
        """All tasks that come before the named one, through `needs` and `after`."""
        found: set[str] = set()
        waiting = [name]
        while waiting:
            task = self.task(waiting.pop())
            fresh = {*task.needs, *task.after} - found
            found |= fresh
            waiting.extend(fresh)
        return found

    def producer(self, artifact: Artifact) -> Task | None:
        """The task whose output has this artifact's key or lies below its prefix."""
        for task in self.tasks:
            if any(_feeds(output.key, artifact.key) for output in task.step.outputs):
                return task
        return None

    def check(self) -> Iterator[str]:
        """Say in sentences what is wrong with the definition; nothing for a sound one."""
        seen: set[str] = set()
        for task in self.tasks:
            lists = task.fan_out.tasks if task.fan_out else ()
            for name in (*task.needs, *task.after, *lists):
                if name not in seen:
                    yield f"{task.name} waits for {name}, which does not come before it"
            seen.add(task.name)
            if seen >= {*task.needs, *task.after}:
                yield from self._check_inputs(task)

    def _check_inputs(self, task: Task) -> Iterator[str]:
        for artifact in task.step.inputs:
            producer = self.producer(artifact)
            if producer is None and artifact.key not in self.given and not artifact.optional:
                yield f"{task.name} reads {artifact.key}, which no task makes"
            elif (
                producer
                and producer.name != task.name
                and producer.name not in self.upstream(task.name)
            ):
                yield f"{task.name} reads {artifact.key} without waiting for {producer.name}"


def _feeds(output_key: str, input_key: str) -> bool:
    return output_key == input_key or any(
        prefix.endswith("/") and key.startswith(prefix)
        for prefix, key in ((input_key, output_key), (output_key, input_key))
    )


_PER_TRACK = FanOut(catalog.GET_PARTICIPANTS.name, "tracks")
_PER_DIARIZED_TRACK = FanOut(
    catalog.SCREEN_TRACKS.name, "diarized-tracks", otherwise=catalog.GET_PARTICIPANTS.name
)

PROCESS_RECORDING = Pipeline(
    name="process-recording",
    summary="From a recording's tracks to the published meeting",
    conditions=(
        Parameter("mixdown", "true", "make mix.mp3"),
        Parameter("waveform", "true", "measure the mix for the player"),
        Parameter("report", "true", "render report.html"),
        Parameter("consent", "false", "delete the audio if somebody does not consent"),
        Parameter(
            "screening", "true", "with diarization=auto: listen for tracks of several people"
        ),
    ),
    tasks=(
        Task(catalog.GET_RECORDING),
        Task(catalog.GET_PARTICIPANTS, needs=("get-recording",)),
        Task(catalog.PAD_TRACK, needs=("get-participants",), fan_out=_PER_TRACK),
        Task(catalog.TRANSCRIBE_TRACK, needs=("pad-track",), fan_out=_PER_TRACK, semaphore="gpu"),
        Task(
            catalog.SCREEN_TRACKS,
            needs=("pad-track",),
            when="screening",
            only_with={"diarization": "auto"},
            optional=True,
        ),
        Task(
            catalog.DIARIZE_TRACK,
            needs=("pad-track",),
            after=("screen-tracks",),
            fan_out=_PER_DIARIZED_TRACK,
            semaphore="gpu",
        ),
        Task(
            catalog.MIXDOWN_TRACKS,
            needs=("pad-track",),
            when="mixdown",
            optional=True,
            mutex="mixdown",
        ),
        Task(catalog.GENERATE_WAVEFORM, needs=("mixdown-tracks",), when="waveform", optional=True),
        Task(catalog.MERGE_TRANSCRIPTS, needs=("transcribe-track", "diarize-track")),
        Task(catalog.DETECT_TOPICS, needs=("merge-transcripts",), semaphore="llm"),
        Task(catalog.GENERATE_TITLE, needs=("detect-topics",), semaphore="llm"),
        Task(catalog.GENERATE_SUMMARY, needs=("detect-topics",), semaphore="llm"),
        Task(catalog.EXTRACT_ACTION_ITEMS, needs=("merge-transcripts",), semaphore="llm"),
        Task(
            catalog.FINALIZE,
            needs=("generate-title", "generate-summary", "extract-action-items"),
        ),
        Task(
            catalog.CLEANUP_CONSENT,
            needs=("finalize",),
            after=("mixdown-tracks", "generate-waveform"),
            when="consent",
            optional=True,
        ),
        Task(
            catalog.RENDER_REPORT,
            needs=("finalize",),
            after=("mixdown-tracks", "generate-waveform", "cleanup-consent"),
            when="report",
            optional=True,
        ),
    ),
)
"""Fan-outs are flat, results come together by key prefix, the mix runs beside transcription.

The report comes after the deletion of audio: so it is drawn once, from what there still is.
"""

DELIVER_RESULTS = Pipeline(
    name="deliver-results",
    summary="Tell others about a finished meeting, however long they are away",
    given=("published/transcript.json",),
    deadline=30 * 3600.0,
    conditions=(
        Parameter("zulip", "false", "post to Zulip"),
        Parameter("webhook", "false", "call the webhook"),
    ),
    tasks=(
        Task(catalog.POST_ZULIP, when="zulip"),
        Task(catalog.SEND_WEBHOOK, when="webhook"),
    ),
)
"""Neither waits for the other; one that fails stops nothing, and shows."""

DELETE_AUDIO = Pipeline(
    name="delete-audio",
    summary="Delete all audio of a meeting, and draw its report again without it",
    given=("manifest.json", "published/transcript.json"),
    conditions=(Parameter("report", "true", "render report.html, where a meeting is published"),),
    tasks=(
        Task(catalog.CLEANUP_CONSENT),
        Task(catalog.RENDER_REPORT, needs=("cleanup-consent",), when="report", optional=True),
    ),
)
"""For every ending of a job other than success, and for consent that is withdrawn later."""

COMPARE_RUN = Pipeline(
    name="compare-run",
    summary="Compare a shadow run with the legacy pipeline, however long that still takes",
    given=("published/transcript.json",),
    deadline=30 * 3600.0,
    tasks=(Task(catalog.COMPARE_RUN),),
)
"""Started when a job in shadow mode has published; nothing else depends on it."""

PIPELINES: tuple[Pipeline, ...] = (PROCESS_RECORDING, DELIVER_RESULTS, DELETE_AUDIO, COMPARE_RUN)
"""Every pipeline there is."""


def pipeline_with(step: str) -> Pipeline:
    """The first pipeline that runs a step of the catalog.

    Raises:
        KeyError: None does.
    """
    for pipeline in PIPELINES:
        if any(task.name == step for task in pipeline.tasks):
            return pipeline
    raise KeyError(step)
