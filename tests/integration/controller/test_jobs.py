"""From an applied job to its end, against an API server that does what it should."""

from datetime import timedelta

from tests.integration.controller.conftest import NAMESPACE, Start, World, eventually


async def test_applied_job_gets_one_workflow_of_its_own(world: World, start: Start) -> None:
    async with start():
        world.apply(title="Stand-up", language="en")
        await world.explains("WorkflowCreated", "Created")

    job = world.server.find("recordingjobs", "standup", NAMESPACE)
    assert job is not None
    (name,) = world.workflows()
    workflow = world.workflow(name)
    assert name == f"standup-{job['metadata']['uid'][:8]}-1"
    assert workflow["metadata"]["labels"]["multitrack.dev/job-uid"] == job["metadata"]["uid"]
    assert workflow["metadata"]["ownerReferences"][0]["uid"] == job["metadata"]["uid"]
    template = workflow["spec"]["workflowTemplateRef"]["name"]
    assert world.server.find("workflowtemplates", template, NAMESPACE) is not None
    arguments = {
        each["name"]: each["value"] for each in workflow["spec"]["arguments"]["parameters"]
    }
    assert arguments["source"] == '["s3://recordings/standup/"]'
    assert (arguments["title"], arguments["language"]) == ("Stand-up", "en")
    assert job["status"]["workflowRef"]["uid"] == workflow["metadata"]["uid"]


async def test_job_that_was_there_before_the_operator_is_found(world: World, start: Start) -> None:
    world.apply()
    async with start():
        await world.explains("WorkflowCreated", "Created")
    assert len(world.workflows()) == 1


async def test_status_follows_the_workflow_to_a_good_end(world: World, start: Start) -> None:
    async with start() as operator:
        world.apply()
        workflow = await world.has_workflow()
        await world.comes_to("Pending")
        world.argo.start(workflow)
        world.argo.run(workflow, "get-recording", "Running")
        running = await world.comes_to("Running")
        assert running["step"] == "get-recording"
        world.argo.succeed(workflow)
        ended = await world.comes_to("Succeeded")
        await eventually(lambda: operator.metric("multitrack_job_duration_seconds_count") == 1)

    steps = {step["name"]: step for step in ended["steps"]}
    assert (steps["transcribe-track"]["done"], steps["transcribe-track"]["total"]) == (2, 2)
    done, _, total = ended["progress"].partition("/")
    assert done == total
    assert ended["usage"]["cpuSeconds"] == 120
    assert world.reason("Succeeded") == "Completed"
    assert world.reason("TranscriptReady") == "Published"
    assert (
        operator.metric("multitrack_jobs_finished_total", outcome="Succeeded", reason="Completed")
        == 1
    )


async def test_failed_track_is_named_with_its_sentence(world: World, start: Start) -> None:
    async with start(argoUrl="https://argo.example"):
        world.apply()
        workflow = await world.has_workflow()
        world.argo.start(workflow)
        world.argo.run(workflow, "get-participants", "Succeeded")
        world.argo.run(
            workflow,
            "pad-track",
            "Failed",
            track=1,
            exit_code=2,
            message="Error (exit code 2): 1: no decodable audio; upload the track again",
            report={"failure_reason": "TrackUnreadable"},
        )
        world.argo.finish(workflow, "Failed")
        ended = await world.comes_to("Failed")

    assert world.reason("Succeeded") == "TrackUnreadable"
    failure = ended["failure"]
    assert (failure["step"], failure["track"], failure["exitCode"]) == ("pad-track", "Ben", 2)
    assert failure["message"] == "1: no decodable audio; upload the track again"
    assert failure["logsURL"].startswith(f"https://argo.example/workflows/{NAMESPACE}/{workflow}")


async def test_events_tell_each_change_once(world: World, start: Start) -> None:
    async with start():
        world.apply()
        workflow = await world.has_workflow()
        world.argo.start(workflow)
        world.argo.run(workflow, "get-recording", "Running")
        await world.server.until(lambda: ("Normal", "Running") in world.events())
        world.argo.finish(workflow, "Error", "the node is gone")
        await world.server.until(lambda: ("Warning", "WorkflowError") in world.events())

    assert len(world.events()) == len(set(world.events()))
    (event,) = [
        each for each in world.server.all("events", NAMESPACE) if each["reason"] == "WorkflowError"
    ]
    assert event["involvedObject"]["kind"] == "RecordingJob"
    assert event["message"] == "the node is gone"


async def test_status_is_written_only_when_it_says_something_new(
    world: World, start: Start
) -> None:
    async with start() as operator:
        world.apply()
        workflow = await world.has_workflow()
        await world.server.until(lambda: ("Normal", "Queued") in world.events())
        written = world.server.count("patch", "recordingjobs")
        looks = operator.metric("multitrack_reconcile_seconds_count")
        change = {"metadata": {"annotations": {"somebody": "was here"}}}
        world.server.merge("workflows", workflow, change, NAMESPACE)
        world.server.merge("recordingjobs", "standup", change, NAMESPACE)
        await eventually(lambda: operator.metric("multitrack_reconcile_seconds_count") >= looks + 2)
    # One holds the job, one writes its status.
    assert world.server.count("patch", "recordingjobs") == written == 2


