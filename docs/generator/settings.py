"""settings.md: the files that processes in the cluster read."""

from collections.abc import Iterator

from pydantic import BaseModel

from docs.generator.markdown import heading, table
from docs.generator.schemas import COLUMNS, field_rows
from multitrack.controller.settings import OperatorSettings
from multitrack.gateway.settings import GatewaySettings
from workflow_templates.argo.settings import InstallSettings

__all__ = ["page"]

_FILES: dict[str, type[BaseModel]] = {
    "gateway.yaml": GatewaySettings,
    "operator.yaml": OperatorSettings,
    "workflows.yaml": InstallSettings,
}
_ABOUT = {
    "gateway.yaml": "What the gateway's process is told. Secrets come from its environment.",
    "operator.yaml": "What the operator's process is told.",
    "workflows.yaml": """\
How Workflows are rendered, by the operator and by `multitrack render`. Below `profiles` stand
further such sets by name; a profile says what differs.""",
}


def page() -> Iterator[str]:
    """The page's lines."""
    yield heading("Settings")
    yield "After this page you can read and write the files that the chart makes of its"
    yield "[values](../../charts/multitrack/README.md): YAML, keys in camelCase; what a file does"
    yield "not know is refused with a sentence."
    for name, model in _FILES.items():
        yield f"\n## {name}\n\n{_ABOUT[name]}"
        yield from table(COLUMNS, field_rows(model.model_json_schema()))
