/** One job: how far it is, what it made, and what may be done with it. */

import { heading, inWords, outcomes, rows } from "./afterwards.js";
import { follow, get, post } from "./api.js";
import { connect, dag, stepName } from "./dag.js";
import { $, ago, announce, badge, fill, length, make } from "./dom.js";

const LINK_RENEWAL = 45 * 60 * 1000;
const SHOWN_ELSEWHERE = ["report.html", "manifest.json", "waveform.json", "comparison.html", "comparison.json"];

/**
 * Shows a job and keeps it up to date.
 * @param {HTMLElement} view Where.
 * @param {{namespace: string, name: string}} wanted From the address.
 * @param {object} app The page.
 * @returns {() => void} Stops.
 */
export function showJob(view, wanted, app) {
  const path = `v1/jobs/${encodeURIComponent(wanted.name)}`;
  const query = `namespace=${encodeURIComponent(wanted.namespace)}`;
  const head = make("div.head", {});
  const notice = make("div", {});
  const afterwards = make("section.afterwards", { hidden: true, "aria-labelledby": "afterwards-title" });
  const steps = make("div.dag", {});
  const meeting = make("section.meeting", { hidden: true, "aria-labelledby": "meeting-title" });
  view.replaceChildren(
    make("p.back", {}, make("a", { href: app.listAddress(wanted.namespace), "data-link": "" }, "← All recordings")),
    head, notice, afterwards, meeting,
    make("section", { "aria-labelledby": "steps-title" }, make("h2", { id: "steps-title" }, "Steps"), steps));

  let job = null;
  let tasks = [];
  let shownMeeting = null;
  let links = null;
  let linked = 0;

  function drawSteps() {
    fill(steps, dag(tasks));
    connect(steps, tasks);
  }

  function drawJob() {
    const title = job.title || job.name;
    document.title = `${title} · Multitrack`;
    const { status } = job;
    const seconds = status.recording?.durationSeconds;
    fill(head,
      make("h1", {}, title),
      make("p.facts.quiet", {}, [
        badge(status.phase),
        job.title && make("span", {}, job.name),
        make("span", {}, "created ", ago(job.created)),
        seconds && make("span", {}, `${length(seconds)} long`),
        status.recording?.tracks && make("span", {}, `${status.recording.tracks} tracks`),
        job.spec.attempt > 1 && make("span", {}, `attempt ${job.spec.attempt}`),
        status.workflowRef?.url && !status.workflowRef.deleted
          && make("a", { href: status.workflowRef.url, target: "_blank", rel: "noreferrer", "data-key": "argo" }, "Open in Argo"),
      ].filter(Boolean)),
      make("div.buttons", {}, actions()));
    fill(notice, failure(status));
    const told = outcomes(status);
    const state = `${title}: ${status.phase}${status.step ? `, ${status.step}` : ""}`;
    announce([state, inWords(told)].filter(Boolean).join("; "));
    drawAfterwards(told);
  }

  function drawAfterwards(told) {
    afterwards.hidden = !told.length;
    const page = links && address("comparison.html");
    fill(afterwards, told.length && [make("h2", { id: "afterwards-title" }, heading(told)), rows(told, page, renewed)]);
  }

  function failure(status) {
    const { failure: failed } = status;
    const degraded = status.conditions?.find((each) => each.type === "Degraded" && each.status === "True");
    const waiting = status.conditions?.find((each) => each.type === "WorkflowCreated" && each.status === "False");
    return [
      failed && make("div.notice.bad", {},
        make("p", {}, make("strong", {}, `${stepName(failed.step)} failed${failed.track ? ` for ${failed.track}` : ""}.`), ` ${failed.message}`),
        failed.logsURL && make("p", {}, make("a", { href: failed.logsURL, target: "_blank", rel: "noreferrer", "data-key": "log" }, "Read its log in Argo"))),
      !failed && waiting && make("div.notice", {}, waiting.message),
      degraded && make("div.notice", {}, make("strong", {}, "The result lacks something. "), degraded.message),
    ];
  }

  function actions() {
    const { phase } = job.status;
    const over = ["Succeeded", "Failed", "Cancelled", "Skipped"].includes(phase);
    if (!app.may(wanted.namespace, "update")) return [];
    const button = (key, label, act, kind = "") =>
      make(`button${kind}`, { type: "button", "data-key": key, click: () => perform(act) }, label);
    return [
      over && !job.spec.cancel && button("process", phase === "Failed" ? "Try again" : "Run again",
        () => post(`${path}/process?${query}`, { force: false }), phase === "Failed" ? ".primary" : ""),
      !over && phase !== "Suspended" && button("suspend", "Suspend", () => post(`${path}/suspend?${query}`)),
      !over && phase === "Suspended" && button("resume", "Resume", () => post(`${path}/resume?${query}`), ".primary"),
      !over && button("restart", "Start anew", () => app.confirm("Stop this run and start anew?",
        "What runs is stopped. Finished transcription is taken over.", "Start anew")
        .then((yes) => yes && post(`${path}/process?${query}`, { force: true }))),
      !over && !job.spec.cancel && button("cancel", "Cancel", () => app.confirm("Cancel this job?",
        "It stops for good; what was computed is kept.", "Cancel the job")
        .then((yes) => yes && post(`${path}/cancel?${query}`))),
    ];
  }

  async function perform(act) {
    for (const each of head.querySelectorAll("button")) each.disabled = true;
    try {
      if (await act() === false) return;
      await load();
    } catch (error) {
      app.problem(error);
    } finally {
      for (const each of head.querySelectorAll("button")) each.disabled = false;
    }
  }

  async function drawMeeting() {
    const { artifacts, conditions } = job.status;
    const ready = conditions?.some((each) => each.type === "TranscriptReady" && each.status === "True");
    const state = ready ? `${job.uid} ${job.status.workflowRef?.uid} ${artifacts?.report ?? ""} ${artifacts?.mixdown ?? ""}` : null;
    if (state === shownMeeting) return;
    shownMeeting = state;
    meeting.hidden = !ready;
    if (!ready) return;
    const told = await get(`${path}/files?${query}`);
    await makeLinks();
    drawAfterwards(outcomes(job.status));
    const has = (name) => told.files.some((file) => file.name === name);
    const named = told.files.filter((file) => !SHOWN_ELSEWHERE.includes(file.name));
    fill(meeting,
      make("div.meeting-head", {},
        make("h2", { id: "meeting-title" }, "The meeting"),
        make("p", {},
          has("report.html") && make("a.strong", { href: address("report.html"), target: "_blank", rel: "noopener", "data-key": "report", click: renewed }, "Open the report"),
          named.map((file) => make("a", { href: address(file.name), download: `${job.name}-${file.name}`, "data-key": file.name, click: renewed }, file.name)))),
      has("report.html") && make("iframe", { src: address("report.html"), title: "Report of the meeting", sandbox: "allow-scripts allow-popups", loading: "lazy" }));
  }

  /** A link lives for an hour; a page that stays open longer asks for another. */
  async function renewed(event) {
    if (Date.now() - linked < LINK_RENEWAL) return;
    event.preventDefault();
    const { target } = event;
    const old = links.path;
    await makeLinks();
    for (const link of view.querySelectorAll("a")) link.href = link.href.replace(old, links.path);
    target.click();
  }

  async function makeLinks() {
    links = await post(`${path}/links?${query}`);
    linked = Date.now();
  }

  const address = (name) => new URL(`${links.path.replace(/^\//, "")}${name}`, document.baseURI).href;

  async function load(signal) {
    job = await get(`${path}?${query}`, { signal });
    drawJob();
    await drawMeeting();
  }

  let again = 0;
  const soon = () => {
    clearTimeout(again);
    again = setTimeout(() => app.refresh(), 150);
  };

  function onEvent({ event, data }) {
    if (event === "DAG_STATUS") {
      tasks = data.tasks;
      drawSteps();
      soon();
    } else if (event === "DAG_TASK_PROGRESS") {
      const task = tasks.find((each) => each.name === data.task_name);
      if (task) Object.assign(task, { progress_pct: data.progress_pct, tracks: data.tracks });
      drawSteps();
    } else {
      soon();
    }
  }

  function onState(state) {
    const shown = $("connection");
    shown.hidden = state === "open";
    if (state === 4404) shown.textContent = "This job was deleted.";
    else if (state === 4401 || state === 4403) app.problem({ status: state - 4000, message: "You are not signed in." });
    else if (state !== "open") shown.textContent = "The connection is lost; trying again.";
  }

  const stopFollowing = follow(`${path}/events?${query}`, onEvent, onState);
  const stopLoading = app.keepFresh(load, 15000);
  const redraw = new ResizeObserver(() => connect(steps, tasks));
  redraw.observe(steps);
  return () => {
    clearTimeout(again);
    stopFollowing();
    stopLoading();
    redraw.disconnect();
    $("connection").hidden = true;
  };
}