async def test_deleted_job_takes_its_workflow_along_and_gets_no_other(
    world: World, start: Start
) -> None:
    async with start():
        world.apply()
        first = await world.has_workflow()
        world.argo.start(first)
        world.server.remove("recordingjobs", "standup", NAMESPACE)
        await world.server.until(lambda: world.workflows() == [])
        world.apply()
        second = await world.has_workflow()
        await world.comes_to("Pending")
    assert second != first
    assert world.server.count("create", "workflows") == 2


async def test_cancel_stops_the_workflow(world: World, start: Start) -> None:
    async with start():
        world.apply()
        workflow = await world.has_workflow()
        world.argo.start(workflow)
        world.change(cancel=True)
        await world.server.until(lambda: world.workflow(workflow)["spec"].get("shutdown") == "Stop")
        world.argo.finish(workflow, "Failed", "Stopped with strategy 'Stop'")
        await world.comes_to("Cancelled")
    assert world.reason("Succeeded") == "Cancelled"


async def test_suspend_and_resume_reach_the_workflow(world: World, start: Start) -> None:
    async with start():
        world.apply(suspend=True)
        workflow = await world.has_workflow()
        assert world.workflow(workflow)["spec"]["suspend"] is True
        await world.comes_to("Suspended")
        world.change(suspend=False)
        await world.server.until(lambda: "suspend" not in world.workflow(workflow)["spec"])
        await world.comes_to("Pending")


async def test_raised_attempt_waits_for_the_one_before(world: World, start: Start) -> None:
    async with start():
        world.apply()
        first = await world.has_workflow()
        world.argo.start(first)
        world.change(attempt=2)
        await world.explains("WorkflowCreated", "WaitingForEarlierAttempt")
        assert world.workflows() == [first]
        world.argo.finish(first, "Failed")
        await world.server.until(lambda: len(world.workflows()) == 2)
        await world.server.until(lambda: world.status().get("attempt") == 2)
    assert world.workflows() == [first, f"{first.removesuffix('-1')}-2"]


async def test_job_is_deleted_when_its_time_is_up(world: World, start: Start) -> None:
    async with start():
        world.apply(ttlSecondsAfterFinished=0)
        workflow = await world.has_workflow()
        world.argo.succeed(workflow)
        await world.server.until(
            lambda: world.server.find("recordingjobs", "standup", NAMESPACE) is None
        )
    assert world.workflows() == []


async def test_workflow_that_argo_forgets_is_woken_once(world: World, start: Start) -> None:
    async with start(wakeAfter=60, resyncInterval=1) as operator:
        world.apply()
        workflow = await world.has_workflow()
        world.argo.start(workflow)
        world.argo.run(workflow, "get-recording", "Succeeded")
        await world.comes_to("Running")
        operator.clock.ahead = timedelta(seconds=61)
        woken = "multitrack.dev/woken-at"
        await world.server.until(
            lambda: woken in world.workflow(workflow)["metadata"]["annotations"]
        )
        await eventually(lambda: operator.metric("multitrack_workflows_woken_total") == 1)
    assert world.server.count("patch", "workflows") == 1


async def test_unused_templates_of_ours_are_collected(world: World, start: Start) -> None:
    ours = {
        "app.kubernetes.io/managed-by": "multitrack",
        "app.kubernetes.io/instance": "multitrack",
        "multitrack.dev/pipeline": "process-recording",
    }
    for name, labels in (
        ("process-recording-unused", ours),
        ("process-recording-in-use", ours),
        ("of-another-installation", {**ours, "app.kubernetes.io/instance": "another"}),
        ("of-somebody-else", {}),
    ):
        metadata = {"name": name, "namespace": NAMESPACE, "labels": labels}
        world.server.put({"kind": "WorkflowTemplate", "metadata": metadata, "spec": {}})
    used = {
        "kind": "Workflow",
        "metadata": {
            "name": "still-running",
            "namespace": NAMESPACE,
            "labels": {"multitrack.dev/job-uid": "another"},
        },
        "spec": {"workflowTemplateRef": {"name": "process-recording-in-use"}},
    }
    world.server.put(used)
    async with start(resyncInterval=1):
        world.apply()
        await world.comes_to("Pending")
        await world.server.until(
            lambda: (
                world.server.find("workflowtemplates", "process-recording-unused", NAMESPACE)
                is None
            )
        )
    workflow = world.status()["workflowRef"]["name"]
    current = world.workflow(workflow)["spec"]["workflowTemplateRef"]["name"]
    assert {each["metadata"]["name"] for each in world.server.all("workflowtemplates")} == {
        "process-recording-in-use",
        "of-another-installation",
        "of-somebody-else",
        current,
    }


async def test_template_that_somebody_deleted_is_applied_again(world: World, start: Start) -> None:
    async with start(resyncInterval=1):
        world.apply("first")
        workflow = await world.has_workflow()
        name = world.workflow(workflow)["spec"]["workflowTemplateRef"]["name"]
        world.server.remove("workflowtemplates", name, NAMESPACE)
        looked = world.server.count("list", "workflowtemplates")
        await world.server.until(
            lambda: world.server.count("list", "workflowtemplates") >= looked + 2
        )
        world.apply("second")
        await world.comes_to("Pending", "second")
    assert world.server.find("workflowtemplates", name, NAMESPACE) is not None
