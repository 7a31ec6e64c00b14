"""What the operator's process is told, beside how Workflows are rendered."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, HttpUrl

from multitrack.accounting.prices import PriceTable
from multitrack.api.base import Resource
from multitrack.controller.delivery_settings import DeliverySettings
from multitrack.controller.loops.settings import DailySettings, LoopSettings
from workflow_templates.runtime.settings_file import read_settings

__all__ = [
    "ComparisonSettings",
    "ConsentSettings",
    "MonitoringSettings",
    "OperatorSettings",
    "RetentionSettings",
    "Storage",
    "load_operator_settings",
]


class Storage(Resource):
    """The bucket of all jobs."""

    bucket: str
    """Its name."""
    endpoint_url: str = ""
    """Of an S3 service that is not Amazon's."""
    region: str = ""
    """Where the bucket lies, if that matters."""


class ConsentSettings(Resource):
    """What holds for jobs that do not say it themselves."""

    grace_after_failure: Annotated[int, Field(ge=0, le=2_592_000)] = 86_400
    """Seconds for which denied audio is kept after a failure, for another try; 0: not at all."""


Days = Annotated[float, Field(ge=0, le=36_500)]


class RetentionSettings(Resource):
    """How long audio is kept, in days from a job's end. Originals go by consent alone."""

    audio: Days | None = None
    """All audio among a job's own files, after its success. None: it stays."""
    intermediates: Days | None = None
    """Copies of the tracks and padded audio, after its success; the mix stays. None: they stay."""
    failed: Days = 14.0
    """What would go after a success, by the settings above or by the policy DeleteAudio, stays so
    long after a failure: until then another try is possible."""


class MonitoringSettings(Resource):
    """What the figures at /metrics are counted by."""

    stuck_after: Annotated[float, Field(ge=60)] = 7200.0
    """Seconds without any change after which a pending or running job counts as stuck."""
    consent_patience: Annotated[float, Field(ge=0)] = 3600.0
    """Seconds that audio may take to be deleted before its job counts as one where consent is not
    enforced. A wait for the run's end or for another try is not counted."""
    delivery_patience: Annotated[float, Field(ge=0)] = 3600.0
    """Seconds from a published transcript after which a delivery that has not succeeded is late."""
    prices: PriceTable = PriceTable()
    """What work costs."""


class ComparisonSettings(Resource):
    """Whether shadow jobs are compared; where the legacy API is, the steps' parameters say."""

    enabled: bool = False
    """Compare what a shadow job has published with the legacy pipeline's transcript."""


class OperatorSettings(Resource):
    """operator.yaml."""

    instance: str = "multitrack"
    """The installation's name."""
    job_namespaces: Annotated[tuple[str, ...], Field(min_length=1)]
    """Where RecordingJobs are looked for."""
    storage: Storage
    """The bucket of all jobs."""
    argo_url: HttpUrl | None = None
    """Address of Argo's UI, for links."""
    pod_start_patience: Annotated[float, Field(ge=0)] = 300.0
    """Seconds that a pod may wait for an image, a Secret or a volume before its job is stopped."""
    wake_after: Annotated[float, Field(ge=5)] = 60.0
    """Seconds without any change after which a Workflow without pods is taken for forgotten."""
    resync_interval: Annotated[float, Field(ge=1)] = 60.0
    """Seconds between two looks at all unfinished jobs."""
    consent: ConsentSettings = ConsentSettings()
    """What becomes of audio to which somebody does not consent."""
    retention: RetentionSettings = RetentionSettings()
    """How long audio is kept."""
    delivery: DeliverySettings = DeliverySettings()
    """Whom jobs tell unless they say otherwise."""
    comparison: ComparisonSettings = ComparisonSettings()
    """Whether shadow jobs are compared with the legacy pipeline."""
    daily: DailySettings = DailySettings()
    """How Daily is asked."""
    loops: LoopSettings = LoopSettings()
    """What is done by the clock, beside following jobs."""
    monitoring: MonitoringSettings = MonitoringSettings()
    """What the figures at /metrics are counted by."""
    port: Annotated[int, Field(ge=1, le=65535)] = 8080
    """Where /livez, /readyz and /metrics are served."""
    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING"], BeforeValidator(lambda text: str(text).upper())
    ] = "INFO"
    """How much is logged."""


def load_operator_settings(file: Path) -> OperatorSettings:
    """Read operator.yaml.

    Raises:
        SettingsError: No such file, not YAML, an unknown key or a value that cannot be.
    """
    return read_settings(file, OperatorSettings)
