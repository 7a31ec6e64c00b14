"""What an installation needs before it can work, each lack in one sentence."""

from collections.abc import AsyncIterator, Mapping

from multitrack.cluster.client import Cluster
from multitrack.cluster.errors import ClusterAwayError, ClusterRefusedError
from multitrack.controller.settings import OperatorSettings
from workflow_templates.argo.settings import InstallSettings
from workflow_templates.runtime.errors import MultitrackError
from workflow_templates.runtime.store import S3Store

__all__ = ["what_is_missing"]

_DEFINITIONS = {
    "recordingjobs.multitrack.dev": "install the chart with its CRD, or apply `multitrack crd`",
    "workflows.argoproj.io": "install Argo Workflows",
    "workflowtemplates.argoproj.io": "install Argo Workflows",
}


async def what_is_missing(
    cluster: Cluster, settings: OperatorSettings, profiles: Mapping[str, InstallSettings]
) -> AsyncIterator[str]:
    """Look at everything; yields sentences, nothing when all is there."""
    for definition, remedy in _DEFINITIONS.items():
        try:
            if not await cluster.has_resource(definition):
                yield f"the cluster does not know {definition}; {remedy}"
        except (ClusterRefusedError, ClusterAwayError) as error:
            yield str(error)
    secrets = {
        (secret.name, secret.key)
        for profile in profiles.values()
        for secret in profile.secrets.values()
        if not secret.optional
    }
    for namespace in settings.job_namespaces:
        for name, key in sorted(secrets):
            try:
                if not await cluster.has_secret_key(namespace, name, key):
                    yield f"Secret {name} with the key {key} is missing in {namespace}; create it"
            except (ClusterRefusedError, ClusterAwayError) as error:
                yield str(error)
    if problem := _bucket_problem(settings):
        yield problem


def _bucket_problem(settings: OperatorSettings) -> str | None:
    try:
        store = S3Store.open(endpoint_url=settings.storage.endpoint_url)
        store.check_bucket(settings.storage.bucket)
    except MultitrackError as error:
        return str(error)
    return None
