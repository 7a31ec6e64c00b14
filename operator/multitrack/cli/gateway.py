"""`multitrack gateway`: what the chart runs for people, programs and Daily's events."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["gateway"]


def gateway(
    settings: Annotated[
        Path,
        typer.Option(
            "--settings", metavar="FILE", help="gateway.yaml: namespaces, bucket, who may ask."
        ),
    ],
) -> None:
    """Serve jobs and results over HTTP, and take Daily's events, until a signal comes."""
    import uvloop  # noqa: PLC0415 - as FastAPI: heavy, and of no use to other commands

    from multitrack.gateway.process import run_gateway  # noqa: PLC0415
    from multitrack.gateway.settings import load_gateway_settings  # noqa: PLC0415

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run_gateway(load_gateway_settings(settings)))
