"""What consent and retention ask for: pure, beside the processing and never in its way.

The audio of a job goes through one list in the bucket, whoever asks for it: a denial, the policy
DeleteAudio, or an installation that keeps audio for a while only. Here is decided when an entry is
made; `loops/deletions.py` works the list.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from multitrack.api import names
from multitrack.api.reasons import (
    ConditionStatus,
    ConditionType,
    ConsentReason,
    Phase,
    SucceededReason,
)
from multitrack.api.recording_job import RecordingJob
from multitrack.api.status import AudioStatus, RecordingJobStatus, timestamp
from multitrack.controller.conditions import a_condition, with_conditions
from multitrack.controller.decision import (
    Action,
    CountVotes,
    CreateWorkflow,
    Decision,
    HoldJob,
    ReleaseJob,
    RequestDeletion,
)
from multitrack.controller.errands import looking_again
from multitrack.controller.observed import Node, WorkflowView
from multitrack.controller.retention import what_expired
from multitrack.controller.settings import OperatorSettings
from multitrack.controller.starts import newest
from multitrack.controller.steps import said, stuck_pod
from workflow_templates.contracts.deletion import ConsentPolicy, DeletionScope
from workflow_templates.pipelines import DELETE_AUDIO, PROCESS_RECORDING

__all__ = ["EXPIRED", "deletion_scope", "enforce_consent", "saying"]

EXPIRED = "The installation keeps audio no longer."
"""Why audio goes that nobody minds."""

_TRUE, _FALSE, _UNKNOWN = ConditionStatus.TRUE, ConditionStatus.FALSE, ConditionStatus.UNKNOWN
_CLEANUP = "cleanup-consent"
_FINAL_CODES = (2, 3)
"""Exit codes that say: trying again alone does not help."""


def deletion_scope(job: RecordingJob) -> DeletionScope:
    """How much of a job's audio consent reaches: a shadow job's originals belong to another."""
    return DeletionScope.COPIES if job.spec.shadow else DeletionScope.ALL


def saying(
    status: RecordingJobStatus,
    job: RecordingJob,
    now: datetime,
    said: tuple[ConditionStatus, ConsentReason, str],
) -> RecordingJobStatus:
    """The status with the condition `ConsentEnforced`.

    Args:
        status: What else is said.
        job: As it was.
        now: With time zone.
        said: Status, reason and message.
    """
    return with_conditions(status, job, now, a_condition(ConditionType.CONSENT_ENFORCED, *said))


def enforce_consent(
    decision: Decision,
    job: RecordingJob,
    workflows: tuple[WorkflowView, ...],
    *,
    settings: OperatorSettings,
    now: datetime,
) -> Decision:
    """Add what consent and retention ask for to the decision about the processing.

    Args:
        decision: About the processing.
        job: As the API server last told.
        workflows: All that carry the job's uid.
        settings: Of the operator.
        now: With time zone.
    """
    case = _Case(decision, job, workflows, settings, now)
    verdict = case.verdict()
    audio = verdict.audio
    status = decision.status.model_copy(
        update={"audio": audio if audio != AudioStatus() else None, "audio_deleted": verdict.gone}
    )
    if verdict.said is not None:
        status = saying(status, job, now, verdict.said)
    actions = (*verdict.before, *decision.actions, *verdict.actions)
    decided = Decision(status, actions, decision.look_again)
    return looking_again(decided, verdict.look_again) if verdict.look_again else decided


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What follows for the audio."""

    audio: AudioStatus
    said: tuple[ConditionStatus, ConsentReason, str] | None
    gone: bool | None
    before: tuple[Action, ...] = ()
    """Comes before anything else is done for the job."""
    actions: tuple[Action, ...] = ()
    look_again: timedelta | None = None


