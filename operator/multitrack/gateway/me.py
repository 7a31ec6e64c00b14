"""`/v1/me`: who asks, and what they may do, so that a page offers nothing that is refused."""

import asyncio

from fastapi import APIRouter

from multitrack.api.base import Resource
from multitrack.gateway.authorisation import UserOf
from multitrack.gateway.services import ServicesOf

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["access"])

_VERBS = ("get", "list", "create", "update", "delete")


class NamespaceRights(Resource):
    """What one may do with the jobs of a namespace."""

    name: str
    """Of the namespace."""
    verbs: list[str]
    """Of get, list, create, update, delete."""


class Me(Resource):
    """Who asks."""

    name: str
    """As the cluster knows them."""
    anonymous: bool
    """The gateway asks nobody for a token."""
    namespaces: list[NamespaceRights]
    """Those in which one may do anything at all."""


@router.get("/me")
async def read_me(services: ServicesOf, user: UserOf) -> Me:
    """Who asks, and what they may do."""
    served = services.settings.job_namespaces
    asked = [(namespace, verb) for namespace in served for verb in _VERBS]
    answers = await asyncio.gather(
        *(services.authoriser.may(user, verb, namespace) for namespace, verb in asked)
    )
    granted = [each for each, may in zip(asked, answers, strict=True) if may]
    return Me(
        name=user.name,
        anonymous=user.is_anonymous,
        namespaces=[
            NamespaceRights(name=namespace, verbs=verbs)
            for namespace in served
            if (verbs := [verb for where, verb in granted if where == namespace])
        ],
    )
