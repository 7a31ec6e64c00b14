"""FastAPI dependencies that let through whom the authoriser lets through."""

import base64
import binascii
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Query, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.requests import HTTPConnection, Request

from multitrack.gateway.authoriser import User
from multitrack.gateway.problems import ProblemError
from multitrack.gateway.services import Services, ServicesOf

__all__ = [
    "NamespaceOf",
    "UserOf",
    "allowed",
    "check_access",
    "is_from_elsewhere",
    "namespace_of",
    "token_of_protocols",
    "user_of",
]

_SCHEME = HTTPBearer(auto_error=False, description="A token of the cluster, or the gateway's own.")
_KUBERNETES_PROTOCOL = "base64url.bearer.authorization.k8s.io."
_LEGACY_PROTOCOL = "bearer"


async def namespace_of(
    services: ServicesOf,
    namespace: Annotated[
        str, Query(max_length=63, description="Default: the first of the installation's.")
    ] = "",
) -> str:
    """FastAPI dependency: the namespace that is asked for.

    Raises:
        ProblemError: 404, the gateway does not serve it.
    """
    served = services.settings.job_namespaces
    if namespace and namespace not in served:
        raise ProblemError(404, f"no jobs are served from namespace {namespace!r}")
    return namespace or served[0]


async def user_of(
    services: ServicesOf,
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_SCHEME)],
) -> User:
    """FastAPI dependency: who asks.

    Raises:
        ProblemError: 401, nobody whom we know; 403, another site uses somebody's browser.
    """
    token = credentials.credentials if credentials else None
    user = await services.authoriser.user_of(token)
    if user is not None and user.is_anonymous and is_from_elsewhere(request):
        raise ProblemError(
            403, "another site's page asks, and nobody has to sign in here; open the gateway itself"
        )
    if user is None:
        said = "this token is not valid" if token else "a bearer token is needed"
        raise ProblemError(401, f"{request.url.path}: {said}")
    return user


UserOf = Annotated[User, Depends(user_of)]
NamespaceOf = Annotated[str, Depends(namespace_of)]


def allowed(verb: str, resource: str = "recordingjobs") -> Callable[..., Awaitable[User]]:
    """A FastAPI dependency: who asks, and may do that in the namespace they name.

    Args:
        verb: As in Kubernetes' roles: get, list, create, update, delete.
        resource: Of our API group.
    """

    async def check(services: ServicesOf, user: UserOf, namespace: NamespaceOf) -> User:
        await check_access(services, user, verb, namespace, resource)
        return user

    return check


async def check_access(
    services: Services, user: User, verb: str, namespace: str, resource: str = "recordingjobs"
) -> None:
    """Make sure that somebody may do something.

    Raises:
        ProblemError: 403, they may not.
    """
    if not await services.authoriser.may(user, verb, namespace, resource):
        raise ProblemError(
            403, f"{user.name} may not {verb} {resource} in namespace {namespace!r}; ask for a role"
        )


def is_from_elsewhere(connection: HTTPConnection) -> bool:
    """Whether a browser asks on behalf of another site: where no token is needed, it could."""
    if connection.headers.get("Sec-Fetch-Site", "") == "cross-site":
        return True
    origin = connection.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc != connection.headers.get("Host")


def token_of_protocols(protocols: Sequence[str]) -> str | None:
    """The token that a browser sends with a WebSocket, where it can set no header.

    Either as Kubernetes' own API takes it, or as the legacy pipeline: `bearer`, then the token.
    """
    for protocol in protocols:
        if protocol.startswith(_KUBERNETES_PROTOCOL):
            encoded = protocol.removeprefix(_KUBERNETES_PROTOCOL)
            try:
                padded = encoded + "=" * (-len(encoded) % 4)
                return base64.urlsafe_b64decode(padded).decode()
            except (binascii.Error, ValueError):
                return None
    if len(protocols) > 1 and protocols[0].lower() == _LEGACY_PROTOCOL:
        return protocols[1]
    return None
