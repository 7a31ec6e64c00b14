"""post-zulip (behaviour: §4): the whole message, and where it goes."""

from pathlib import Path

from tests.conftest import RunStep
from tests.contract.parity import want
from tests.fakes.zulip import running_zulip


def test_zulip(published: Path, run_step: RunStep) -> None:
    with running_zulip() as realm:
        run = run_step(
            "post-zulip",
            published,
            published,
            parameters={
                "zulip-url": realm.url,
                "zulip-bot-email": realm.email,
                "zulip-stream": "meetings",
                "zulip-topic": "Stand-up",
                "link": "https://meetings.example/transcripts/standup",
            },
            environment={"MULTITRACK_ZULIP_API_KEY": realm.key},
        )
    assert run.exit_code == 0, run.stderr
    [message] = realm.messages.values()
    assert (message["display_recipient"], message["subject"]) == ("meetings", "Stand-up")
    assert message["content"] == want.ZULIP
