"""What the page about installing tells people to type is found as it is meant."""

from pathlib import Path

from tests.e2e.typed import blocks_of

ROOT = Path(__file__).resolve().parents[2]


def test_commands_are_whole_and_without_comments() -> None:
    page = ROOT / "docs" / "operate" / "install.md"
    install, job, watch = blocks_of(page, "2. Secret and chart", "3. A recording")
    assert [command.split()[0] for command in install.commands] == [
        "kubectl",
        "kubectl",
        "helm",
        "helm",
    ]
    assert install.commands[-1] == "helm test multitrack -n meetings --logs"
    assert job.kind == "yaml"
    assert watch.commands[-1] == "multitrack fetch standup -n meetings"
