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
    from multitrack.gateway.process import run_gateway  # noqa: PLC0415 - FastAPI is heavy
    from multitrack.gateway.settings import load_gateway_settings  # noqa: PLC0415

    asyncio.run(run_gateway(load_gateway_settings(settings)))
