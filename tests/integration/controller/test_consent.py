"""Audio that has to go, from the vote to the proof: API server and bucket are fakes, steps real."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest

from multitrack.api.names import VOTES_ANNOTATION
from tests.conftest import RunStep
from tests.fakes.s3 import FakeS3
from tests.fakes.s3_faults import Rule, running_faulty_s3
from tests.integration.controller.conftest import BUCKET, NAMESPACE, Start, World, eventually
from workflow_templates.argo.settings import InstallSettings
from workflow_templates.argo.workflows import render_template
from workflow_templates.contracts.consent import Vote
from workflow_templates.contracts.deletion import ConsentPolicy, DeletionAudit, DeletionScope
from workflow_templates.contracts.recording import Origin, Recording, SourceKind, SourceTrack
from workflow_templates.pipelines import DELETE_AUDIO, PROCESS_RECORDING
from workflow_templates.runtime.store import S3Store
from workflow_templates.runtime.votes import votes_mark, write_vote

FINALIZER = "multitrack.dev/audio"
ALICE = "standup/Alice.webm"
AUDIO = ("source/0", "audio/0.flac", "mix.mp3", "waveform.json")
TEXT = ("transcript.json", "published/transcript.txt")


class Meeting:
    """One job's files in a bucket that keeps versions, each written twice, and its people."""

    def __init__(self, world: World, s3: FakeS3, run_step: RunStep, folder: Path) -> None:
        self.world, self.s3, self.run_step, self.folder = world, s3, run_step, folder
        s3.client.put_bucket_versioning(
            Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"}
        )
        for pipeline in (PROCESS_RECORDING, DELETE_AUDIO):
            # Templates that are there already need not become known to Argo first.
            template = render_template(pipeline, InstallSettings())
            template["metadata"]["namespace"] = NAMESPACE
            world.server.put(template)
        for key in self.keys("deletions/"):
            s3.client.delete_object(Bucket=BUCKET, Key=key)
        self.uid = ""

    def write_files(self) -> None:
        """What the run has made so far, and the original."""
        self.uid = self.metadata()["uid"]
        origin = Origin(name="Alice.webm", bucket=BUCKET, key=ALICE)
        track = SourceTrack(index=0, origin=origin, size=6)
        recording = Recording(id="r", kind=SourceKind.S3, name="standup", tracks=(track,))
        for _ in range(2):
            self.put(ALICE)
            for key in (*AUDIO, *TEXT):
                self.put(f"jobs/{self.uid}/{key}")
        self.put(f"jobs/{self.uid}/recording.json", recording.model_dump_json().encode())

    def put(self, key: str, body: bytes = b"speech") -> None:
        self.s3.client.put_object(Bucket=BUCKET, Key=key, Body=body)

    def keys(self, prefix: str) -> set[str]:
        """Of all versions and delete markers."""
        listed = self.s3.client.list_object_versions(Bucket=BUCKET, Prefix=prefix)
        found = (*listed.get("Versions", []), *listed.get("DeleteMarkers", []))
        return {each["Key"] for each in found}

    def has_audio(self) -> bool:
        below = {key.removeprefix(f"jobs/{self.uid}/") for key in self.keys(f"jobs/{self.uid}/")}
        return bool(self.keys(ALICE) or below & set(AUDIO))

    def pending(self) -> list[dict[str, Any]]:
        """The deletion list, this job's entries."""
        found = self.s3.client.list_objects_v2(Bucket=BUCKET, Prefix="deletions/pending/")
        entries = []
        for key in (each["Key"] for each in found.get("Contents", []) if self.uid in each["Key"]):
            # The operator may strike an entry off between the listing and the look at it.
            with suppress(self.s3.client.exceptions.NoSuchKey):
                answer = self.s3.client.get_object(Bucket=BUCKET, Key=key)
                entries.append(json.loads(answer["Body"].read()))
        return entries

    def metadata(self) -> dict[str, Any]:
        found = self.world.server.find("recordingjobs", "standup", NAMESPACE) or {}
        return dict(found.get("metadata") or {})

    def vote(self, *, given: bool, tells: bool = True) -> None:
        """As the gateway does; without telling, as one that died after keeping the vote."""
        store = S3Store.open()
        vote = Vote(id="v1", at="2026-03-14T10:00:00Z", consent_given=given)
        write_vote(store, BUCKET, self.uid, vote)
        if tells:
            mark = {VOTES_ANNOTATION: votes_mark(store, BUCKET, self.uid)}
            change = {"metadata": {"annotations": mark}}
            self.world.server.merge("recordingjobs", "standup", change, NAMESPACE)

    def deletions(self) -> list[str]:
        """Workflows of delete-audio."""
        label = "multitrack.dev/pipeline"
        return sorted(
            body["metadata"]["name"]
            for body in self.world.server.all("workflows", NAMESPACE)
            if body["metadata"]["labels"][label] == "delete-audio"
        )

    async def a_deletion(self, number: int = 1) -> str:
        """Await the Workflow of a try."""
        await self.world.server.until(lambda: len(self.deletions()) >= number, 50)
        return self.deletions()[number - 1]

    async def run_deletion(self, workflow: str, **environment: str) -> int:
        """What Argo does for it, with the step itself; its exit code."""
        body = self.world.workflow(workflow)
        arguments = body["spec"]["arguments"]["parameters"]
        given = {each["name"]: each["value"] for each in arguments}
        inputs, outputs = self.folder / workflow / "in", self.folder / workflow / "out"
        inputs.mkdir(parents=True)
        key = f"jobs/{given['job-uid']}/recording.json"
        answer = self.s3.client.get_object(Bucket=BUCKET, Key=key)
        (inputs / "recording.json").write_bytes(answer["Body"].read())
        known = {name: given[name] for name in given if name not in ("job-uid", "report")}
        run = await asyncio.to_thread(
            self.run_step,
            "cleanup-consent",
            inputs,
            outputs,
            parameters=known,
            environment={**self.s3.environment, **environment},
        )
        phase = "Failed" if run.exit_code else "Succeeded"
        told = outputs / "parameters" / "audio-deleted"
        says = {"audio-deleted": told.read_text() if told.exists() else "false"}
        message = f"main: Error (exit code {run.exit_code}): {run.sentence}"
        argo = self.world.argo
        argo.run(
            workflow,
            "cleanup-consent",
            phase,
            message=message if run.exit_code else "",
            exit_code=run.exit_code,
            says=says,
        )
        argo.finish(workflow, phase)
        return run.exit_code

    def pretend_deletion(self, workflow: str) -> None:
        """What the step leaves behind where it does its work."""
        (entry,) = self.pending()
        audit = DeletionAudit(
            job_uid=self.uid,
            request_id=entry["id"],
            scope=DeletionScope.ALL,
            recording_id="r",
            policy=ConsentPolicy.DELETE_AUDIO_ON_DENIAL,
            because=entry["because"],
            started_at=entry["requested_at"],
            ended_at=entry["requested_at"],
            audio_deleted=True,
        )
        self.put(f"deletions/done/{self.uid}/1.json", audit.model_dump_json().encode())
        says = {"audio-deleted": "true"}
        self.world.argo.run(workflow, "cleanup-consent", "Succeeded", says=says)
        self.world.argo.finish(workflow)


