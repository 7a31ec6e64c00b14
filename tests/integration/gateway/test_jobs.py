"""Jobs over HTTP, as a front end uses them."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from multitrack.api.reasons import Phase
from tests.integration.gateway.running import running_gateway
from tests.integration.gateway.world import OWNER, READER, STRANGER, World
from tests.unit.gateway.jobs import DONE, FAILED, RUNS, a_version


def problem(answer: httpx.Response) -> str:
    """The sentence of an answer that has to be a problem."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    body = answer.json()
    assert body["status"] == answer.status_code
    return str(body["detail"])


def test_a_job_is_made_read_listed_and_deleted(olga: httpx.Client, world: World) -> None:
    spec = {"source": {"s3": {"prefix": "standup/"}}, "title": "Monday standup"}
    made = olga.post("/v1/jobs", json={"name": "standup", "labels": {"team": "a"}, "spec": spec})
    assert made.status_code == 201, made.text
    assert made.json()["title"] == "Monday standup"
    assert olga.get("/v1/jobs/standup").json() == made.json()
    listed = olga.get("/v1/jobs", params={"labelSelector": "team=a"}).json()
    assert [job["name"] for job in listed["items"]] == ["standup"]
    assert olga.delete("/v1/jobs/standup").status_code == 204
    assert world.kubernetes.all("recordingjobs") == []


def test_a_job_without_a_name_gets_one(olga: httpx.Client) -> None:
    spec = {"source": {"s3": {"prefix": "standup/"}}}
    name = olga.post("/v1/jobs", json={"spec": spec}).json()["name"]
    assert name.startswith("recording-")


def test_the_same_name_again_makes_nothing(olga: httpx.Client, world: World) -> None:
    world.apply("standup")
    spec = {"source": {"s3": {"prefix": "other/"}}}
    answer = olga.post("/v1/jobs", json={"name": "standup", "spec": spec})
    assert answer.status_code == 409
    assert "standup" in problem(answer)
    assert world.spec()["source"]["s3"]["prefix"] == "standup/"


def test_a_misspelt_field_is_refused_by_name(olga: httpx.Client) -> None:
    spec = {"source": {"s3": {"prefix": "standup/"}}, "titel": "x"}
    answer = olga.post("/v1/jobs", json={"spec": spec})
    assert answer.status_code == 422
    assert "titel" in problem(answer)


def test_jobs_come_in_pages_and_by_phase(olga: httpx.Client, world: World) -> None:
    for number in range(5):
        world.apply(f"job-{number}")
    world.report(a_version(1, {"pad-track": RUNS}), "job-3")
    names, after, pages = [], "", 0
    while True:
        page = olga.get("/v1/jobs", params={"limit": 2, "continue": after}).json()
        names += [job["name"] for job in page["items"]]
        pages, after = pages + 1, page["continue"]
        if not after:
            break
    assert (names, pages) == ([f"job-{number}" for number in range(5)], 3)
    running = olga.get("/v1/jobs", params={"phase": "Running"}).json()["items"]
    assert [job["name"] for job in running] == ["job-3"]


def test_what_has_not_changed_is_not_sent_again(olga: httpx.Client, world: World) -> None:
    world.apply()
    paths = ("/v1/jobs", "/v1/jobs/standup", "/v1/jobs/standup/steps")
    for number, path in enumerate(paths, start=1):
        tag = olga.get(path).headers["etag"]
        again = olga.get(path, headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b""), path
        world.report(a_version(1, {"pad-track": RUNS}, duration=float(number)))
        assert olga.get(path, headers={"If-None-Match": tag}).status_code == 200, path


