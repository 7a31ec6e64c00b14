"""Whether a meeting's audio goes: a pure function of policy, job, votes and what was decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from workflow_templates.contracts.consent import Vote, is_denied
from workflow_templates.contracts.deletion import ConsentPolicy, DeletionRequest

__all__ = ["Decision", "decide"]


@dataclass(frozen=True, slots=True)
class Decision:
    """The audio goes, or stays."""

    is_deletion: bool
    because: str
    """One sentence, for the audit."""


def decide(
    policy: ConsentPolicy,
    votes: Sequence[Vote],
    *,
    denied_by_job: bool,
    request: DeletionRequest | None,
) -> Decision:
    """Decide.

    Args:
        policy: Of the job.
        votes: In the order in which they were given.
        denied_by_job: `spec.consent.denied`: one-way.
        request: A deletion that was decided before; it is not taken back.
    """
    if request is not None:
        return Decision(is_deletion=True, because=request.because)
    match policy:
        case ConsentPolicy.KEEP:
            return Decision(is_deletion=False, because="The policy is to keep the audio.")
        case ConsentPolicy.DELETE_AUDIO:
            return Decision(is_deletion=True, because="The policy is to delete all audio.")
        case ConsentPolicy.DELETE_AUDIO_ON_DENIAL:
            if denied_by_job:
                return Decision(is_deletion=True, because="The job says that consent is denied.")
            if is_denied(votes):
                return Decision(is_deletion=True, because="A participant does not consent.")
            return Decision(is_deletion=False, because="Nobody has denied consent.")
        case _:
            assert_never(policy)
