"""What a container says about the track in it, before anything is decoded."""

from dataclasses import dataclass

from workflow_templates.contracts.base import Seconds

__all__ = ["ContainerFacts"]


@dataclass(frozen=True, slots=True)
class ContainerFacts:
    """Times are on the container's own clock, whatever its zero means."""

    format: str
    """libavformat's name of the container, all aliases: `matroska,webm`, `wav`,
    `mov,mp4,m4a,3gp,3g2,mj2`."""
    codec: str
    """libavcodec's name: `opus`, `aac`, `mp3`, `pcm_s16le`."""
    rate: int
    """Hz."""
    channels: int
    stream_start: Seconds | None
    """Start of the audio stream, priming samples not counted; None where the container has no such
    field."""
    first_pts: Seconds | None
    """The first packet's time stamp; priming samples not counted, as far as that can be known."""
    declared_end: Seconds | None
    """Where the header says that the track ends; None where there is no such promise, or only an
    estimate."""

    @property
    def formats(self) -> frozenset[str]:
        """The aliases in `format`, one by one."""
        return frozenset(self.format.split(","))

    @property
    def start(self) -> Seconds:
        """When the track's first sample sounds; 0 where nothing says it."""
        if self.stream_start is not None:
            return self.stream_start
        return self.first_pts if self.first_pts is not None else 0.0