@dataclass(frozen=True, slots=True)
class _Case:
    """One job, with everything that the verdict depends on."""

    decision: Decision
    job: RecordingJob
    workflows: tuple[WorkflowView, ...]
    settings: OperatorSettings
    now: datetime

    def verdict(self) -> _Verdict:
        audio = self._audio()
        gone = self._is_gone(audio)
        if self.job.is_being_deleted:
            return self._before_it_goes(audio, gone=gone)
        if gone:
            return _Verdict(audio, self._gone(audio), gone=True, actions=self._release())
        if count := self._count(audio):
            # Until then what was said stays: nothing is taken for consent.
            return _Verdict(audio, None, self.job.status.audio_deleted, self._hold(audio), (count,))
        return self._decided(audio)

    def _decided(self, audio: AudioStatus) -> _Verdict:
        """Votes are counted, and the audio is there."""
        why = self._why(audio)
        if why is None:
            kept = self._kept(audio)
            return replace(kept, before=self._hold(audio))
        due = self._due(audio)
        if due is None:
            said = self._doubt(audio), ConsentReason.WAITING_FOR_END, f"{why} {_AT_THE_END}"
            return _Verdict(audio, said, self._still_there(audio), self._hold(audio))
        if due > self.now:
            text = (
                f"{why} The run has failed; for another try the audio is kept until "
                f"{timestamp(due)}, then it is deleted"
            )
            said = self._doubt(audio), ConsentReason.WAITING_FOR_RETRY, text
            left = due - self.now
            gone = self._still_there(audio)
            return _Verdict(audio, said, gone, self._hold(audio), look_again=left)
        return self._to_be_deleted(audio, why)

    def _to_be_deleted(self, audio: AudioStatus, why: str) -> _Verdict:
        before = self._hold(audio)
        if self._is_requested(audio):
            return _Verdict(audio, self._deleting(why), gone=False, before=before)
        actions = (self._request(audio, why),)
        return _Verdict(audio, self._deleting(why), gone=False, before=before, actions=actions)

    def _request(self, audio: AudioStatus, why: str) -> RequestDeletion:
        """What it changes in the status is said once it is written down, and not before."""
        scope = deletion_scope(self.job)
        reaches = self._is_denied(audio) and scope is DeletionScope.ALL
        return RequestDeletion(audio.requests + 1, scope, why, reaches_others=reaches)

    def _before_it_goes(self, audio: AudioStatus, *, gone: bool) -> _Verdict:
        """The job is being deleted, and waits for us."""
        if names.AUDIO_FINALIZER not in self.job.finalizers:
            return _Verdict(audio, None, self.job.status.audio_deleted)
        if not gone and (count := self._count(audio)):
            return _Verdict(audio, None, self.job.status.audio_deleted, actions=(count,))
        if gone or self._is_requested(audio):
            return _Verdict(audio, None, gone, actions=(ReleaseJob(),))
        if (why := self._why(audio)) is None:
            return _Verdict(audio, None, None, actions=(ReleaseJob(keeps_audio=True),))
        actions = (self._request(audio, why),)
        return _Verdict(audio, self._deleting(why), gone=False, actions=actions)

    def _kept(self, audio: AudioStatus) -> _Verdict:
        """Nobody minds the audio; perhaps its time is up."""
        if self.job.spec.consent.policy is ConsentPolicy.KEEP:
            said = _TRUE, ConsentReason.NOT_NEEDED, "the policy is to keep the audio"
        else:
            said = _TRUE, ConsentReason.NOBODY_DENIES, "nobody has denied consent"
        if not self._has_ended() or self.decision.status.completion_time is None:
            return _Verdict(audio, said, None)
        expired, left = what_expired(
            self.settings.retention,
            audio.expired,
            self.now - self.decision.status.completion_time,
            succeeded=self.decision.status.phase is Phase.SUCCEEDED,
        )
        if expired is None:
            return _Verdict(audio, said, None, look_again=left)
        request = RequestDeletion(audio.requests + 1, expired, EXPIRED, is_expiry=True)
        return _Verdict(audio, said, None, actions=(request,), look_again=left)

    def _audio(self) -> AudioStatus:
        """What is known; a proof that has come since is taken in."""
        audio = self.job.status.audio or AudioStatus()
        told = self.job.annotations.get(names.AUDIO_DELETED_ANNOTATION)
        proofs = [_time(told), audio.deleted_at, self._deleted_by_run()]
        latest = max((each for each in proofs if each is not None), default=None)
        return audio.model_copy(update={"deleted_at": latest})

    def _deleted_by_run(self) -> datetime | None:
        run = self._run()
        if run is None:
            return None
        done = [each for each in run.of_step(_CLEANUP) if _says_deleted(each)]
        # The run ends moments later, and makes no audio in them.
        return (run.finished or self.now) if done else None

    def _is_gone(self, audio: AudioStatus) -> bool:
        if audio.deleted_at is None or self._is_starting():
            return False
        run = self._run()
        if run is not None and not run.is_finished:
            return self._deleted_by_run() is not None
        ended = self._ended_at()
        return ended is None or audio.deleted_at >= ended

    def _ended_at(self) -> datetime | None:
        """When the last run ended, whether or not that is written down yet."""
        run = self._run()
        told = self.decision.status.completion_time, run.finished if run else None
        return max((each for each in told if each is not None), default=None)

    def _gone(self, audio: AudioStatus) -> tuple[ConditionStatus, ConsentReason, str]:
        text = "all audio is deleted, in all versions; see consent/audit.json"
        if self._why(audio) is None:
            text += " of the other job on this recording in which consent is denied"
        if self.job.spec.shadow:
            text += ". This job is a shadow: the originals are the other pipeline's to delete"
        return _TRUE, ConsentReason.ENFORCED, text

    def _why(self, audio: AudioStatus) -> str | None:
        """Why the audio has to go; None: it stays."""
        consent = self.job.spec.consent
        if consent.policy is ConsentPolicy.KEEP:
            return None
        if consent.denied:
            return "The job says that consent is denied."
        if audio.denied:
            return "A participant does not consent."
        if consent.policy is ConsentPolicy.DELETE_AUDIO:
            return "The policy is to delete all audio."
        return None

    def _is_denied(self, audio: AudioStatus) -> bool:
        return self.job.spec.consent.denied or audio.denied

    def _doubt(self, audio: AudioStatus) -> ConditionStatus:
        """What is to go by policy alone, and later, breaks no promise yet."""
        return _FALSE if self._is_denied(audio) else _UNKNOWN

    def _still_there(self, audio: AudioStatus) -> bool | None:
        return False if self._is_denied(audio) else None

    def _due(self, audio: AudioStatus) -> datetime | None:
        """When it goes; None: not before the run has ended."""
        if not self._has_ended():
            return None
        status = self.decision.status
        ended = status.completion_time or self.now
        if status.phase is Phase.SUCCEEDED or self.job.spec.cancel:
            return ended
        if not self._is_denied(audio):
            return ended + timedelta(days=self.settings.retention.failed)
        succeeded = status.condition(ConditionType.SUCCEEDED)
        is_deleted = succeeded is not None and succeeded.reason == SucceededReason.WORKFLOW_DELETED
        if status.phase is Phase.CANCELLED or is_deleted:
            return ended
        own = self.job.spec.consent.grace_after_failure
        grace = self.settings.consent.grace_after_failure if own is None else own
        return ended + timedelta(seconds=grace)

    def _is_requested(self, audio: AudioStatus) -> bool:
        """The list has an entry that was made after the end; a later run is another matter."""
        if audio.requested_at is None:
            return False
        run = self._run()
        since = run.created if run and not run.is_finished else self._ended_at()
        return since is None or audio.requested_at >= since

    def _deleting(self, why: str) -> tuple[ConditionStatus, ConsentReason, str]:
        """How far the deletion is."""
        tries = [each for each in self.workflows if each.pipeline == DELETE_AUDIO.name]
        last = max(tries, key=lambda each: (each.created, each.attempt), default=None)
        if last is not None and (stuck := stuck_pod(last)) is not None:
            text = f"{last.name} cannot start: {said(stuck)}; it goes on once that is mended"
            return _FALSE, ConsentReason.UNVERIFIED, text
        if last is None or not last.is_finished or last.phase == "Succeeded":
            return _FALSE, ConsentReason.DELETING, f"{why} The audio is being deleted"
        node = _last_try(last)
        if node is None:
            text = last.message or "Argo gives no reason"
            return _FALSE, ConsentReason.UNVERIFIED, f"{last.name}: {text}; it is tried again"
        is_final = node.exit_code in _FINAL_CODES
        reason = ConsentReason.REFUSED if is_final else ConsentReason.UNVERIFIED
        return _FALSE, reason, said(node) or "the deletion failed without a word; see its log"

    def _count(self, audio: AudioStatus) -> CountVotes | None:
        """Whether votes are to be counted anew, which costs requests."""
        consent = self.job.spec.consent
        is_open = consent.policy is ConsentPolicy.DELETE_AUDIO_ON_DENIAL and not consent.denied
        if not is_open:
            return None
        wanted = self.job.annotations.get(names.VOTES_ANNOTATION, "")
        if self.job.is_being_deleted:
            wanted += "/deleted"
        elif self._has_ended() and not self._run_has_counted():
            wanted += f"/{self.decision.status.attempt}"
        # What was counted at an end holds until there is another vote.
        known = audio.counted if "/" in wanted else audio.counted.partition("/")[0]
        return CountVotes(wanted) if wanted != known else None

    def _run_has_counted(self) -> bool:
        run = self._run()
        return run is not None and any(
            each.phase == "Succeeded" and each.type == "Retry" for each in run.of_step(_CLEANUP)
        )

    def _hold(self, audio: AudioStatus) -> tuple[Action, ...]:
        """Keep the job as long as there may be something to delete or to remember."""
        is_held = names.AUDIO_FINALIZER in self.job.finalizers
        retention = self.settings.retention
        expires = retention.audio is not None or retention.intermediates is not None
        matters = self.job.spec.consent.policy is not ConsentPolicy.KEEP or expires
        if matters == is_held:
            return ()
        if not matters:
            return (ReleaseJob(),)
        has_data = self.job.status.attempt > 0 or self._is_starting() or self._is_denied(audio)
        return (HoldJob(),) if has_data else ()

    def _release(self) -> tuple[Action, ...]:
        return (ReleaseJob(),) if names.AUDIO_FINALIZER in self.job.finalizers else ()

    def _run(self) -> WorkflowView | None:
        """The newest Workflow of the processing."""
        return newest([each for each in self.workflows if each.pipeline == PROCESS_RECORDING.name])

    def _is_starting(self) -> bool:
        return any(isinstance(each, CreateWorkflow) for each in self.decision.actions)

    def _has_ended(self) -> bool:
        return self.decision.status.phase.is_final and not self._is_starting()


_AT_THE_END = "The audio is deleted when the run has ended"


def _says_deleted(node: Node) -> bool:
    return node.phase == "Succeeded" and node.outputs.get("audio-deleted") == "true"


def _last_try(workflow: WorkflowView) -> Node | None:
    """The deletion's last pod, or what stands for all its tries."""
    runs = [each for each in workflow.of_step(_CLEANUP) if each.has_failed]
    if not runs:
        return None
    tries = workflow.tries(runs[0])
    return tries[-1] if tries else runs[0]


def _time(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
