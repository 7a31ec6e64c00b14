/** The list of jobs. */

import { get } from "./api.js";
import { stepName } from "./dag.js";
import { ago, announce, badge, fill, length, make, meter } from "./dom.js";

const PAGE = 50;
const PHASES = ["Pending", "Running", "Suspended", "Succeeded", "Failed", "Cancelled", "Skipped"];
const SHOWN = { Pending: "Waiting", Succeeded: "Finished" };

/**
 * Shows a namespace's jobs and keeps them up to date.
 * @param {HTMLElement} view Where.
 * @param {{namespace: string, phase: string, text: string}} wanted From the address.
 * @param {{go: Function, remember: Function, refresh: Function, problem: Function}} app The page.
 * @returns {() => void} Stops.
 */
export function showJobs(view, wanted, app) {
  document.title = "Multitrack";
  let pages = 1;
  const text = make("input", {
    type: "search", id: "text", placeholder: "Title or name", value: wanted.text, autocomplete: "off",
    input: () => change(),
  });
  const phase = make("select", { id: "phase", change: () => change() },
    make("option", { value: "" }, "All"),
    PHASES.map((each) => make("option", { value: each, selected: each === wanted.phase }, SHOWN[each] ?? each)));
  const count = make("p.quiet.count", {});
  const list = make("ul.jobs", { "aria-label": "Jobs" });
  const more = make("button", { type: "button", hidden: true, click: () => { pages += 1; app.refresh(); } }, "Show more");
  view.replaceChildren(
    make("div.head", {},
      make("h1", {}, "Recordings"),
      make("form.filters", { role: "search", submit: (event) => event.preventDefault() },
        make("label", {}, "Find ", text),
        make("label", {}, "State ", phase))),
    count, list, more);

  let loaded = [];

  function change() {
    app.remember({ phase: phase.value, text: text.value });
    wanted.phase = phase.value;
    draw();
    app.refresh();
  }

  function draw() {
    const found = loaded.filter((job) => matches(job, text.value.trim().toLowerCase(), phase.value));
    fill(list, found.map((job) => row(job, app)));
    const filtered = text.value || phase.value;
    count.textContent = found.length || !filtered
      ? `${found.length} ${found.length === 1 ? "job" : "jobs"}${more.hidden ? "" : " so far"}`
      : "Nothing matches.";
    if (!loaded.length && !filtered) {
      fill(list, make("li.empty", {}, make("p", {}, "No recordings yet."),
        make("p.quiet", {}, "One appears when Daily says that a recording is ready, or with ",
          make("code", {}, "multitrack submit s3://bucket/prefix/"), ".")));
      count.textContent = "";
    }
    announce(count.textContent);
  }

  async function load(signal) {
    const found = [];
    let after = "";
    for (let page = 0; page < pages; page += 1) {
      const query = new URLSearchParams({ namespace: wanted.namespace, limit: PAGE });
      if (wanted.phase) query.set("phase", wanted.phase);
      if (after) query.set("continue", after);
      const answer = await get(`v1/jobs?${query}`, { signal });
      found.push(...answer.items);
      after = answer.continue;
      if (!after) break;
    }
    more.hidden = !after;
    loaded = found.sort((one, other) => other.created.localeCompare(one.created) || one.name.localeCompare(other.name));
    draw();
  }

  return app.keepFresh(load, 3000);
}

function matches(job, text, phase) {
  const words = [job.name, job.title, job.status.step ?? ""].join(" ").toLowerCase();
  return (!phase || job.status.phase === phase) && (!text || words.includes(text));
}

function row(job, app) {
  const { status } = job;
  const [done, total] = (status.progress ?? "0/0").split("/").map(Number);
  const runs = status.phase === "Running" || status.phase === "Suspended";
  const seconds = status.recording?.durationSeconds;
  const facts = [seconds && length(seconds), status.recording?.tracks && `${status.recording.tracks} tracks`].filter(Boolean);
  return make("li", {},
    make("a.job", { href: app.address(job), "data-link": "", "data-key": job.name },
      make("span.title", {}, job.title || job.name),
      make("span.quiet.facts", {}, [job.title && job.name, ...facts].filter(Boolean).join(" · ")),
      make("span.state", {}, badge(status.phase),
        runs && total > 0 && meter((100 * done) / total, `${done} of ${total} done`),
        make("span.quiet.now", {}, status.failure ? status.failure.message : runs && status.step ? status.step.split(", ").map(stepName).join(", ") : "")),
      make("span.quiet.age", {}, ago(job.created))));
}