@pytest.fixture
def meeting(world: World, s3: FakeS3, run_step: RunStep, tmp_path: Path) -> Meeting:
    return Meeting(world, s3, run_step, tmp_path)


async def finished(world: World, meeting: Meeting) -> str:
    """A meeting with everything, to which nobody has said no."""
    world.apply()
    workflow = await world.has_workflow()
    meeting.write_files()
    world.argo.succeed(workflow)
    await world.comes_to("Succeeded")
    return workflow


async def test_a_no_after_success_deletes_everything_and_proves_it(
    world: World, start: Start, meeting: Meeting
) -> None:
    async with start(deletes=True) as operator:
        await finished(world, meeting)
        assert world.reason("ConsentEnforced") == "NobodyDenies"
        assert FINALIZER in meeting.metadata()["finalizers"]
        meeting.vote(given=False)
        deletion = await meeting.a_deletion()
        assert world.reason("ConsentEnforced") == "Deleting"
        assert world.status()["audioDeleted"] is False
        assert "ownerReferences" not in world.workflow(deletion)["metadata"]
        assert await meeting.run_deletion(deletion) == 0
        await world.explains("ConsentEnforced", "Enforced")
        await eventually(lambda: meeting.pending() == [], 50)
        await world.server.until(lambda: ("Normal", "Enforced") in world.events())
        done = operator.metric("multitrack_deletions_total", outcome="done")
    assert (world.status()["audioDeleted"], done) == (True, 1)
    assert "finalizers" not in meeting.metadata()
    assert not meeting.has_audio()
    assert meeting.keys(f"jobs/{meeting.uid}/") >= {f"jobs/{meeting.uid}/{key}" for key in TEXT}
    assert meeting.keys(f"deletions/done/{meeting.uid}/")
    assert world.status()["phase"] == "Succeeded"


