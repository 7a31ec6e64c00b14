"""What classes and calls in the source say that objects at run time do not."""

import ast
import inspect
import itertools
import textwrap
from collections.abc import Iterator
from pathlib import Path

__all__ = ["calls", "meanings", "text_of"]


def meanings(kind: type) -> dict[str, str]:
    """The string below each attribute or member in a class's source, on one line."""
    (body,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    assert isinstance(body, ast.ClassDef)  # noqa: S101 - getsource of a class
    found: dict[str, str] = {}
    for statement, text in itertools.pairwise(body.body):
        if not isinstance(text, ast.Expr) or not isinstance(text.value, ast.Constant):
            continue
        if isinstance(statement, ast.AnnAssign):
            target: ast.expr = statement.target
        elif isinstance(statement, ast.Assign):
            target = statement.targets[0]
        else:
            continue
        found[ast.unparse(target)] = " ".join(str(text.value.value).split())
    return found


def calls(folder: Path, *names: str) -> Iterator[tuple[Path, str, ast.Call]]:
    """Calls of these functions or methods below a folder: file, name, call."""
    for file in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = ast.unparse(node.func)
                if name in names:
                    yield file, name, node


def text_of(expression: ast.expr) -> str:
    """A constant's text.

    Raises:
        ValueError: It is computed, so nobody can say before what it is.
    """
    if isinstance(expression, ast.Constant) and isinstance(expression.value, str):
        return expression.value
    raise ValueError(f"line {expression.lineno}: {ast.unparse(expression)} is no constant text")