def test_steps_say_times_retries_and_errors(olga: httpx.Client, world: World) -> None:
    world.apply()
    before = olga.get("/v1/jobs/standup/steps").json()
    assert {step["phase"] for step in before["steps"]} == {"Pending"}
    world.report(a_version(1, {"get-recording": DONE, "pad-track": FAILED}, phase=Phase.FAILED))
    steps = {step["name"]: step for step in olga.get("/v1/jobs/standup/steps").json()["steps"]}
    assert steps["get-recording"]["startTime"] == "2026-03-14T12:00:00Z"
    assert steps["pad-track"]["phase"] == "Failed"


@pytest.mark.parametrize(
    ("token", "method", "path", "want"),
    [
        (None, "GET", "/v1/jobs", 401),
        ("made-up", "GET", "/v1/jobs", 401),
        (STRANGER, "GET", "/v1/jobs", 403),
        (STRANGER, "GET", "/v1/jobs/standup/files", 403),
        (READER, "GET", "/v1/jobs/standup", 200),
        (READER, "POST", "/v1/jobs/standup/process", 403),
        (READER, "POST", "/v1/jobs/standup/deliver", 403),
        (READER, "POST", "/v1/jobs/standup/cancel", 403),
        (READER, "POST", "/v1/jobs/standup/consent", 403),
        (READER, "DELETE", "/v1/jobs/standup", 403),
        (OWNER, "GET", "/v1/jobs/nothing", 404),
        (OWNER, "GET", "/v1/jobs?namespace=elsewhere", 404),
    ],
)
def test_the_cluster_says_who_may(
    gateway: str, world: World, token: str | None, method: str, path: str, want: int
) -> None:
    world.apply()
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    body = None
    if method == "POST":
        body = {"consent_given": True} if path.endswith("consent") else {}
    answer = httpx.request(method, gateway + path, headers=headers, json=body)
    assert answer.status_code == want, answer.text
    if want == 401:
        assert answer.headers["www-authenticate"] == "Bearer"
    if want >= 400:
        assert problem(answer)
        assert "token-of" not in answer.text


def test_one_asks_what_one_may(gateway: str) -> None:
    told = httpx.get(f"{gateway}/v1/me", headers={"Authorization": f"Bearer {READER}"}).json()
    assert told == {
        "name": "ron",
        "anonymous": False,
        "namespaces": [{"name": "meetings", "verbs": ["get", "list"]}],
    }


def test_a_failed_job_runs_again_once_however_often_it_is_asked(
    olga: httpx.Client, world: World
) -> None:
    world.apply()
    failed = a_version(1, {"pad-track": FAILED}, phase=Phase.FAILED)
    world.kubernetes.merge(
        "recordingjobs",
        "standup",
        {"status": {**failed.status.to_patch(), "attempt": 1}},
        "meetings",
    )
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(olga.post, "/v1/jobs/standup/process", json={}) for _ in range(8)]
        codes = sorted(each.result().status_code for each in asked)
    assert codes == [202, *[409] * 7]
    assert world.spec()["attempt"] == 2


def test_process_keeps_to_the_legacy_rules(olga: httpx.Client, world: World) -> None:
    def attempt(phase: Phase, made: int = 1, *, force: bool = False) -> httpx.Response:
        status = {**a_version(1, phase=phase).status.to_patch(), "attempt": made}
        world.kubernetes.merge("recordingjobs", "standup", {"status": status}, "meetings")
        return olga.post("/v1/jobs/standup/process", json={"force": force})

    world.apply()
    assert "not ready" in problem(attempt(Phase.PENDING, made=0))
    assert "runs already" in problem(attempt(Phase.RUNNING))
    assert "idle" in problem(attempt(Phase.SUSPENDED))
    forced = attempt(Phase.RUNNING, force=True)
    assert (forced.status_code, forced.json()["spec"]["attempt"]) == (202, 2)
    assert forced.json()["spec"]["force"] is True
    assert attempt(Phase.SUCCEEDED, made=2).json()["spec"]["attempt"] == 3
    assert attempt(Phase.CANCELLED, made=3).json()["spec"]["attempt"] == 4


