"""Which ffmpeg runs."""

import os
from pathlib import Path

import imageio_ffmpeg
import pytest

from multitrack_steps.audio.ffmpeg import FFMPEG_VARIABLE, find_ffmpeg
from workflow_templates.runtime.errors import SettingsError


def a_program(folder: Path, name: str) -> Path:
    program = folder / name
    program.write_text("#!/bin/sh\n", encoding="ascii")
    program.chmod(0o755)
    return program


def test_the_variable_outweighs_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_program(tmp_path, "ffmpeg")
    named = a_program(tmp_path, "my-ffmpeg")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setenv(FFMPEG_VARIABLE, str(named))
    assert find_ffmpeg() == str(named)


def test_the_path_outweighs_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = a_program(tmp_path, "ffmpeg")
    monkeypatch.delenv(FFMPEG_VARIABLE, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert find_ffmpeg() == str(program)


def test_without_either_the_packaged_one_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(FFMPEG_VARIABLE, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_ffmpeg() == imageio_ffmpeg.get_ffmpeg_exe()


def test_a_variable_that_names_no_program_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FFMPEG_VARIABLE, str(tmp_path / "absent"))
    with pytest.raises(SettingsError, match=r"absent: there is no such program"):
        find_ffmpeg()
