"""What there is for a gateway to serve: jobs in a cluster, files in a bucket."""

import json
from dataclasses import dataclass
from typing import Any

from multitrack.api.reasons import Phase
from multitrack.api.recording_job import RecordingJob
from tests.fakes.kubernetes import ANY, FakeKubernetes, Grant, User
from tests.fakes.s3 import FakeS3
from tests.integration.gateway.running import BUCKET, NAMESPACE
from tests.unit.gateway.jobs import DONE, a_version
from tests.unit.publication.meetings import BACKEND, a_line, a_meeting
from workflow_templates.contracts.base import Document
from workflow_templates.contracts.minutes import (
    ActionItems,
    NextStep,
    Subject,
    Summary,
    Title,
    Topic,
    Topics,
)
from workflow_templates.contracts.results import Waveform
from workflow_templates.contracts.transcript import Segment, Speaker, Transcript
from workflow_templates.pipelines import PROCESS_RECORDING

OWNER, READER, STRANGER = "token-of-olga", "token-of-ron", "token-of-stan"
SOUND = bytes(range(256)) * 64
REPORT = b"<!doctype html><title>Weekly</title><audio src='mix.mp3'></audio>"
ALL_DONE = {task.name: DONE for task in PROCESS_RECORDING.tasks}


@dataclass(frozen=True, slots=True)
class World:
    """A cluster and a bucket, and what people and steps do there."""

    kubernetes: FakeKubernetes
    s3: FakeS3

    def people(self) -> None:
        """Olga may do everything, Ron may read, Stan may nothing."""
        reviews = self.kubernetes.reviews
        reviews.users.update(
            {OWNER: User("olga"), READER: User("ron", ("readers",)), STRANGER: User("stan")}
        )
        reviews.grants.update(
            {
                Grant("olga", ANY, "recordingjobs", NAMESPACE),
                Grant("readers", "get", "recordingjobs", NAMESPACE),
                Grant("readers", "list", "recordingjobs", NAMESPACE),
            }
        )

    def apply(self, name: str = "standup", **spec: Any) -> RecordingJob:
        """Make a job, as `kubectl apply` does."""
        body = {
            "apiVersion": "multitrack.dev/v1alpha1",
            "kind": "RecordingJob",
            "metadata": {"name": name, "namespace": NAMESPACE},
            "spec": {"source": {"s3": {"prefix": "standup/"}}, **spec},
        }
        return RecordingJob.from_body(self.kubernetes.put(body))

    def report(self, version: RecordingJob, name: str = "standup") -> RecordingJob:
        """Write a job's status, as the operator does."""
        body = self.kubernetes.merge(
            "recordingjobs", name, {"status": version.status.to_patch()}, NAMESPACE
        )
        return RecordingJob.from_body(body)

    def spec(self, name: str = "standup") -> dict[str, Any]:
        """What is asked of a job."""
        return dict((self.kubernetes.find("recordingjobs", name, NAMESPACE) or {})["spec"])

    def store(self, job: RecordingJob, key: str, body: bytes | Document) -> None:
        """Put one of a job's files where its step would."""
        content = body if isinstance(body, bytes) else body.model_dump_json().encode()
        self.s3.client.put_object(Bucket=BUCKET, Key=f"jobs/{job.uid}/{key}", Body=content)

    def objects(self, prefix: str) -> dict[str, bytes]:
        """What lies below a prefix of the bucket."""
        listed = self.s3.client.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
        return {
            each["Key"]: self.s3.client.get_object(Bucket=BUCKET, Key=each["Key"])["Body"].read()
            for each in listed
        }

    def finish(self, name: str = "standup", **spec: Any) -> RecordingJob:
        """A job that is done, with everything that it has made."""
        job = self.apply(name, **spec)
        self.store_results(job)
        return self.report(
            a_version(2, ALL_DONE, phase=Phase.SUCCEEDED, is_ready=True, duration=148.5), name
        )

    def store_results(self, job: RecordingJob) -> None:
        """Files of all steps, small and true to their contracts."""
        published = a_meeting(
            a_line("Shall we start? I think so.", 1.0, speaker=0, seconds=6.0),
            a_line("Yes!", 2.5, speaker=1, seconds=0.5),
            short="We start.",
            subjects=[Subject(heading="Start", text="We start.")],
            topics=[TOPIC],
            next_steps=[
                NextStep(task="Start", assigned_to="Alice", assigned_to_participant_id="p0")
            ],
        )
        transcript = Transcript(
            recording_id="r",
            duration=148.5,
            language="en",
            speakers=tuple(
                Speaker(
                    index=person.speaker,
                    name=person.name,
                    participant_id=person.id,
                    tracks=person.tracks,
                    speaking=person.speaking,
                )
                for person in published.participants
            ),
            words=published.words,
            segments=tuple(
                Segment.model_validate(each.model_dump(include=set(Segment.model_fields)))
                for each in published.segments
            ),
            tracks=(),
        )
        summary = published.summary
        documents: dict[str, bytes | Document] = {
            "published/transcript.json": published,
            "transcript.json": transcript,
            "topics.json": Topics(recording_id="r", backend=BACKEND, topics=(TOPIC,)),
            "title.json": Title(title="Weekly", given=False, backend=BACKEND),
            "summary.json": Summary(
                backend=BACKEND, short=summary.short, long="# Summary", subjects=summary.subjects
            ),
            "action_items.json": ActionItems(
                backend=BACKEND, decisions=(), next_steps=published.action_items.next_steps
            ),
            "waveform.json": Waveform(duration=148.5, peaks=(0.5,) * 255),
            "mix.mp3": SOUND,
            "published/report.html": REPORT,
            "published/transcript.vtt": b"WEBVTT\n",
            "manifest.json": json.dumps({"files": []}).encode(),
        }
        for key, body in documents.items():
            self.store(job, key, body)


TOPIC = Topic(
    id="t1",
    title="Start",
    summary="It starts.",
    start=1.0,
    duration=6.0,
    first_segment=0,
    last_segment=1,
)
