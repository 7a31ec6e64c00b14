"""Steps' logs as a person reads them: JSON lines become words, everything else stays."""

import json
from typing import Any

__all__ = ["readable"]

_HEAD = ("asctime", "levelname", "name", "message", "exc_info")


def readable(log: str) -> str:
    """The log with each JSON line as `time LEVEL message  field=value …`, its trace below."""
    return "\n".join(_line(line) for line in log.splitlines())


def _line(line: str) -> str:
    told = _record(line)
    if told is None:
        return line
    fields = "  ".join(f"{name}={_value(told[name])}" for name in told if name not in _HEAD)
    head = f"{told.get('asctime', '')} {told['levelname']:7} {told['message']}"
    trace = told.get("exc_info")
    return "\n".join(part for part in (f"{head}  {fields}".rstrip(), trace) if part)


def _record(line: str) -> dict[str, Any] | None:
    """What one of our own lines says; None: it is somebody else's."""
    if not line.startswith("{"):
        return None
    try:
        told = json.loads(line)
    except ValueError:
        return None
    is_ours = isinstance(told, dict) and {"levelname", "message"} <= told.keys()
    return told if is_ours else None


def _value(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
