"""The rule by which finished work is reused."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from workflow_templates.runtime.provenance import fingerprint, sha256_of_file

TEXTS = st.dictionaries(st.text(min_size=1, max_size=8), st.text(max_size=8), max_size=4)


@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_different_origins_have_different_fingerprints(
    parameters: dict[str, str],
    inputs: dict[str, str],
    other_parameters: dict[str, str],
    other_inputs: dict[str, str],
) -> None:
    same = (parameters, inputs) == (other_parameters, other_inputs)
    first = fingerprint("merge-transcripts", 1, parameters, inputs)
    second = fingerprint("merge-transcripts", 1, other_parameters, other_inputs)
    assert (first == second) is same


def test_a_new_version_of_a_step_makes_its_work_anew() -> None:
    assert fingerprint("pad-track", 1, {}, {}) != fingerprint("pad-track", 2, {}, {})


def test_file_hash_is_that_of_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    want = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert sha256_of_file(tmp_path / "a") == want
