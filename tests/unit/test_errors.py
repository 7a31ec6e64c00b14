"""The error tree: exit codes and sentences."""

from collections.abc import Iterator

import pytest

from workflow_templates.runtime import errors
from workflow_templates.runtime.errors import ExitCode, FailureReason, MultitrackError

ARGO_EMISSARY_CODES = {64, 65}


def every_class(root: type[MultitrackError] = MultitrackError) -> Iterator[type[MultitrackError]]:
    """The public tree; what a package derives from it for its own use never leaves that package."""
    yield root
    for child in root.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from every_class(child)


def test_exit_codes_are_unique_and_not_argos() -> None:
    assert len({code.value for code in ExitCode}) == len(list(ExitCode))
    assert not {code.value for code in ExitCode} & ARGO_EMISSARY_CODES


def test_every_error_class_has_a_reason_of_its_own() -> None:
    reasons = [error.reason for error in every_class()]
    assert sorted(reasons) == sorted(set(reasons))
    assert set(reasons) == set(FailureReason)


def test_the_picture_shows_every_error_class() -> None:
    assert errors.__doc__
    for error in every_class():
        assert error.__name__ in errors.__doc__


@pytest.mark.parametrize("error", list(every_class()), ids=lambda error: error.__name__)
def test_only_bad_input_and_refusals_are_final(error: type[MultitrackError]) -> None:
    final = error.exit_code in (ExitCode.BAD_INPUT, ExitCode.REFUSED)
    assert error.__new__(error).retryable is not final
