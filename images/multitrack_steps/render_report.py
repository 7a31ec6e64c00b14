"""render-report: the finished meeting as one HTML file that needs nothing but itself."""

from multitrack_steps.context import StepContext
from multitrack_steps.report.page import render_page
from multitrack_steps.report.view import build_view
from workflow_templates.contracts.published import PublishedTranscript
from workflow_templates.contracts.results import Manifest, StepReport, Waveform
from workflow_templates.runtime.errors import BadInputError

__all__ = ["run"]


def run(context: StepContext) -> StepReport:
    """Write published/report.html: without a mix no player, without a waveform no drawing.

    Raises:
        BadInputError: A document is absent or invalid, or they are of different recordings.
    """
    manifest = Manifest.read(context.input("manifest"))
    transcript = PublishedTranscript.read(context.input("transcript"))
    if manifest.recording_id != transcript.recording.id:
        raise BadInputError(
            f"manifest.json belongs to the recording {manifest.recording_id!r}, "
            f"published/transcript.json to {transcript.recording.id!r}; run finalize again"
        )
    waveform = None
    if context.has_input("waveform"):
        waveform = Waveform.read(context.input("waveform"))
    audio_href = context.parameters["audio-href"] if context.has_input("mix") else ""
    page = render_page(build_view(manifest, transcript, waveform), audio_href)
    report = context.output("report")
    fragment = report.with_name(f".{report.name}.part")
    fragment.write_text(page, encoding="utf-8", newline="\n")
    fragment.replace(report)
    return StepReport()
