"""What can go wrong between us and a cluster.

MultitrackError
├── ClusterRefusedError (RefusedError)   the API server, a policy or a quota says no
│   ├── NotFoundError                    no such object
│   └── ConflictError                    the name is taken, or the object has changed since
└── ClusterAwayError (TemporaryError)    the API server is away or busy
    └── ExpiredError                     a watch cannot go on from there: list anew
"""

from workflow_templates.runtime.errors import RefusedError, TemporaryError

__all__ = [
    "ClusterAwayError",
    "ClusterRefusedError",
    "ConflictError",
    "ExpiredError",
    "NotFoundError",
]


class ClusterRefusedError(RefusedError):
    """The API server, a policy or a quota says no."""


class NotFoundError(ClusterRefusedError):
    """No such object, or no such kind."""


class ConflictError(ClusterRefusedError):
    """The name is taken, or the object has changed since it was read."""


class ClusterAwayError(TemporaryError):
    """The API server is away or busy."""


class ExpiredError(ClusterAwayError):
    """A watch cannot go on from that version: list anew."""
