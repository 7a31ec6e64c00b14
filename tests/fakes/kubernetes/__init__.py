"""A Kubernetes API server on loopback: real HTTP, real watches, and faults on demand.

It keeps objects, versions, generations, finalizers and owner references as a cluster does, and
checks custom resources against the schema of their definition. It differs from a cluster in this:
CEL rules are not evaluated, defaults are not filled in, server-side apply merges for one manager,
namespaces need not exist, nobody is refused anything for lack of rights (reviews answer what the
test says), and children of a deleted object go at once.
"""

from tests.fakes.kubernetes.faults import Request
from tests.fakes.kubernetes.reviews import ANY, Grant, User
from tests.fakes.kubernetes.server import FakeKubernetes, running_kubernetes

__all__ = ["ANY", "FakeKubernetes", "Grant", "Request", "User", "running_kubernetes"]
