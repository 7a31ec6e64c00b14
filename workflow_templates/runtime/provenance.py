"""What an output was made from, as one hash: the rule by which finished work is reused.

transcribe-track in a pod and `multitrack run --resume` on one machine ask the same question with
the same function:
same step version, same parameters, same bytes in means the same output, so the earlier one is
taken.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path

__all__ = ["fingerprint", "sha256_of_file"]

_BLOCK = 1 << 20


def sha256_of_file(file: Path) -> str:
    """Hex SHA-256 of a file's bytes, read in blocks.

    Raises:
        OSError: The file cannot be read.
    """
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def fingerprint(
    step: str, version: int, parameters: Mapping[str, str], inputs: Mapping[str, str]
) -> str:
    """Hex SHA-256 over everything that decides a step's output.

    Args:
        step: The step's name.
        version: The step's version in the catalog; raised when the same inputs give another output.
        parameters: Only those that influence the output, as strings. No name is empty: an empty
            one would be taken for the mark between parameters and inputs.
        inputs: SHA-256 by key of every input file that influences the output.
    """
    digest = hashlib.sha256()
    for part in (step, str(version), *_flat(parameters), "", *_flat(inputs)):
        encoded = part.encode()
        digest.update(len(encoded).to_bytes(8, "big"))
        digest.update(encoded)
    return digest.hexdigest()


def _flat(mapping: Mapping[str, str]) -> list[str]:
    return [part for name in sorted(mapping) for part in (name, mapping[name])]
