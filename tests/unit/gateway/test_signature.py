"""Whose requests are taken for Daily's."""

import base64
import hashlib
import hmac

import pytest

from multitrack.gateway.daily.signature import Signatures, is_test_ping, moment_of
from workflow_templates.runtime.errors import SettingsError

KEY = b"thirty-two bytes of a shared key"
SECRET = base64.b64encode(KEY).decode()
OTHER = base64.b64encode(b"another key").decode()
BODY = b'{"version":"1.0.0","type":"recording.started"}'
STAMP = "1717000000"


def _signature(body: bytes = BODY, stamp: str = STAMP, key: bytes = KEY) -> str:
    mac = hmac.new(key, stamp.encode() + b"." + body, hashlib.sha256).digest()
    return base64.b64encode(mac).decode()


def test_a_worked_example() -> None:
    """Made with openssl: printf '%s.%s' STAMP BODY | openssl dgst -sha256 -hmac KEY -binary."""
    assert Signatures([SECRET]).are_right(
        BODY, STAMP, "qr+NFL61z3fxbx1qAKhU7OIEyBbID2sO8hPkiR3BRUk="
    )


@pytest.mark.parametrize(
    ("body", "stamp", "signature"),
    [
        (BODY + b" ", STAMP, _signature()),
        (BODY, "1717000001", _signature()),
        (BODY, "", _signature()),
        (BODY, STAMP, ""),
        (BODY, STAMP, "not base64 at all"),
        (BODY, STAMP, _signature(key=b"a guess")),
        (BODY, STAMP, base64.b64decode(_signature()).hex()),
    ],
)
def test_anything_else_is_not_daily(body: bytes, stamp: str, signature: str) -> None:
    assert not Signatures([SECRET]).are_right(body, stamp, signature)


def test_an_old_and_a_new_secret_count_both() -> None:
    signatures = Signatures([OTHER, SECRET])
    assert signatures.are_right(BODY, STAMP, _signature())
    assert signatures.are_right(BODY, STAMP, _signature(key=b"another key"))


@pytest.mark.parametrize("secret", ["", "not base64!", "ä"])
def test_a_malformed_secret_is_refused_at_start(secret: str) -> None:
    with pytest.raises(SettingsError, match="number 2 is not base64"):
        Signatures([SECRET, secret])


@pytest.mark.parametrize(
    ("body", "is_ping"),
    [
        (b'{"test":"test"}', True),
        (b'{ "test": "test" }', True),
        (b'{"test":"test","type":"recording.started"}', False),
        (b'{"test":1}', False),
        (b'["test"]', False),
        (b"", False),
        (b'{"test":"' + b"t" * 1000, False),
    ],
)
def test_the_test_ping(body: bytes, *, is_ping: bool) -> None:
    assert is_test_ping(body) is is_ping


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("1717000000", "2024-05-29T16:26:40"),
        ("1717000000.75", "2024-05-29T16:26:40"),
        ("1717000000750", "2024-05-29T16:26:40"),
        ("", None),
        ("yesterday", None),
        ("nan", None),
        ("1e300", None),
    ],
)
def test_when_a_request_was_signed(text: str, moment: str | None) -> None:
    found = moment_of(text)
    assert (found and found.isoformat()[:19]) == moment
