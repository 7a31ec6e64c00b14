/** The steps of a job, level by level, with lines from each to what waits for it. */

import { length, make, meter } from "./dom.js";

const MARK = { queued: "○", running: "▸", completed: "✓", failed: "✕", cancelled: "–" };
const WORD = { queued: "waits", running: "runs", completed: "done", failed: "failed", cancelled: "not run" };
const SVG = "http://www.w3.org/2000/svg";
const NAMES = {
  get_recording: "Get the recording", get_participants: "Get the participants", pad_track: "Align tracks",
  transcribe_track: "Transcribe tracks", diarize_track: "Tell voices apart", mixdown_tracks: "Mix the sound",
  generate_waveform: "Measure the waveform", merge_transcripts: "Merge transcripts", detect_topics: "Find topics",
  generate_title: "Choose a title", generate_summary: "Summarise", extract_action_items: "Find action items",
  finalize: "Publish", render_report: "Render the report", cleanup_consent: "Honour consent",
  post_zulip: "Post to Zulip", send_webhook: "Send the webhook", screen_tracks: "Listen for several voices",
};

export const stepName = (name) => NAMES[name.replaceAll("-", "_")] ?? name.replaceAll("_", " ");

/** Tasks by level: each stands below all that it waits for. */
export function levels(tasks) {
  const known = new Map(tasks.map((task) => [task.name, task]));
  const depth = new Map();
  const depthOf = (name) => {
    if (!depth.has(name)) {
      depth.set(name, 0);
      const parents = known.get(name).parents.filter((parent) => known.has(parent));
      depth.set(name, parents.length ? 1 + Math.max(...parents.map(depthOf)) : 0);
    }
    return depth.get(name);
  };
  const rows = [];
  for (const task of tasks) (rows[depthOf(task.name)] ??= []).push(task);
  return sideBySide(rows);
}

/** Puts each task below its parents, so that lines cross as little as they need to. */
function sideBySide(rows) {
  const place = new Map();
  return rows.map((row) => {
    const above = (task) => {
      const known = task.parents.filter((parent) => place.has(parent)).map((parent) => place.get(parent));
      return known.length ? known.reduce((sum, each) => sum + each, 0) / known.length : 0;
    };
    const sorted = row.map((task) => ({ task, at: above(task) })).sort((one, other) => one.at - other.at);
    sorted.forEach(({ task }, index) => place.set(task.name, (index + 0.5) / sorted.length));
    return sorted.map(({ task }) => task);
  });
}

/** The whole picture. */
export function dag(tasks) {
  const rows = levels(tasks);
  return [
    make("ol.levels", { "aria-label": "Steps" },
      rows.map((row) => make("li", {}, make("ul.level", {}, row.map(step))))),
  ];
}

function step(task) {
  const running = task.status === "running" || (task.status === "queued" && task.children_completed);
  const facts = [
    task.children_total > 1 && `${task.children_completed} of ${task.children_total} tracks`,
    task.duration_seconds !== null && length(task.duration_seconds),
    task.retries > 0 && `${task.retries} ${task.retries === 1 ? "retry" : "retries"}`,
  ].filter(Boolean);
  const note = task.error ?? task.waits_for;
  return make(`li.step.${task.status}`, { "data-step": task.name },
    make("p.step-name", {},
      make("span.mark", { "aria-hidden": "true" }, MARK[task.status]),
      make("span", {}, stepName(task.name)),
      make("span.unseen", {}, `, ${WORD[task.status]}`)),
    facts.length > 0 && make("p.quiet.step-facts", {}, facts.join(" · ")),
    running && task.progress_pct !== null && !task.tracks.length && meter(task.progress_pct, stepName(task.name)),
    task.tracks.length > 0 && make("ul.tracks", {}, task.tracks.map(track)),
    note && make(`p.${task.error ? "problem" : "quiet"}.note`, {}, note));
}

function track(each) {
  const percent = each.progress_pct ?? 0;
  const name = each.name || `Track ${each.index + 1}`;
  return make(`li.track.${each.status}`, {},
    make("span.track-name", {}, name),
    meter(percent, `${name}: ${WORD[each.status]}`),
    make("span.quiet.percent", {}, each.status === "failed" ? "failed" : each.status === "queued" ? "waits"
      : each.status === "completed" ? "done" : `${percent} %`));
}

/** Draws the lines behind the steps; they carry no meaning that the levels do not have. */
export function connect(place, tasks) {
  place.querySelector("svg")?.remove();
  const frame = place.getBoundingClientRect();
  if (!frame.width) return;
  const lines = document.createElementNS(SVG, "svg");
  lines.setAttribute("aria-hidden", "true");
  lines.setAttribute("class", "lines");
  lines.setAttribute("width", frame.width);
  lines.setAttribute("height", frame.height);
  const box = (name) => place.querySelector(`[data-step="${CSS.escape(name)}"]`)?.getBoundingClientRect();
  const rows = levels(tasks).map((row) => row.map((task) => task.name));
  const level = (name) => rows.findIndex((row) => row.includes(name));
  for (const task of tasks) {
    for (const parent of task.parents) {
      // A line past other levels would run behind their boxes; the next level says the same.
      if (level(task.name) - level(parent) !== 1) continue;
      const [from, to] = [box(parent), box(task.name)];
      if (!from || !to || to.top <= from.bottom) continue;
      const [x1, y1] = [from.left + from.width / 2 - frame.left, from.bottom - frame.top];
      const [x2, y2] = [to.left + to.width / 2 - frame.left, to.top - frame.top];
      const middle = (y1 + y2) / 2;
      const line = document.createElementNS(SVG, "path");
      line.setAttribute("d", `M${x1} ${y1} C${x1} ${middle} ${x2} ${middle} ${x2} ${y2}`);
      line.setAttribute("class", task.status === "queued" ? "line" : "line taken");
      lines.append(line);
    }
  }
  place.prepend(lines);
}
