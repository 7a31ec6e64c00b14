"""Writes docs/reference/ from the code: the command line, the steps, the files.

`make generate` runs it; a test compares what it would write with what is there.
"""

import ast
import inspect
import itertools
import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import typer
from typer.core import TyperArgument, TyperGroup, TyperOption

from multitrack.cli.main import app
from workflow_templates.catalog import CATALOG, Artifact, Step
from workflow_templates.contracts.base import Contract, Document
from workflow_templates.contracts.minutes import ActionItems, Summary, Title, Topics
from workflow_templates.contracts.published import PublishedTranscript
from workflow_templates.contracts.recording import Participants, Recording
from workflow_templates.contracts.results import Manifest, Waveform
from workflow_templates.contracts.track import Track
from workflow_templates.contracts.transcript import Transcript
from workflow_templates.contracts.words import TrackWords
from workflow_templates.pipelines import PROCESS_RECORDING

REFERENCE = Path(__file__).resolve().parent / "reference"
_GENERATED = "<!-- Written by docs/generate.py; run `make generate` after a change. -->"
_FILES: dict[str, type[Document]] = {
    "recording.json": Recording,
    "participants.json": Participants,
    "track/<i>.json": Track,
    "words/<i>.json": TrackWords,
    "transcript.json": Transcript,
    "topics.json": Topics,
    "title.json": Title,
    "summary.json": Summary,
    "action_items.json": ActionItems,
    "waveform.json": Waveform,
    "manifest.json": Manifest,
    "published/transcript.json": PublishedTranscript,
}


def pages() -> dict[str, str]:
    """Every generated page: text by file name."""
    return {
        "cli.md": "\n".join(_cli()) + "\n",
        "steps.md": "\n".join(_steps()) + "\n",
        "files.md": "\n".join(_files()) + "\n",
    }


def _cli() -> Iterator[str]:
    root = typer.main.get_command(app)
    yield f"# The command line\n\n{_GENERATED}\n"
    yield "After this page you know every command and option, and what a script can rely on."
    yield "\nExit codes: 0 done; 1 a bug, or a gate not met; 2 bad input or usage; 3 refused by"
    yield "another system for good; 75 temporary, try again; 130 interrupted, then `--resume`."
    assert isinstance(root, TyperGroup)  # noqa: S101 - what Typer makes of an app with commands
    for name, command in root.commands.items():
        yield f"\n## multitrack {name}\n"
        yield (command.help or "").replace("\n\n", "\n\n").strip()
        yield "\n| argument or option | meaning |\n| --- | --- |"
        for parameter in command.params:
            if isinstance(parameter, TyperArgument | TyperOption) and not parameter.hidden:
                yield _parameter(parameter)


def _parameter(parameter: TyperArgument | TyperOption) -> str:
    names = ", ".join(f"`{name}`" for name in parameter.opts)
    if isinstance(parameter, TyperArgument):
        names = f"`{parameter.metavar or str(parameter.name).upper()}`"
    text = (parameter.help or "").replace("\\[", "[").replace("|", "\\|")
    if parameter.envvar:
        text += f" Environment: `{parameter.envvar}`."
    return f"| {names} | {text} |"


def _steps() -> Iterator[str]:
    yield f"# The steps\n\n{_GENERATED}\n"
    yield "After this page you know what each step reads, writes and can be told"
    yield "(`multitrack run --set NAME=VALUE`)."
    for step in CATALOG:
        task = PROCESS_RECORDING.task(step.name)
        yield f"\n## {step.name}\n\n{step.summary}.\n"
        waits = [*task.needs, *(f"{name} (whatever became of it)" for name in task.after)]
        yield f"- image: {step.image.value}; {'once per track' if task.fan_out else 'once'}"
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


def _files() -> Iterator[str]:
    yield f"# The files\n\n{_GENERATED}\n"
    yield "After this page you can read every file that a job leaves. Times are seconds on the"
    yield "recording's clock. A result folder shows `published/…` and `mix.mp3` at its top; all"
    yield "else lies under `.multitrack/files/`. Within a schema version fields are only added."
    parts: dict[str, type[Contract]] = {}
    for key, contract in _FILES.items():
        yield f"\n## {key}\n"
        yield from _contract(contract)
        for part in _parts(contract):
            parts.setdefault(part.__name__, part)
    yield "\n# Their parts"
    for name, part in sorted(parts.items()):
        yield f"\n## {name}\n"
        yield from _contract(part)


def _contract(contract: type[Contract]) -> Iterator[str]:
    meanings = _meanings(contract)
    yield inspect.cleandoc(contract.__doc__ or "")
    yield "\n| field | type | meaning |\n| --- | --- | --- |"
    for name, field in contract.model_fields.items():
        meaning = meanings.get(name, "").replace("|", "\\|")
        yield f"| `{name}` | `{_type_name(field.annotation)}` | {meaning} |"


def _meanings(contract: type[Contract]) -> dict[str, str]:
    """The string below each field in the class's source, and its base classes' sources."""
    found: dict[str, str] = {}
    for kind in reversed(contract.__mro__):
        if not issubclass(kind, Contract):
            continue
        (body,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
        assert isinstance(body, ast.ClassDef)  # noqa: S101 - getsource of a class
        for field, text in itertools.pairwise(body.body):
            if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr):
                meaning = ast.literal_eval(text.value)
                found[ast.unparse(field.target)] = " ".join(str(meaning).split())
    return found


def _parts(contract: type[Contract]) -> Iterator[type[Contract]]:
    for field in contract.model_fields.values():
        for kind in (field.annotation, *_arguments(field.annotation)):
            if inspect.isclass(kind) and issubclass(kind, Contract):
                yield kind
                yield from _parts(kind)


def _arguments(annotation: object) -> Iterator[object]:
    for argument in get_args(annotation):
        yield argument
        yield from _arguments(argument)


def _type_name(annotation: object) -> str:
    plain = inspect.isclass(annotation) and not get_args(annotation)
    text = str(getattr(annotation, "__name__", "")) if plain else str(annotation)
    text = re.sub(r"\b(?:\w+\.)+(\w+)", r"\1", text)
    return re.sub(r", FieldInfo\(.*?\)\]", "]", text).replace("|", "\\|")


if __name__ == "__main__":
    REFERENCE.mkdir(exist_ok=True)
    for file_name, text in pages().items():
        (REFERENCE / file_name).write_text(text, encoding="utf-8")
    sys.exit(0)
