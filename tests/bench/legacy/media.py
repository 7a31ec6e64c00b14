"""The legacy pipeline's media tasks, re-created by us from its described behaviour.

This is no code of the legacy pipeline: it is the arrangement that its description gives (which
filters, which codecs, in which order), written anew so that it can be measured beside ours.

`python -m tests.bench.legacy.media pad SOURCE TARGET | mix TARGET FILE... | waveform MIX TARGET`
"""

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream
from av.filter import Graph

__all__ = ["mix", "pad", "waveform"]

RATE = 48_000
_BIT_RATE = 128_000
_PEAKS = 255


def pad(source: Path, target: Path) -> bool:
    """One participant's track behind as much silence as it starts late, as Opus in WebM.

    Decoded to 48 kHz, stereo, s16; mute gaps filled by `aresample=async=1`, the start delayed by
    `adelay` in whole milliseconds, encoded at 128 kbit/s.

    Returns:
        False: it starts at 0, nothing was written, the original is handed on.
    """
    with av.open(str(source)) as recorded:
        stream = recorded.streams.audio[0]
        offset = float((stream.start_time or 0) * (stream.time_base or 0))
        if offset <= 0:
            return False
        with av.open(str(target), "w", format="webm") as padded:
            encoded = padded.add_stream("libopus", rate=RATE, layout="stereo")
            encoded.bit_rate = _BIT_RATE
            resampler = av.AudioResampler("s16", "stereo", RATE)
            graph = _pad_graph(int(offset * 1000))
            for frame in recorded.decode(stream):
                for converted in resampler.resample(frame):
                    graph.push(converted)
                    _drain(graph, encoded, padded)
            graph.push(None)
            _drain(graph, encoded, padded)
            padded.mux(encoded.encode(None))
    return True


def mix(target: Path, tracks: list[Path]) -> None:
    """All padded tracks added up by `amix=normalize=0`, as stereo MP3 at 128 kbit/s.

    One frame of each track in turn; the end of each is told to its input, so that `amix` does not
    hold the others back.
    """
    with ExitStack() as stack, av.open(str(target), "w", format="mp3") as mixed:
        encoded = mixed.add_stream("libmp3lame", rate=RATE, layout="stereo")
        encoded.bit_rate = _BIT_RATE
        graph = Graph()
        sources = [
            graph.add_abuffer(
                sample_rate=RATE, format="s32", layout="stereo", time_base=Fraction(1, RATE)
            )
            for _ in tracks
        ]
        adder = graph.add("amix", f"inputs={len(tracks)}:duration=longest:normalize=0")
        for place, source in enumerate(sources):
            source.link_to(adder, 0, place)
        sink = graph.add("abuffersink")
        adder.link_to(sink)
        graph.configure()
        frames = [_frames(stack, track) for track in tracks]
        live = set(range(len(tracks)))
        while live:
            for place in sorted(live):
                frame = next(frames[place], None)
                sources[place].push(frame)
                if frame is None:
                    live.discard(place)
            _drain(graph, encoded, mixed)
        mixed.mux(encoded.encode(None))


def waveform(mixed: Path, target: Path) -> None:
    """The loudest sample of each of 255 stretches of the mix, divided by the loudest of all."""
    with av.open(str(mixed)) as container:
        stream = container.streams.audio[0]
        length = float((container.duration or 0) / 1_000_000) * stream.rate
        peaks = np.zeros(_PEAKS)
        heard = 0
        for frame in container.decode(stream):
            place = min(_PEAKS - 1, int(heard * _PEAKS / max(length, 1)))
            peaks[place] = max(peaks[place], float(np.abs(frame.to_ndarray()).max()))
            heard += frame.samples
    loudest = peaks.max() or 1.0
    target.write_text(json.dumps([round(float(peak / loudest), 2) for peak in peaks]))


def _pad_graph(delay_ms: int) -> Graph:
    graph = Graph()
    source = graph.add_abuffer(
        sample_rate=RATE, format="s16", layout="stereo", time_base=Fraction(1, RATE)
    )
    filters = [
        graph.add("aresample", "async=1"),
        graph.add("adelay", f"delays={delay_ms}|{delay_ms}"),
        graph.add("abuffersink"),
    ]
    graph.link_nodes(source, *filters).configure()
    return graph


def _drain(graph: Graph, stream: AudioStream, container: av.container.OutputContainer) -> None:
    while True:
        try:
            frame = graph.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return
        assert isinstance(frame, av.AudioFrame)
        container.mux(stream.encode(frame))


def _frames(stack: ExitStack, track: Path) -> Iterator[av.AudioFrame]:
    container = stack.enter_context(av.open(str(track)))
    resampler = av.AudioResampler("s32", "stereo", RATE)
    for frame in container.decode(container.streams.audio[0]):
        # The padded files' own stamps are not looked at: the silence is there as samples.
        frame.pts = None
        yield from resampler.resample(frame)


def main() -> None:
    """Do one task."""
    task, *arguments = sys.argv[1:]
    files = [Path(argument) for argument in arguments]
    if task == "pad":
        pad(*files)
    elif task == "mix":
        mix(files[0], files[1:])
    else:
        waveform(*files)


if __name__ == "__main__":
    main()
