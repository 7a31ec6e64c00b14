"""RecordingJobs, Workflows and WorkflowTemplates over the Kubernetes API."""

import base64
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import aiohttp

from multitrack.api import names
from multitrack.cluster.errors import (
    NotFoundError,
)
from multitrack.cluster.library import ApiException, client
from multitrack.cluster.login import log_in
from multitrack.cluster.session import look_at_environment_once
from multitrack.cluster.translation import translated

__all__ = ["Body", "Cluster", "JobPage", "Pod", "TokenOwner", "connect"]

Body = dict[str, Any]
"""A Kubernetes object as JSON."""

_ARGO = ("argoproj.io", "v1alpha1")
_JOBS = (names.GROUP, names.VERSION)
_MERGE_PATCH = "application/merge-patch+json"
_APPLY_PATCH = "application/apply-patch+yaml"
_FIELD_MANAGER = "multitrack"
_DISPLAY_NAME_ANNOTATION = "workflows.argoproj.io/display-name"
_ARGO_LINE = re.compile(r"^time=.* argo=true")
"""What Argo's executor writes between the step's own lines."""
_PAGE = 20
"""Workflows asked for at a time, where only a little of each is kept."""
_TIMEOUT = 30
"""Seconds that one request may take."""
_WATCH_SECONDS = 300
_WATCH_SILENCE_SECONDS = 120
"""API servers send a bookmark about once a minute."""


@dataclass(frozen=True, slots=True)
class Pod:
    """A pod of a step."""

    name: str
    node: str
    about: str
    """What it is shown as: step and participant."""


@dataclass(frozen=True, slots=True)
class TokenOwner:
    """Somebody whom the cluster knows."""

    name: str
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class JobPage:
    """Some RecordingJobs of a listing."""

    bodies: list[Body]
    version: str
    """From where a watch goes on."""
    following: str
    """Asks for the next page; empty: this is the last."""


@asynccontextmanager
async def connect(context: str | None = None) -> AsyncIterator["Cluster"]:
    """Connect as the pod's service account, or as the user's kubeconfig says.

    Raises:
        ClusterRefusedError: As `log_in` raises it.
    """
    await log_in(context)
    async with client.ApiClient() as api:
        look_at_environment_once(api)
        yield Cluster(api)


