"""Who somebody is (TokenReview) and what they may do (SubjectAccessReview): as a test says."""

from dataclasses import dataclass, field

from tests.fakes.kubernetes.resources import Body

__all__ = ["ANY", "Grant", "Reviews", "User"]

ANY = "*"


@dataclass(frozen=True, slots=True)
class User:
    """Whom a token belongs to."""

    name: str
    groups: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Grant:
    """What a user, or everybody in a group, may do."""

    subject: str
    verb: str = ANY
    resource: str = ANY
    namespace: str = ANY
    subresource: str = ""


@dataclass(slots=True)
class Reviews:
    """The two tables."""

    users: dict[str, User] = field(default_factory=dict)
    """By token."""
    grants: set[Grant] = field(default_factory=set)

    def review_token(self, review: Body) -> Body:
        """Answer a TokenReview."""
        user = self.users.get(review["spec"].get("token", ""))
        if user is None:
            return {"authenticated": False, "error": "invalid bearer token"}
        told = {"username": user.name, "uid": f"uid-of-{user.name}", "groups": list(user.groups)}
        return {"authenticated": True, "user": told, "audiences": list(user.audiences)}

    def review_access(self, review: Body) -> Body:
        """Answer a SubjectAccessReview about a resource."""
        spec = review["spec"]
        subjects = {spec.get("user"), *(spec.get("groups") or ())}
        asked = spec.get("resourceAttributes") or {}
        allowed = any(
            grant.subject in subjects
            and grant.verb in (ANY, asked.get("verb"))
            and grant.resource in (ANY, asked.get("resource"))
            and grant.namespace in (ANY, asked.get("namespace"))
            and grant.subresource == (asked.get("subresource") or "")
            for grant in self.grants
        )
        return {"allowed": allowed}
