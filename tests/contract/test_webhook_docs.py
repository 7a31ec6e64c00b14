"""The check that docs/run/webhook.md hands to receivers does what it says."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from workflow_templates.delivery.webhook import sign

PAGE = Path(__file__).resolve().parents[2] / "docs" / "run" / "webhook.md"


@pytest.fixture
def is_ours() -> Callable[[str, bytes, str], bool]:
    [code] = re.findall(r"```python\n(.+?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102 - our own page
    function: Callable[[str, bytes, str], bool] = names["is_ours"]
    return function


def test_the_documented_check_accepts_ours_and_nothing_else(
    is_ours: Callable[[str, bytes, str], bool],
) -> None:
    body, now = '{"title":"Größe"}'.encode(), int(time.time())
    assert is_ours("secret", body, sign("secret", body, now))
    assert not is_ours("secret", body + b" ", sign("secret", body, now))
    assert not is_ours("other", body, sign("secret", body, now))
    assert not is_ours("secret", body, sign("secret", body, now - 3600)), "too old"
    for header in ("", "t=1", "v1=00", "t=x,v1=y"):
        assert not is_ours("secret", body, header)