class Cluster:
    """What we do with a cluster. Every method raises `ClusterError`s, see `errors`."""

    def __init__(self, api: client.ApiClient) -> None:
        self._custom = client.CustomObjectsApi(api)
        self._extensions = client.ApiextensionsV1Api(api)
        self._core = client.CoreV1Api(api)
        self._authentication = client.AuthenticationV1Api(api)
        self._authorization = client.AuthorizationV1Api(api)

    async def create_job(self, body: Body) -> Body:
        """Create a RecordingJob; raises ConflictError if the name is taken."""
        return await self._create(_JOBS, names.PLURAL, body)

    async def get_job(self, namespace: str, name: str) -> Body:
        """Read a RecordingJob."""
        return await self._get(_JOBS, names.PLURAL, namespace, name, f"RecordingJob {name}")

    async def list_jobs(self, namespace: str) -> list[Body]:
        """All RecordingJobs of a namespace."""
        return await self._list(_JOBS, names.PLURAL, namespace, "")

    async def list_job_page(
        self, namespace: str, *, selector: str = "", limit: int = 0, after: str = ""
    ) -> JobPage:
        """A page of a namespace's RecordingJobs.

        Args:
            namespace: Whose.
            selector: Labels that they carry.
            limit: At most so many; 0: all.
            after: What the page before said in `following`.

        Raises:
            ExpiredError: `after` is too old.
        """
        with translated(names.PLURAL):
            answer = await self._custom.list_namespaced_custom_object(
                *_JOBS,
                namespace,
                names.PLURAL,
                label_selector=selector,
                limit=limit,
                _continue=after,
                _request_timeout=_TIMEOUT,
            )
        metadata = answer["metadata"]
        return JobPage(
            list(answer["items"]), metadata["resourceVersion"], metadata.get("continue") or ""
        )

    async def watch_jobs(self, namespace: str, version: str) -> AsyncIterator[tuple[str, Body]]:
        """Each change to a namespace's RecordingJobs: ADDED, MODIFIED, DELETED or BOOKMARK.

        Ends now and then; go on from the last version seen.

        Args:
            namespace: Whose.
            version: Changes after this one: of a listing, or of a body.

        Raises:
            ExpiredError: The server no longer knows that version.
        """
        with translated(names.PLURAL):
            answer = await self._custom.list_namespaced_custom_object(
                *_JOBS,
                namespace,
                names.PLURAL,
                watch=True,
                resource_version=version,
                allow_watch_bookmarks=True,
                timeout_seconds=_WATCH_SECONDS,
                _preload_content=False,
                # A server that sends not even a bookmark for so long has gone.
                _request_timeout=(_TIMEOUT, _WATCH_SILENCE_SECONDS),
            )
            async with answer:
                if answer.status != HTTPStatus.OK:
                    text = await answer.text()
                    raise ApiException(status=answer.status, reason=text[:200])
                async for line in _lines(answer.content):
                    change = json.loads(line)
                    if change["type"] == "ERROR":
                        told = change["object"]
                        raise ApiException(status=told.get("code"), reason=told.get("message"))
                    yield change["type"], change["object"]

    async def patch_job(self, namespace: str, name: str, patch: Body) -> Body:
        """Merge a change into a RecordingJob."""
        return await self._patch(_JOBS, names.PLURAL, namespace, name, patch)

    async def patch_job_status(self, namespace: str, name: str, patch: Body) -> Body:
        """Merge a change into a RecordingJob's status."""
        with translated(f"RecordingJob {name}"):
            return dict(
                await self._custom.patch_namespaced_custom_object_status(
                    *_JOBS,
                    namespace,
                    names.PLURAL,
                    name,
                    patch,
                    _content_type=_MERGE_PATCH,
                    field_manager=_FIELD_MANAGER,
                    _request_timeout=_TIMEOUT,
                )
            )

    async def delete_job(self, namespace: str, name: str) -> None:
        """Delete a RecordingJob; its Workflows go with it."""
        await self._delete(_JOBS, names.PLURAL, namespace, name)

    async def create_workflow(self, body: Body) -> Body:
        """Create a Workflow; raises ConflictError if the name is taken."""
        return await self._create(_ARGO, "workflows", body)

    async def get_workflow(self, namespace: str, name: str) -> Body:
        """Read a Workflow."""
        return await self._get(_ARGO, "workflows", namespace, name, f"Workflow {name}")

    async def list_workflows(self, namespace: str, selector: str) -> list[Body]:
        """Workflows with these labels."""
        return await self._list(_ARGO, "workflows", namespace, selector)

    async def templates_in_use(self, namespace: str, selector: str) -> set[str]:
        """Names of the WorkflowTemplates that Workflows with these labels refer to."""
        names_found: set[str] = set()
        page: str | None = None
        while page != "":
            # In pages: a Workflow is up to 1 MB, and there may be thousands.
            with translated("workflows"):
                answer = await self._custom.list_namespaced_custom_object(
                    *_ARGO,
                    namespace,
                    "workflows",
                    label_selector=selector,
                    limit=_PAGE,
                    **({"_continue": page} if page else {}),
                    _request_timeout=_TIMEOUT,
                )
            for body in answer["items"]:
                reference = body.get("spec", {}).get("workflowTemplateRef") or {}
                names_found.add(str(reference.get("name", "")))
            page = answer["metadata"].get("continue") or ""
        return names_found

    async def patch_workflow(self, namespace: str, name: str, patch: Body) -> Body:
        """Merge a change into a Workflow."""
        return await self._patch(_ARGO, "workflows", namespace, name, patch)

    async def apply_template(self, namespace: str, body: Body) -> bool:
        """Bring a WorkflowTemplate to what we want, by server-side apply; was it not there?"""
        name = body["metadata"]["name"]
        with translated(f"WorkflowTemplate {name}"):
            _, status, _ = await self._custom.patch_namespaced_custom_object_with_http_info(
                *_ARGO,
                namespace,
                "workflowtemplates",
                name,
                body,
                _content_type=_APPLY_PATCH,
                field_manager=_FIELD_MANAGER,
                force=True,
                _request_timeout=_TIMEOUT,
            )
        return bool(status == HTTPStatus.CREATED)

    async def list_templates(self, namespace: str, selector: str) -> list[Body]:
        """WorkflowTemplates with these labels."""
        return await self._list(_ARGO, "workflowtemplates", namespace, selector)

    async def delete_template(self, namespace: str, name: str) -> None:
        """Delete a WorkflowTemplate."""
        await self._delete(_ARGO, "workflowtemplates", namespace, name)

    async def post_event(
        self, about: Body, *, reason: str, message: str, is_warning: bool, at: str
    ) -> None:
        """Post a Kubernetes Event.

        Args:
            about: Reference to the object: apiVersion, kind, name, namespace, uid.
            reason: One word.
            message: A sentence; the API server takes 1,024 bytes.
            is_warning: Type Warning instead of Normal.
            at: When, as Kubernetes writes times.
        """
        event = {
            "metadata": {"generateName": f"{about['name']}.", "namespace": about["namespace"]},
            "involvedObject": about,
            "reason": reason,
            "message": message[:1000],
            "type": "Warning" if is_warning else "Normal",
            "firstTimestamp": at,
            "lastTimestamp": at,
            "count": 1,
            "source": {"component": "multitrack"},
        }
        with translated("Event"):
            await self._core.create_namespaced_event(
                about["namespace"], event, _request_timeout=_TIMEOUT
            )

    async def review_token(self, token: str) -> TokenOwner | None:
        """Whom a bearer token belongs to; None: it is not valid."""
        with translated("TokenReview"):
            answer = await self._authentication.create_token_review(
                {"spec": {"token": token}}, _request_timeout=_TIMEOUT
            )
        if not answer.status.authenticated:
            return None
        user = answer.status.user
        return TokenOwner(user.username, tuple(user.groups or ()))

    async def review_access(
        self, owner: TokenOwner, verb: str, resource: str, namespace: str
    ) -> bool:
        """Whether somebody may do something with a resource of our group."""
        attributes = {
            "group": names.GROUP,
            "namespace": namespace,
            "resource": resource,
            "verb": verb,
        }
        spec = {
            "user": owner.name,
            "groups": list(owner.groups),
            "resourceAttributes": attributes,
        }
        with translated("SubjectAccessReview"):
            answer = await self._authorization.create_subject_access_review(
                {"spec": spec}, _request_timeout=_TIMEOUT
            )
        return bool(answer.status.allowed)

    async def pod_logs(self, namespace: str, selector: str) -> AsyncIterator[tuple[Pod, str]]:
        """What the main containers of pods have logged, the oldest pod first."""
        with translated("pods"):
            found = await self._core.list_namespaced_pod(
                namespace, label_selector=selector, _request_timeout=_TIMEOUT
            )
        for pod in sorted(found.items, key=lambda each: each.metadata.creation_timestamp):
            annotations = pod.metadata.annotations or {}
            shown = annotations.get(_DISPLAY_NAME_ANNOTATION, "")
            with translated(f"log of {pod.metadata.name}"):
                log = await self._core.read_namespaced_pod_log(
                    pod.metadata.name, namespace, container="main", _request_timeout=_TIMEOUT
                )
            lines = (line for line in log.splitlines() if not _ARGO_LINE.search(line))
            yield Pod(pod.metadata.name, pod.spec.node_name or "", shown), "\n".join(lines)

    async def has_live_pods(self, namespace: str, selector: str) -> bool:
        """Whether any pod with these labels may still do something."""
        with translated("pods"):
            found = await self._core.list_namespaced_pod(
                namespace,
                label_selector=selector,
                field_selector="status.phase!=Succeeded,status.phase!=Failed",
                limit=1,
                _request_timeout=_TIMEOUT,
            )
        return bool(found.items)

    async def has_resource(self, definition: str) -> bool:
        """Whether the cluster has a CustomResourceDefinition."""
        try:
            with translated(f"CustomResourceDefinition {definition}"):
                await self._extensions.read_custom_resource_definition(
                    definition, _request_timeout=_TIMEOUT
                )
        except NotFoundError:
            return False
        return True

    async def has_secret_key(self, namespace: str, name: str, key: str) -> bool:
        """Whether a Secret is there and holds the key."""
        return key in await self._secret(namespace, name)

    async def secret_value(self, namespace: str, name: str, key: str) -> str | None:
        """A text in a Secret; None: there is no such Secret, or no such key in it."""
        value = (await self._secret(namespace, name)).get(key)
        return None if value is None else base64.b64decode(value).decode()

    async def _secret(self, namespace: str, name: str) -> dict[str, str]:
        """A Secret's values as they are kept, in Base64; none where there is no such Secret."""
        try:
            with translated(f"Secret {name}"):
                secret = await self._core.read_namespaced_secret(
                    name, namespace, _request_timeout=_TIMEOUT
                )
        except NotFoundError:
            return {}
        return dict(secret.data or {})

    async def _create(self, group: tuple[str, str], plural: str, body: Body) -> Body:
        metadata = body["metadata"]
        what = f"{body['kind']} {metadata.get('name') or metadata.get('generateName')}"
        with translated(what):
            return dict(
                await self._custom.create_namespaced_custom_object(
                    *group,
                    metadata["namespace"],
                    plural,
                    body,
                    field_manager=_FIELD_MANAGER,
                    field_validation="Strict",
                    _request_timeout=_TIMEOUT,
                )
            )

    async def _get(
        self, group: tuple[str, str], plural: str, namespace: str, name: str, what: str
    ) -> Body:
        with translated(what):
            return dict(
                await self._custom.get_namespaced_custom_object(
                    *group, namespace, plural, name, _request_timeout=_TIMEOUT
                )
            )

    async def _list(
        self, group: tuple[str, str], plural: str, namespace: str, selector: str
    ) -> list[Body]:
        with translated(plural):
            answer = await self._custom.list_namespaced_custom_object(
                *group, namespace, plural, label_selector=selector, _request_timeout=_TIMEOUT
            )
        return list(answer["items"])

    async def _patch(
        self, group: tuple[str, str], plural: str, namespace: str, name: str, patch: Body
    ) -> Body:
        with translated(f"{plural} {name}"):
            return dict(
                await self._custom.patch_namespaced_custom_object(
                    *group,
                    namespace,
                    plural,
                    name,
                    patch,
                    _content_type=_MERGE_PATCH,
                    field_manager=_FIELD_MANAGER,
                    _request_timeout=_TIMEOUT,
                )
            )

    async def _delete(self, group: tuple[str, str], plural: str, namespace: str, name: str) -> None:
        try:
            with translated(f"{plural} {name}"):
                await self._custom.delete_namespaced_custom_object(
                    *group, namespace, plural, name, _request_timeout=_TIMEOUT
                )
        except NotFoundError:
            return


async def _lines(stream: aiohttp.StreamReader) -> AsyncIterator[bytes]:
    """Whole lines of any length; the reader's own iteration stops at 128 KiB."""
    waiting = bytearray()
    async for piece in stream.iter_any():
        waiting += piece
        *lines, rest = waiting.split(b"\n")
        waiting = bytearray(rest)
        for line in lines:
            if line:
                yield bytes(line)
