"""consent/<subject>/<time>-<id>.json: one vote on keeping a meeting's audio. Never changed."""

from collections.abc import Iterable

from workflow_templates.contracts.base import Contract

__all__ = ["Vote", "is_denied"]


class Vote(Contract):
    """What one person said about keeping the audio."""

    id: str
    """Unique; a vote that is sent twice has the same."""
    at: str
    """When it was counted, ISO 8601 in UTC."""
    consent_given: bool
    user_id: str | None = None
    """Of somebody who has signed in: their last vote counts. None: anonymous; a "no" stays."""


def is_denied(votes: Iterable[Vote]) -> bool:
    """Whether anyone does not consent to keeping the audio.

    Args:
        votes: In the order in which they were given.
    """
    last_by_user: dict[str, bool] = {}
    for vote in votes:
        if vote.user_id is None and not vote.consent_given:
            return True
        if vote.user_id is not None:
            last_by_user[vote.user_id] = vote.consent_given
    return not all(last_by_user.values())
