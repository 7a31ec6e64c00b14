"""Deleting audio: every version, as far as it goes; what is left is named, never passed over."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from multitrack_steps.consent.places import AudioPlace
from workflow_templates.contracts.deletion import DeletedObject, RemainingObject
from workflow_templates.runtime.errors import MultitrackError, RefusedError, TemporaryError
from workflow_templates.runtime.store import S3Address, S3Store
from workflow_templates.runtime.store_versions import (
    ObjectVersion,
    abort_uploads,
    delete_version,
    list_versions,
)

__all__ = ["Outcome", "StoreOf", "delete_audio"]

StoreOf = Callable[[AudioPlace], S3Store]
"""The store that may delete in a place."""


@dataclass(slots=True)
class Outcome:
    """What is gone, and what is not."""

    deleted: Counter[S3Address] = field(default_factory=Counter)
    """Versions by object."""
    failures: dict[S3Address, MultitrackError] = field(default_factory=dict)
    """Why an object, or a whole place, is not gone."""
    unknown: MultitrackError | None = None
    """Why nobody knows where the originals lie."""

    @property
    def is_clean(self) -> bool:
        """All of it is gone."""
        return not self.failures and self.unknown is None

    def error(self) -> MultitrackError | None:
        """What stands in the way: a refusal before what may pass by itself; None: nothing."""
        found = [*self.failures.values(), *([self.unknown] if self.unknown else [])]
        refused = [each for each in found if not each.retryable]
        worst = refused or found
        if not worst:
            return None
        more = len(found) - 1
        others = f" ({more} more remain, see consent/audit.json)" if more else ""
        kind = RefusedError if refused else TemporaryError
        return kind(f"The audio is not deleted: {worst[0]}{others}")

    def deleted_objects(self) -> tuple[DeletedObject, ...]:
        """For the audit."""
        return tuple(
            DeletedObject(address=str(address), versions=count)
            for address, count in sorted(self.deleted.items())
            if address not in self.failures
        )

    def remaining_objects(self) -> tuple[RemainingObject, ...]:
        """For the audit."""
        left = [(str(address), error) for address, error in sorted(self.failures.items())]
        if self.unknown:
            left.append(("the originals", self.unknown))
        return tuple(
            RemainingObject(address=address, because=str(error)) for address, error in left
        )


def delete_audio(places: Sequence[AudioPlace], store_of: StoreOf) -> Outcome:
    """Delete everywhere, then look again everywhere.

    One object that cannot be deleted keeps no other from it.
    """
    outcome = Outcome()
    for place in places:
        try:
            _delete_in(place, store_of(place), outcome)
        except MultitrackError as error:
            outcome.failures[place.prefix] = error
    for place in places:
        if place.prefix not in outcome.failures:
            _verify(place, store_of, outcome)
    return outcome


def _delete_in(place: AudioPlace, store: S3Store, outcome: Outcome) -> None:
    if place.is_job:
        abort_uploads(store, place.prefix)
    for version in _doomed(place, store):
        try:
            delete_version(store, version)
        except MultitrackError as error:
            outcome.failures.setdefault(version.address, error)
        else:
            outcome.deleted[version.address] += 1


def _verify(place: AudioPlace, store_of: StoreOf, outcome: Outcome) -> None:
    """A listing decides: nothing is gone because a server said so."""
    try:
        left = _doomed(place, store_of(place))
    except MultitrackError as error:
        outcome.failures[place.prefix] = error
        return
    for version in left:
        outcome.failures.setdefault(
            version.address,
            TemporaryError(f"{version.address}: still there after its deletion; try again later"),
        )


def _doomed(place: AudioPlace, store: S3Store) -> list[ObjectVersion]:
    return [each for each in list_versions(store, place.prefix) if place.holds(each.address.key)]
