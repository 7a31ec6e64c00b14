"""Frames of any format to int16 blocks of one rate and channel count, by libavfilter."""

from collections.abc import Iterator
from typing import cast

import av.error
import numpy as np
import numpy.typing as npt
from av.audio.frame import AudioFrame
from av.filter import Graph
from av.filter.context import FilterContext

from workflow_templates.contracts.base import Seconds

__all__ = ["BLOCK", "Conversion", "Samples"]

Samples = npt.NDArray[np.int16]
"""Audio of shape (n, channels), full scale 32768."""

BLOCK: Seconds = 0.25
"""Long enough that what is done per block costs nothing, short enough that four tracks' blocks take
no room."""

_LAYOUTS = {1: "mono", 2: "stereo"}

_MOST_ORDERED_CHANNELS = 2
"""Above this, channels whose place is unknown are averaged: a mixing matrix needs to know left from
right."""


class Conversion:
    """One run of frames through a resampler, in blocks.

    The converter is flushed at the run's end: as many samples come out as the run is long, and none
    waits inside.
    """

    def __init__(self, first: AudioFrame, start: Seconds, *, rate: int, channels: int) -> None:
        self._kind = _kind(first)
        self._channels = channels
        self._source_rate = first.sample_rate
        self._waiting = 0
        # The graph owns its nodes: without a reference to it they point into freed memory.
        self._graph, self._input, self._output = _graph(first, rate, channels)
        self.start: Seconds | None = start
        """Of the run, until its first block was handed out."""

    def accepts(self, frame: AudioFrame) -> bool:
        """Whether the frame has the format that this converter was made for."""
        return _kind(frame) == self._kind

    def push(self, frame: AudioFrame) -> None:
        """Take a frame of the run."""
        self._input.push(frame)
        self._waiting += frame.samples

    @property
    def has_block(self) -> bool:
        """Whether a block has gathered since the last look."""
        return self._waiting >= self._source_rate * BLOCK

    def blocks(self) -> Iterator[Samples]:
        """Hand out what has become ready."""
        self._waiting = 0
        while True:
            try:
                frame = self._output.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return
            samples = cast("AudioFrame", frame).to_ndarray()
            yield samples.astype(np.int16, copy=False).reshape(-1, self._channels)

    def finish(self) -> Iterator[Samples]:
        """Hand out the rest; nothing may be pushed afterwards."""
        self._input.push(None)
        yield from self.blocks()


def _kind(frame: AudioFrame) -> tuple[int, str, int]:
    return frame.sample_rate, frame.format.name, frame.layout.nb_channels


def _graph(
    first: AudioFrame, rate: int, channels: int
) -> tuple[Graph, FilterContext, FilterContext]:
    graph = Graph()
    nodes = [
        graph.add_abuffer(
            sample_rate=first.sample_rate,
            format=first.format.name,
            layout=first.layout.name,
            time_base=first.time_base,
        )
    ]
    count = first.layout.nb_channels
    if count > _MOST_ORDERED_CHANNELS and first.layout.name == f"{count} channels":
        share = "+".join(f"{1 / count:.6f}*c{channel}" for channel in range(count))
        nodes.append(graph.add("pan", f"mono|c0={share}"))
    nodes += [
        graph.add(
            "aformat",
            f"sample_fmts=s16:sample_rates={rate}:channel_layouts={_LAYOUTS[channels]}",
        ),
        graph.add("asetnsamples", f"n={round(rate * BLOCK)}:p=0"),
        graph.add("abuffersink"),
    ]
    graph.link_nodes(*nodes).configure()
    return graph, nodes[0], nodes[-1]
