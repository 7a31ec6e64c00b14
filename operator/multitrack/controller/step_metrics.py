"""The figures of steps, as Prometheus reads them at /metrics: one count a try that has ended."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram

from multitrack.accounting.prices import PriceTable
from multitrack.accounting.tries import FailureClass, Try
from multitrack.api.reasons import SucceededReason
from workflow_templates.pipelines import PROCESS_RECORDING

__all__ = ["StepMetrics"]

_SECONDS_OF_STEPS = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400)
_SECONDS_OF_WAITING = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600)
_TIMES_REAL_TIME = (0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 128, 256)
_SPEECH = "transcribe-track"
_OUTCOMES = ("Succeeded", "Failed")
_DIRECTIONS = ("prompt", "completion")

_FORESEEN = (
    (SucceededReason.BAD_INPUT, FailureClass.BAD_INPUT),
    (SucceededReason.SOURCE_NOT_FOUND, FailureClass.BAD_INPUT),
    (SucceededReason.NO_AUDIO, FailureClass.BAD_INPUT),
    (SucceededReason.TRACK_UNREADABLE, FailureClass.BAD_INPUT),
    (SucceededReason.TRACK_OFFSET, FailureClass.BAD_INPUT),
    (SucceededReason.MODEL_UNAVAILABLE, FailureClass.BAD_INPUT),
    (SucceededReason.LANGUAGE_UNSUPPORTED, FailureClass.BAD_INPUT),
    (SucceededReason.SETTINGS, FailureClass.BAD_INPUT),
    (SucceededReason.REFUSED, FailureClass.REFUSED),
    (SucceededReason.TEMPORARY, FailureClass.TEMPORARY),
    (SucceededReason.LANGUAGE_MODEL, FailureClass.TEMPORARY),
    (SucceededReason.STORAGE_FULL, FailureClass.TEMPORARY),
    (SucceededReason.STORAGE_UNAVAILABLE, FailureClass.STORAGE),
    (SucceededReason.OUT_OF_MEMORY, FailureClass.KILLED),
    (SucceededReason.DEADLINE_EXCEEDED, FailureClass.KILLED),
    (SucceededReason.STEP_FAILED, FailureClass.KILLED),
    (SucceededReason.STEP_FAILED, FailureClass.BUG),
)
"""How tries fail. Shown from 0 on: the first of its kind would else be no increase."""


class StepMetrics:
    """What is counted and measured of steps."""

    def __init__(self, registry: CollectorRegistry, prices: PriceTable) -> None:
        self._prices = prices
        self.tries = Counter(
            "multitrack_step_tries_total",
            "Tries of steps that have ended: outcome `Succeeded` or `Failed`; a track is one try",
            ["step", "outcome"],
            registry=registry,
        )
        self.retries = Counter(
            "multitrack_step_retries_total",
            "Those among them that were not the first of their run",
            ["step"],
            registry=registry,
        )
        self.failures = Counter(
            "multitrack_step_tries_failed_total",
            "Tries that failed, also where a later one succeeded, by the step's own reason and by "
            "class: `bad-input` (exit 2), `refused` (3), `temporary` (75), `storage` (64), "
            "`killed` (from outside), `bug` (any other exit)",
            ["step", "reason", "class"],
            registry=registry,
        )
        self.duration = Histogram(
            "multitrack_step_duration_seconds",
            "From the begin of a step's program to the end of its pod",
            ["step"],
            buckets=_SECONDS_OF_STEPS,
            registry=registry,
        )
        self.queue = Histogram(
            "multitrack_step_queue_seconds",
            "From Argo's asking for a pod to the begin of its program: a node, the image, files",
            ["step"],
            buckets=_SECONDS_OF_WAITING,
            registry=registry,
        )
        self._count_what_is_used(registry)
        self._begin_at_zero()

    def _count_what_is_used(self, registry: CollectorRegistry) -> None:
        self.audio = Counter(
            "multitrack_step_audio_seconds_total",
            "Audio that steps worked on, without what they took over from an earlier run",
            ["step"],
            registry=registry,
        )
        self.speed = Histogram(
            "multitrack_transcription_speed",
            "Seconds of audio that one try of transcribe-track transcribed in a second",
            buckets=_TIMES_REAL_TIME,
            registry=registry,
        )
        self.cpu = Counter(
            "multitrack_step_cpu_seconds_total",
            "Requested CPU cores times seconds",
            ["step"],
            registry=registry,
        )
        self.memory = Counter(
            "multitrack_step_memory_gib_seconds_total",
            "Requested memory in GiB times seconds",
            ["step"],
            registry=registry,
        )
        self.gpu = Counter(
            "multitrack_step_gpu_seconds_total",
            "GPUs times seconds",
            ["step"],
            registry=registry,
        )
        self.tokens = Counter(
            "multitrack_step_tokens_total",
            "Tokens of language models: `prompt` or `completion`",
            ["step", "direction"],
            registry=registry,
        )
        self.cost = Counter(
            "multitrack_step_cost_total",
            "Cost by the installation's table of prices; nothing without one",
            ["step", "currency"],
            registry=registry,
        )

    def _begin_at_zero(self) -> None:
        """A counter that begins at 1 has, for Prometheus, never increased."""
        for task in PROCESS_RECORDING.tasks:
            for outcome in _OUTCOMES:
                self.tries.labels(task.name, outcome)
            for counter in (self.retries, self.audio, self.cpu, self.memory, self.gpu):
                counter.labels(task.name)
            for direction in _DIRECTIONS:
                self.tokens.labels(task.name, direction)
            if self._prices.is_set:
                self.cost.labels(task.name, self._prices.currency)
            for reason, kind in _FORESEEN:
                self.failures.labels(task.name, reason.value, kind.value)

    def count(self, tries: Iterable[Try]) -> None:
        """Count tries that have ended; nobody may hand in the same one twice."""
        for each in tries:
            self._count_end(each)
            self._measure(each)
            self._count_use(each)

    def _count_end(self, ended: Try) -> None:
        self.tries.labels(ended.step, _OUTCOMES[ended.failed is not None]).inc()
        if ended.number:
            self.retries.labels(ended.step).inc()
        if ended.failed is not None and ended.reason is not None:
            self.failures.labels(ended.step, ended.reason.value, ended.failed.value).inc()

    def _measure(self, ended: Try) -> None:
        if ended.running is not None:
            self.duration.labels(ended.step).observe(ended.running)
        if ended.waiting is not None:
            self.queue.labels(ended.step).observe(ended.waiting)
        if ended.is_reused or ended.failed is not None:
            return
        self.audio.labels(ended.step).inc(ended.spent.audio_seconds)
        if ended.step == _SPEECH and ended.program_seconds and ended.spent.audio_seconds:
            self.speed.observe(ended.spent.audio_seconds / ended.program_seconds)

    def _count_use(self, ended: Try) -> None:
        spent = ended.spent
        self.cpu.labels(ended.step).inc(spent.cpu_seconds)
        self.memory.labels(ended.step).inc(spent.memory_gib_seconds)
        self.gpu.labels(ended.step).inc(spent.gpu_seconds)
        counts = (spent.prompt_tokens, spent.completion_tokens)
        for direction, count in zip(_DIRECTIONS, counts, strict=True):
            self.tokens.labels(ended.step, direction).inc(count)
        if self._prices.is_set:
            self.cost.labels(ended.step, self._prices.currency).inc(self._prices.cost(spent))