def test_a_job_is_cancelled_for_good(olga: httpx.Client, world: World) -> None:
    world.apply()
    world.report(a_version(1, {"pad-track": RUNS}))
    for _ in range(2):
        assert olga.post("/v1/jobs/standup/cancel").status_code == 202
    assert world.spec()["cancel"] is True
    assert "cancelled for good" in problem(olga.post("/v1/jobs/standup/process", json={}))


def test_a_job_waits_and_goes_on(olga: httpx.Client, world: World) -> None:
    world.apply()
    assert olga.post("/v1/jobs/standup/suspend").json()["spec"]["suspend"] is True
    assert olga.post("/v1/jobs/standup/resume").json()["spec"]["suspend"] is False
    status = {**a_version(1, phase=Phase.SUCCEEDED).status.to_patch(), "attempt": 1}
    world.kubernetes.merge("recordingjobs", "standup", {"status": status}, "meetings")
    assert "has ended already" in problem(olga.post("/v1/jobs/standup/suspend"))


def test_a_cluster_that_is_away_is_said_so_with_when_to_come_back(
    olga: httpx.Client, world: World
) -> None:
    world.apply()
    olga.get("/v1/jobs/standup")
    world.kubernetes.refuse(status=503, resource="recordingjobs")
    answer = olga.get("/v1/jobs/standup")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert problem(answer)
    world.kubernetes.heal()
    assert olga.get("/v1/jobs/standup").status_code == 200


def test_a_static_token_opens_everything_and_nothing_else_does(world: World) -> None:
    world.apply()
    with running_gateway(token="s3cret", authentication="token") as url:  # noqa: S106 - a test's
        right = httpx.get(f"{url}/v1/jobs", headers={"Authorization": "Bearer s3cret"})
        wrong = [
            httpx.get(f"{url}/v1/jobs", headers=headers)
            for headers in ({}, {"Authorization": "Bearer other"}, {"Authorization": "Basic x"})
        ]
    assert right.status_code == 200
    assert {answer.status_code for answer in wrong} == {401}


def test_without_a_static_token_nothing_opens(world: World) -> None:
    world.apply()
    with running_gateway(authentication="token") as url:
        answer = httpx.get(f"{url}/v1/jobs", headers={"Authorization": "Bearer x"})
    assert answer.status_code == 401


def test_where_nobody_signs_in_other_sites_cannot_use_a_persons_browser(world: World) -> None:
    world.apply()
    with running_gateway(authentication="none") as url:
        path = f"{url}/v1/jobs/standup/cancel"
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
            answer = httpx.post(path, headers=headers)
            assert answer.status_code == 403
            assert "another site" in problem(answer)
        assert not world.spec().get("cancel")
        assert httpx.post(path, headers={"Origin": url}).status_code == 202


def test_an_unknown_address_is_a_problem_too(olga: httpx.Client) -> None:
    assert "nothing here" in problem(olga.get("/v2/jobs"))
    assert problem(olga.put("/v1/jobs"))


def test_results_are_delivered_again_once_however_often_it_is_asked(
    olga: httpx.Client, world: World
) -> None:
    world.apply()
    assert "nothing is published yet" in problem(olga.post("/v1/jobs/standup/deliver"))
    done = a_version(1, {"finalize": DONE}, phase=Phase.SUCCEEDED, is_ready=True)
    first = {"number": 1, "startTime": "2026-03-14T12:00:00Z"}
    status = {**done.status.to_patch(), "attempt": 1, "delivery": first}
    world.kubernetes.merge("recordingjobs", "standup", {"status": status}, "meetings")
    codes = [olga.post("/v1/jobs/standup/deliver").status_code for _ in range(3)]
    assert codes == [202, 202, 202]
    assert world.spec()["deliveryAttempt"] == 2


def test_a_shadow_run_delivers_nothing_when_asked(olga: httpx.Client, world: World) -> None:
    world.apply(shadow=True)
    assert "shadow run" in problem(olga.post("/v1/jobs/standup/deliver"))
