"""Filter banks are Kaldi's, as torchaudio computes them."""

import importlib.util
import os

import numpy as np
import pytest

from multitrack_steps.diarization.fbank import filter_banks

pytestmark = [
    pytest.mark.models,
    pytest.mark.skipif(
        not os.environ.get("CI") and importlib.util.find_spec("torchaudio") is None,
        reason="torchaudio is not installed: make diarize",
    ),
]


@pytest.mark.parametrize("samples", [400, 16_000, 63_999])
def test_they_are_those_of_torchaudio(samples: int) -> None:
    torch = importlib.import_module("torch")
    kaldi = importlib.import_module("torchaudio.compliance.kaldi")
    sound = (0.05 * np.random.default_rng(1).normal(size=samples)).astype(np.float32)
    wanted = kaldi.fbank(
        torch.from_numpy(sound)[None] * 32_768,
        num_mel_bins=80,
        window_type="hamming",
        use_energy=False,
    )
    wanted = (wanted - wanted.mean(dim=0)).numpy()
    found = filter_banks(sound)
    assert found.shape == wanted.shape
    assert np.abs(found - wanted).max() < 0.005
