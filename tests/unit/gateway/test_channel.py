"""Followers of one job: replay, resumption, and those who are slow."""

import asyncio
from collections.abc import Sequence

from multitrack.gateway.events.changes import dag_event
from multitrack.gateway.events.channel import Channel
from multitrack.gateway.events.event import Event, EventName
from multitrack.gateway.events.mailbox import MOST_WAITING, CloseCode, Mailbox
from multitrack.gateway.events.results import RESULTS
from tests.unit.gateway.jobs import DONE, RUNS, a_step, a_version

TITLE = next(result for result in RESULTS if result.step == "generate-title")


def a_title(text: str = "Weekly") -> tuple[Event, ...]:
    return (Event.of_result(EventName.FINAL_TITLE, {"title": text}),)


def a_progress(number: int) -> Event:
    return Event.of_state(EventName.DAG_TASK_PROGRESS, str(number), {"task_name": "pad_track"})


async def waiting(mailbox: Mailbox) -> list[Event]:
    """What can be had without waiting, up to the end."""
    found = []
    try:
        async with asyncio.timeout(0.05):
            while (event := await mailbox.get()) is not None:
                found.append(event)
    except TimeoutError:
        pass
    return found


def names(events: Sequence[Event]) -> list[str]:
    return [event.name.value for event in events]


async def test_who_connects_late_gets_results_and_the_newest_dag_once() -> None:
    channel = Channel()
    channel.change(a_version(1, {"get-recording": RUNS}))
    done = a_version(2, {"get-recording": DONE, "generate-title": DONE}, duration=5, is_ready=True)
    assert channel.change(done) == (TITLE,)
    channel.tell_result(done, TITLE, a_title())
    got = await waiting(channel.open(None))
    assert names(got) == ["DURATION", "FINAL_TITLE", "DAG_STATUS"]
    assert got[-1] == dag_event(done)


async def test_who_was_there_before_gets_exactly_what_it_missed() -> None:
    channel = Channel()
    channel.change(a_version(1, {"get-recording": RUNS}))
    mailbox = channel.open(None)
    channel.change(a_version(2, {"get-recording": DONE}, duration=5))
    seen = await waiting(mailbox)
    channel.leave(mailbox)
    channel.change(a_version(3, {"get-recording": DONE, "get-participants": RUNS}, duration=5))
    missed = await waiting(channel.open(seen[-1].id))
    assert names(missed) == ["PIPELINE_PROGRESS", "DAG_STATUS"]
    assert not {event.id for event in missed} & {event.id for event in seen}


async def test_who_was_at_another_replica_gets_status_too() -> None:
    channel = Channel()
    channel.change(a_version(4, {"get-recording": DONE}, duration=5))
    got = await waiting(channel.open("DAG_STATUS-2"))
    assert names(got) == ["STATUS", "DURATION", "DAG_STATUS"]


async def test_an_older_version_says_nothing() -> None:
    channel = Channel()
    channel.change(a_version(10, {"get-recording": DONE}))
    mailbox = channel.open("DAG_STATUS-10")
    channel.change(a_version(9, {"get-recording": RUNS}))
    channel.change(a_version(10, {"get-recording": DONE}))
    assert await waiting(mailbox) == []


async def test_results_of_an_earlier_run_are_not_told() -> None:
    channel = Channel()
    first = a_version(1, {"generate-title": DONE})
    channel.change(first)
    channel.tell_result(first, TITLE, a_title("Old"))
    channel.change(a_version(2, {"get-recording": RUNS}, run="run-2"))
    channel.tell_result(first, TITLE, a_title("Late"))
    assert names(await waiting(channel.open(None))) == ["DAG_STATUS"]


async def test_the_same_result_is_told_once() -> None:
    channel = Channel()
    job = a_version(1, {"generate-title": DONE})
    channel.change(job)
    mailbox = channel.open(None)
    for _ in range(3):
        channel.tell_result(job, TITLE, a_title())
    assert names(await waiting(mailbox)) == ["DAG_STATUS", "FINAL_TITLE"]


async def test_a_deleted_job_ends_the_stream_with_a_code() -> None:
    channel = Channel()
    channel.change(a_version(1))
    mailbox = channel.open(None)
    channel.end()
    await waiting(mailbox)
    assert mailbox.closed is CloseCode.NOT_FOUND


async def test_a_slow_follower_keeps_the_newest_dag_only() -> None:
    mailbox = Mailbox()
    for number in range(5000):
        mailbox.put(a_progress(number))
        mailbox.put(Event.of_state(EventName.DAG_STATUS, str(number), {"tasks": []}))
    assert [event.id for event in await waiting(mailbox)] == ["DAG_STATUS-4999"]
    assert mailbox.closed is None


async def test_percentages_are_dropped_before_anything_else() -> None:
    mailbox = Mailbox(a_title())
    for number in range(MOST_WAITING + 1):
        mailbox.put(a_progress(number))
    mailbox.put(Event.of_state(EventName.STATUS, "1", {"value": "ended"}))
    assert names(await waiting(mailbox)) == ["FINAL_TITLE", "STATUS"]


async def test_a_follower_that_reads_nothing_is_sent_away() -> None:
    mailbox = Mailbox()
    for number in range(MOST_WAITING + 1):
        mailbox.put(Event.of_state(EventName.STATUS, str(number), {"value": "processing"}))
    assert mailbox.closed is CloseCode.TRY_AGAIN_LATER
    assert await mailbox.get() is None


async def test_a_message_is_written_once_for_all_followers() -> None:
    channel = Channel()
    channel.change(a_version(1))
    mailboxes = [channel.open(None) for _ in range(10)]
    channel.change(a_version(2, {"pad-track": a_step("pad-track", RUNS)}))
    texts = {id(event.text) for each in mailboxes for event in await waiting(each)}
    assert len(texts) == 2  # PIPELINE_PROGRESS and the newest DAG_STATUS
