"""A private authority with one certificate, as a company's own receiver would have."""

import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Authority", "make_authority"]

_NAMES = ("basicConstraints=critical,CA:TRUE", "keyUsage=digitalSignature,keyCertSign")


@dataclass(frozen=True, slots=True)
class Authority:
    """What a server shows, and what whoever calls it has to trust."""

    certificate: str
    """PEM."""
    tls: ssl.SSLContext
    """For the server."""


def make_authority(folder: Path, address: str = "127.0.0.1") -> Authority:
    """Make key and certificate of a server at an IP address; it is its own authority."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    extensions = (*_NAMES, f"subjectAltName=IP:{address}")
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "2", "-subj", "/CN=receiver", "-keyout", str(key)),
            *("-out", str(certificate)),
            *(part for extension in extensions for part in ("-addext", extension)),
        ],
        check=True,
        capture_output=True,
    )
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    return Authority(certificate.read_text(encoding="ascii"), tls)