async def test_a_vote_that_no_job_was_told_of_is_found(
    world: World, start: Start, meeting: Meeting
) -> None:
    async with start(deletes=True) as operator:
        await finished(world, meeting)
        meeting.vote(given=False, tells=False)
        await meeting.a_deletion()
        assert operator.metric("multitrack_votes_found_total") == 1


async def test_a_job_deleted_during_its_run_leaves_nothing_once_its_pods_are_gone(
    world: World, start: Start, meeting: Meeting
) -> None:
    async with start(deletes=True):
        world.apply(consent={"denied": True})
        workflow = await world.has_workflow()
        meeting.write_files()
        world.argo.start(workflow)
        labels = {
            "multitrack.dev/job-uid": meeting.uid,
            "app.kubernetes.io/component": "mixdown-tracks",
        }
        metadata = {"name": "mixes", "namespace": NAMESPACE, "labels": labels}
        world.server.put({"kind": "Pod", "metadata": metadata, "status": {"phase": "Running"}})
        world.server.remove("recordingjobs", "standup", NAMESPACE)
        await world.server.until(lambda: meeting.metadata() == {}, 50)
        await world.server.until(lambda: workflow not in world.workflows())
        looks = world.server.count("list", "pods")
        await world.server.until(lambda: world.server.count("list", "pods") > looks + 1)
        assert meeting.deletions() == []
        meeting.put(f"jobs/{meeting.uid}/mix.mp3")
        world.server.remove("pods", "mixes", NAMESPACE)
        assert await meeting.run_deletion(await meeting.a_deletion()) == 0
        await eventually(lambda: meeting.pending() == [], 50)
    assert not meeting.has_audio()


async def test_a_no_that_comes_after_the_job_is_gone_counts_too(
    world: World, start: Start, meeting: Meeting
) -> None:
    async with start(deletes=True):
        await finished(world, meeting)
        world.server.remove("recordingjobs", "standup", NAMESPACE)
        await world.server.until(lambda: meeting.metadata() == {}, 50)
        kept = f"deletions/kept/{meeting.uid}.json"
        meeting.s3.client.head_object(Bucket=BUCKET, Key=kept)
        assert meeting.has_audio()
        assert meeting.pending() == []
        meeting.vote(given=False, tells=False)
        assert await meeting.run_deletion(await meeting.a_deletion()) == 0
        await eventually(lambda: meeting.pending() == [], 50)
    assert not meeting.has_audio()


async def test_a_refused_deletion_names_key_and_right_and_is_tried_again(
    world: World, start: Start, meeting: Meeting
) -> None:
    loops = {"deletions": {"firstPause": 1}}
    async with start(deletes=True, loops=loops) as operator:
        await finished(world, meeting)
        meeting.vote(given=False)
        none = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
        assert await meeting.run_deletion(await meeting.a_deletion(), **none) == 3
        condition = await world.explains("ConsentEnforced", "Refused")
        assert condition["status"] == "False"
        assert "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY" in condition["message"]
        assert world.status()["audioDeleted"] is False
        assert world.status()["phase"] == "Succeeded"
        await world.server.until(lambda: ("Warning", "Refused") in world.events())
        assert await meeting.run_deletion(await meeting.a_deletion(2)) == 0
        await world.explains("ConsentEnforced", "Enforced")
        assert operator.metric("multitrack_deletions_total", outcome="failed") == 1


