"""cleanup-consent: delete a meeting's audio where somebody does not consent, and prove it."""

from datetime import UTC, datetime

from multitrack_steps.consent.decision import Decision, decide
from multitrack_steps.consent.deletion import Outcome, delete_audio
from multitrack_steps.consent.places import (
    AudioPlace,
    is_text_of_job,
    job_place,
    source_places,
)
from multitrack_steps.consent.unlisted import unlisted_places
from multitrack_steps.context import StepContext
from multitrack_steps.sources.daily_access import DailyAccess
from workflow_templates.contracts.consent import Vote
from workflow_templates.contracts.deletion import (
    ConsentPolicy,
    DeletionAudit,
    DeletionRequest,
    DeletionScope,
)
from workflow_templates.contracts.recording import Recording
from workflow_templates.contracts.results import StepReport
from workflow_templates.runtime.daily.models import RecordingPlace
from workflow_templates.runtime.errors import BadInputError, MultitrackError, SettingsError
from workflow_templates.runtime.store import S3Address, S3Store
from workflow_templates.runtime.store_login import S3Login
from workflow_templates.runtime.votes import read_votes

__all__ = ["run"]

_STORAGE_CREDENTIALS = "MULTITRACK_STORAGE_"
_DONE = "deletions/done/"


def run(context: StepContext) -> StepReport:
    """Read the votes, decide, delete, look again, and write consent/audit.json in any case.

    Text is kept. The output parameter `audio-deleted` is `true` only if all audio is gone.

    Raises:
        SettingsError: No job's files are named, or an original lies on a disk.
        BadInputError: A vote or the deletion list cannot be read: nothing may be taken for consent.
        RefusedError: A right is missing or an object is locked; the sentence names both.
        TemporaryError: A bucket is away or busy, or something has come back.
    """
    cleanup = _Cleanup(context)
    request, votes = cleanup.request(), cleanup.votes()
    decision = decide(
        cleanup.policy, votes, denied_by_job=cleanup.is_denied_by_job, request=request
    )
    outcome = Outcome()
    scope = request.scope if request else cleanup.scope
    if decision.is_deletion:
        outcome = cleanup.delete(request, scope)
    error = outcome.error()
    audit = cleanup.audit(decision, votes, outcome).model_copy(
        update={"scope": scope, "request_id": request.id if request else None}
    )
    audit.write(context.output("audit"))
    context.write_parameter("audio-deleted", "true" if audit.audio_deleted else "false")
    if error is not None:
        raise error
    if audit.audio_deleted:
        cleanup.keep(audit)
    return StepReport()


class _Cleanup:
    """One job's audio, and who may delete it."""

    def __init__(self, context: StepContext) -> None:
        parameters = context.parameters
        if not parameters["job-address"]:
            raise SettingsError(
                "cleanup-consent: job-address is empty; it deletes in buckets: "
                "name s3://bucket/jobs/UID/, on one machine delete the meeting's folder"
            )
        self._context = context
        self._job = job_place(parameters["job-address"])
        self._started_at = _now()
        self._endpoint_url = parameters["s3-endpoint-url"]
        self._own = S3Store.open(
            endpoint_url=self._endpoint_url, login=S3Login.from_environment(_STORAGE_CREDENTIALS)
        )
        self._opened: dict[bool, S3Store] = {}
        self.policy = context.choice("consent-policy", ConsentPolicy)
        self.scope = context.choice("deletion-scope", DeletionScope)
        self.is_denied_by_job = parameters["consent-denied"] == "true"
        self._recording = (
            Recording.read(context.input("recording")) if context.has_input("recording") else None
        )

    @property
    def _job_uid(self) -> str:
        return self._job.prefix.key.split("/")[1]

    def request(self) -> DeletionRequest | None:
        """The deletion list, where the deletion was decided before."""
        text = self._context.parameters["deletion-address"]
        if not text:
            return None
        address = S3Address.parse(text)
        try:
            return DeletionRequest.model_validate_json(self._own.read(address))
        except ValueError as error:
            raise BadInputError(f"{address}: not a deletion list; write it again") from error

    def votes(self) -> tuple[Vote, ...]:
        """All votes on this recording, as they are now."""
        subject = self._context.parameters["consent-subject"] or self._job_uid
        return read_votes(self._own, self._job.prefix.bucket, subject)

    def delete(self, request: DeletionRequest | None, scope: DeletionScope) -> Outcome:
        """Delete everywhere that audio of this meeting lies, as far as it is to go.

        Originals of which nobody knows where they lie keep no copy.
        """
        own = job_place(str(self._job.prefix), scope)
        copies = [job_place(prefix, scope) for prefix in (request.prefixes if request else ())]
        originals, unknown = self._known_originals(request, scope)
        places = list(dict.fromkeys([*originals, *copies, own]))
        outcome = delete_audio(places, self.store_of)
        outcome.unknown = unknown
        return outcome

    def _known_originals(
        self, request: DeletionRequest | None, scope: DeletionScope
    ) -> tuple[list[AudioPlace], MultitrackError | None]:
        if scope is not DeletionScope.ALL:
            return [], None
        try:
            return self._originals(request), None
        except MultitrackError as error:
            return [], error

    def _originals(self, request: DeletionRequest | None) -> list[AudioPlace]:
        listed = [AudioPlace.of_object(source) for source in (request.sources if request else ())]
        if self._recording is not None:
            return [*source_places(self._recording), *listed]
        told = request.source if request else ()
        daily = DailyAccess.of(self._context.parameters, is_last_try=True)
        return [*listed, *unlisted_places(told, daily)]

    def store_of(self, place: AudioPlace) -> S3Store:
        """Whoever may delete there: the storage's credentials in a job's files, else the source's.

        Raises:
            MultitrackError: As `S3Store.open`.
        """
        if place.is_job:
            return self._own
        if place.is_daily not in self._opened:
            self._opened[place.is_daily] = (
                DailyAccess.of(self._context.parameters, is_last_try=True).store_of(
                    RecordingPlace()
                )
                if place.is_daily
                else S3Store.open(endpoint_url=self._endpoint_url)
            )
        return self._opened[place.is_daily]

    def audit(self, decision: Decision, votes: tuple[Vote, ...], outcome: Outcome) -> DeletionAudit:
        """What happened, without a word of speech."""
        prefix = self._job.prefix
        kept = (found.address.key for found in self._own.list(prefix).objects)
        relative = (key.removeprefix(prefix.key) for key in kept)
        return DeletionAudit(
            job_uid=self._job_uid,
            recording_id=self._recording.id if self._recording else None,
            policy=self.policy,
            because=decision.because,
            votes=tuple(vote.id for vote in votes),
            started_at=self._started_at,
            ended_at=_now(),
            audio_deleted=decision.is_deletion and outcome.is_clean,
            deleted=outcome.deleted_objects(),
            remaining=outcome.remaining_objects(),
            kept=tuple(
                key for key in relative if is_text_of_job(key) and not key.startswith("logs/")
            ),
        )

    def keep(self, audit: DeletionAudit) -> None:
        """Put the proof where it outlives the job."""
        moment = audit.ended_at.replace(":", "").replace("-", "")
        address = S3Address(self._job.prefix.bucket, f"{_DONE}{self._job_uid}/{moment}.json")
        self._own.write(
            address, audit.model_dump_json(indent=1).encode(), content_type="application/json"
        )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
