"""The asynchronous Kubernetes client: the one module that imports it.

It is the package `kubernetes-asyncio`, not `kubernetes` with its `aio`: that one loads the
synchronous client first, whose models take 35 MB and half a second in every process of ours.
"""

from kubernetes_asyncio import client, config
from kubernetes_asyncio.client.exceptions import ApiException
from kubernetes_asyncio.config.config_exception import ConfigException

__all__ = ["ApiException", "ConfigException", "client", "config"]