async def test_a_bucket_that_is_away_keeps_the_job_and_says_so(
    world: World, start: Start, meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    async with start():
        world.apply(consent={"denied": True})
        world.argo.succeed(await world.has_workflow())
        condition = await world.explains("ConsentEnforced", "Unverified")
        assert "cannot be written down" in condition["message"]
        world.server.remove("recordingjobs", "standup", NAMESPACE)
        await world.server.until(lambda: "deletionTimestamp" in meeting.metadata())
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", meeting.s3.endpoint_url)
    meeting.uid = meeting.metadata()["uid"]
    async with start():
        await world.server.until(lambda: meeting.metadata() == {}, 50)
    assert len(meeting.pending()) == 1


async def test_a_bucket_that_is_not_there_keeps_no_job(
    world: World, start: Start, s3: FakeS3
) -> None:
    assert s3.endpoint_url
    async with start(storage={"bucket": "no-such-bucket"}):
        world.apply()
        world.argo.start(await world.has_workflow())
        await world.comes_to("Pending")
        world.server.remove("recordingjobs", "standup", NAMESPACE)
        await world.server.until(lambda: world.status() == {})


async def test_a_bucket_that_fails_now_and_then_holds_nothing_up_for_good(
    world: World, start: Start, meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every third request of the operator fails, and is not tried again by the client."""
    random = Random(7)  # noqa: S311 - faults, not secrets
    rules = [Rule(lambda _: random.random() < 1 / 3, 503, "SlowDown")]
    with running_faulty_s3(meeting.s3.endpoint_url) as faulty:
        faulty.rules.extend(rules)
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", faulty.url)
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
        async with start(deletes=True):
            await finished(world, meeting)
            world.change(consent={"denied": True})
            await world.server.until(meeting.deletions, 50)
            meeting.pretend_deletion(meeting.deletions()[0])
            await world.server.until(lambda: world.reason("ConsentEnforced") == "Enforced", 50)
            await eventually(lambda: meeting.pending() == [], 50)
    assert len(meeting.deletions()) == 1


async def test_copies_go_when_their_time_is_up_and_the_original_stays(
    world: World, start: Start, meeting: Meeting
) -> None:
    async with start(deletes=True, retention={"audio": 0}):
        await finished(world, meeting)
        assert await meeting.run_deletion(await meeting.a_deletion()) == 0
        await eventually(lambda: meeting.pending() == [], 50)
        assert world.status()["audio"]["expired"] == "Copies"
        assert world.reason("ConsentEnforced") == "NobodyDenies"
    assert meeting.keys(ALICE) == {ALICE}
    assert f"jobs/{meeting.uid}/mix.mp3" not in meeting.keys(f"jobs/{meeting.uid}/")


REQUESTS = 24
"""Of the operator from its start to the entry that is struck off."""


@pytest.mark.parametrize("request_number", range(1, REQUESTS, 3))
async def test_an_operator_killed_at_any_request_deletes_once(
    world: World, start: Start, meeting: Meeting, request_number: int
) -> None:
    is_done = bool(request_number % 2)
    world.apply(consent={"denied": True})
    is_held = world.server.hold(after=request_number, is_done=is_done)

    async def go_on(until: Callable[[], bool]) -> None:
        """Play Argo's part until something is so."""
        async with asyncio.timeout(50):
            while not until():
                await asyncio.sleep(0.02)
                for name in world.workflows():
                    meeting.uid = meeting.metadata().get("uid", meeting.uid)
                    phase = (world.workflow(name).get("status") or {}).get("phase")
                    if phase is None and "delete-audio" in name:
                        meeting.pretend_deletion(name)
                    elif phase is None:
                        world.argo.succeed(name)

    def is_enforced() -> bool:
        return world.reason("ConsentEnforced") == "Enforced" and meeting.pending() == []

    async with start(is_ready=False, deletes=True):
        await go_on(lambda: is_held() or is_enforced())
    world.server.heal()
    async with start(deletes=True):
        await go_on(is_enforced)
    assert world.status()["audioDeleted"] is True
    assert len(meeting.deletions()) == 1
    assert len(world.workflows()) == 2
    assert "finalizers" not in meeting.metadata()


async def test_another_job_on_the_recording_does_not_say_that_its_audio_is_kept(
    world: World, start: Start, meeting: Meeting
) -> None:
    async with start(deletes=True):
        world.apply("again")
        world.argo.succeed(await world.has_workflow())
        await world.comes_to("Succeeded", "again")
        other = (world.server.find("recordingjobs", "again", NAMESPACE) or {})["metadata"]["uid"]
        meeting.put(f"jobs/{other}/mix.mp3")
        world.apply()
        await world.server.until(lambda: len(world.workflows()) == 2)
        meeting.write_files()
        world.argo.succeed(next(each for each in world.workflows() if each.startswith("standup")))
        await world.comes_to("Succeeded")
        assert world.reason("ConsentEnforced", "again") == "NobodyDenies"
        world.change(consent={"denied": True})
        assert await meeting.run_deletion(await meeting.a_deletion()) == 0
        await world.explains("ConsentEnforced", "Enforced")
        told = await world.explains("ConsentEnforced", "Enforced", "again")
    assert world.status("again")["audioDeleted"] is True
    assert "of the other job" in told["message"]
    assert not meeting.keys(f"jobs/{other}/mix.mp3")
