"""Votes in the bucket: written once each, read all together."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable

from pydantic import ValidationError

from workflow_templates.contracts.consent import Vote
from workflow_templates.runtime.errors import BadInputError
from workflow_templates.runtime.store import S3Address, S3Store

__all__ = ["read_votes", "vote_marks", "votes_mark", "votes_prefix", "write_vote"]

_PREFIX = "consent/"


def votes_prefix(bucket: str, subject: str) -> S3Address:
    """Where the votes on one recording lie.

    Args:
        bucket: The installation's.
        subject: Daily's recording id, where the job has one, else the job's uid: people may vote
            before there is a job.
    """
    return S3Address(bucket, f"{_PREFIX}{subject}/")


def write_vote(store: S3Store, bucket: str, subject: str, vote: Vote) -> S3Address:
    """Add a vote; the same vote again replaces itself.

    Raises:
        MultitrackError: As the store's methods.
    """
    prefix = votes_prefix(bucket, subject)
    moment = vote.at.replace(":", "").replace("-", "")
    address = S3Address(bucket, f"{prefix.key}{moment}-{vote.id}.json")
    store.write(address, vote.model_dump_json().encode(), content_type="application/json")
    return address


def read_votes(store: S3Store, bucket: str, subject: str) -> tuple[Vote, ...]:
    """All votes, in the order in which they were given.

    Who was not answered sends the same vote again: it counts once, where it was given first.

    Raises:
        BadInputError: An object there is no vote. Nothing may be taken for consent then.
        MultitrackError: As the store's methods.
    """
    votes: dict[tuple[str, str | None, bool], Vote] = {}
    for found in store.list(votes_prefix(bucket, subject)).objects:
        try:
            vote = Vote.model_validate_json(store.read(found.address))
        except ValidationError as error:
            raise BadInputError(
                f"{found.address}: not a vote; look at it and delete or mend it"
            ) from error
        votes.setdefault((vote.id, vote.user_id, vote.consent_given), vote)
    return tuple(votes.values())


def votes_mark(store: S3Store, bucket: str, subject: str) -> str:
    """A word that is another one as soon as there is another vote; empty without any.

    Raises:
        MultitrackError: As the store's methods.
    """
    prefix = votes_prefix(bucket, subject)
    return _mark(found.address.key for found in store.list(prefix).objects)


def vote_marks(store: S3Store, bucket: str) -> dict[str, str]:
    """The marks of all subjects on which anybody has voted, from one listing.

    Raises:
        MultitrackError: As the store's methods.
    """
    keys: defaultdict[str, list[str]] = defaultdict(list)
    for found in store.list(S3Address(bucket, _PREFIX)).objects:
        subject, _, name = found.address.key.removeprefix(_PREFIX).rpartition("/")
        if subject and name:
            keys[subject].append(found.address.key)
    return {subject: _mark(found) for subject, found in keys.items()}


def _mark(keys: Iterable[str]) -> str:
    found = sorted(keys)
    return hashlib.sha256("\n".join(found).encode()).hexdigest()[:16] if found else ""
