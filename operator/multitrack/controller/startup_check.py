"""What an installation needs before it can work, each lack in one sentence."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, partial
from threading import Lock

from multitrack.api.recording_job import RecordingJob
from multitrack.cluster.client import Cluster
from multitrack.cluster.errors import ClusterAwayError, ClusterRefusedError
from multitrack.controller.settings import OperatorSettings, Storage
from workflow_templates.argo.settings import InstallSettings
from workflow_templates.runtime.errors import MultitrackError
from workflow_templates.runtime.store import S3Store

__all__ = ["Problem", "ProblemKind", "store_of", "what_is_missing"]

_DEFINITIONS = {
    "recordingjobs.multitrack.dev": "install the chart with its CRD, or apply `multitrack crd`",
    "workflows.argoproj.io": "install Argo Workflows",
    "workflowtemplates.argoproj.io": "install Argo Workflows",
}


class ProblemKind(StrEnum):
    """What is missing; the label `kind` of the metric."""

    DEFINITION = "definition"
    """A CustomResourceDefinition: Argo's or ours."""
    SECRET = "secret"  # noqa: S105 - a word
    """A Secret, or a key in it, in a job namespace."""
    BUCKET = "bucket"
    """The bucket of all jobs, or the way to it."""
    UNCHECKED = "unchecked"
    """Nobody knows: the operator may not look, or the API server did not answer."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is missing."""

    kind: ProblemKind
    sentence: str
    namespace: str | None = None
    """Whose jobs suffer; None: all."""
    profiles: frozenset[str] | None = None
    """Whose jobs suffer; None: all."""

    def affects(self, job: RecordingJob) -> bool:
        """Whether the job cannot go on as long as this is so."""
        return (
            self.kind is not ProblemKind.UNCHECKED
            and self.namespace in (None, job.namespace)
            and (self.profiles is None or job.spec.profile in self.profiles)
        )


def store_of(storage: Storage) -> Callable[[], S3Store]:
    """Opens the store when it is first asked for, and once: each client takes 12 MB.

    Many threads may ask at the same moment; while one opens it the others wait for that one.
    """
    opened = cache(partial(S3Store.open, endpoint_url=storage.endpoint_url, region=storage.region))
    lock = Lock()

    def store() -> S3Store:
        with lock:
            return opened()

    return store


async def what_is_missing(
    cluster: Cluster,
    settings: OperatorSettings,
    profiles: Mapping[str, InstallSettings],
    open_store: Callable[[], S3Store],
) -> AsyncIterator[Problem]:
    """Look at everything; yields nothing when all is there."""
    bucket = settings.storage.bucket
    for definition, remedy in _DEFINITIONS.items():
        try:
            if not await cluster.has_resource(definition):
                text = f"the cluster does not know {definition}; {remedy}"
                yield Problem(ProblemKind.DEFINITION, text)
        except (ClusterRefusedError, ClusterAwayError) as error:
            yield Problem(ProblemKind.UNCHECKED, str(error))
    for (name, key), users in sorted(_secrets(profiles).items()):
        for namespace in settings.job_namespaces:
            try:
                if not await cluster.has_secret_key(namespace, name, key):
                    text = f"Secret {name} with the key {key} is missing in {namespace}; create it"
                    yield Problem(ProblemKind.SECRET, text, namespace, frozenset(users))
            except (ClusterRefusedError, ClusterAwayError) as error:
                yield Problem(ProblemKind.UNCHECKED, str(error))
    if found := await asyncio.to_thread(_bucket_problem, open_store, bucket):
        yield Problem(ProblemKind.BUCKET, found)


def _secrets(profiles: Mapping[str, InstallSettings]) -> dict[tuple[str, str], set[str]]:
    """Profiles by the name and key of a Secret that their pods cannot start without."""
    users: dict[tuple[str, str], set[str]] = {}
    for name, profile in profiles.items():
        for secret in profile.secrets.values():
            if not secret.optional:
                users.setdefault((secret.name, secret.key), set()).add(name)
    return users


def _bucket_problem(open_store: Callable[[], S3Store], bucket: str) -> str | None:
    try:
        open_store().check_bucket(bucket)
    except MultitrackError as error:
        return str(error)
    return None
