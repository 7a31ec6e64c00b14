"""steps.md: what each step reads, writes and can be told."""

from collections.abc import Iterator

from docs.generator.markdown import heading
from workflow_templates.catalog import CATALOG, Artifact, Step
from workflow_templates.pipelines import pipeline_with

__all__ = ["page"]


def page() -> Iterator[str]:
    """The page's lines."""
    yield heading("The steps")
    yield "After this page you know what each step reads, writes and can be told"
    yield "(`multitrack run --set NAME=VALUE`)."
    for step in CATALOG:
        pipeline = pipeline_with(step.name)
        task = pipeline.task(step.name)
        yield f"\n## {step.name}\n\n{step.summary}.\n"
        waits = [*task.needs, *(f"{name} (whatever became of it)" for name in task.after)]
        yield f"- pipeline: {pipeline.name}; {'once per track' if task.fan_out else 'once'}"
        yield f"- image: {step.image.value}"
        yield f"- waits for: {', '.join(waits) or 'nothing'}"
        yield f"- reads: {_artifacts(step.inputs)}"
        yield f"- writes: {_artifacts(step.outputs)}"
        yield f"- tries: {step.retry.tries}; credentials: {', '.join(step.secrets) or 'none'}"
        yield from _parameters(step)


def _artifacts(artifacts: tuple[Artifact, ...]) -> str:
    names = (f"`{a.key}`{' (if it is there)' if a.optional else ''}" for a in artifacts)
    return ", ".join(names) or "nothing"


def _parameters(step: Step) -> Iterator[str]:
    if not step.parameters:
        return
    yield "\n| parameter | default | meaning |\n| --- | --- | --- |"
    for parameter in step.parameters:
        default = "required" if parameter.default is None else f"`{parameter.default}`"
        yield f"| `{parameter.name}` | {default.replace('``', '')} | {parameter.help} |"
