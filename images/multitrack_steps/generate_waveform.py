"""generate-waveform: 255 peaks of the mix, for the player.

Reads `mix.mp3`, writes `waveform.json`.
"""

from multitrack_steps.audio.container import open_track
from multitrack_steps.audio.damage import Damage
from multitrack_steps.audio.decoding import decode
from multitrack_steps.audio.peaks import PeakMeter
from multitrack_steps.context import StepContext
from workflow_templates.contracts.results import StepReport, Waveform

__all__ = ["PEAKS", "run"]

PEAKS = 255
"""What the player draws."""


def run(context: StepContext) -> StepReport:
    """Measure the mix.

    Raises:
        TrackUnreadableError: It is not audio. Final.
    """
    meter = PeakMeter()
    mix = context.input("mix")
    with open_track(mix, mix.name) as track:
        rate, channels = track.facts.rate, min(2, track.facts.channels)
        for chunk in decode(track, rate=rate, channels=channels, damage=Damage()):
            meter.feed(chunk.samples)
    duration = meter.samples / rate
    Waveform(duration=duration, peaks=_ratios(meter.finish(PEAKS))).write(
        context.output("waveform")
    )
    return StepReport(audio_seconds=duration)


def _ratios(peaks: list[int]) -> tuple[float, ...]:
    """Divide by the largest; silence stays silence."""
    largest = max(peaks) or 1
    return tuple(round(peak / largest, 2) for peak in peaks)
