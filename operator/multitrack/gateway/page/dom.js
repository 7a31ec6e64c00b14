/** Builds elements. Text is only ever text: nothing that came from elsewhere is parsed as HTML. */

export const $ = (id) => document.getElementById(id);

/**
 * An element.
 * @param {string} tag Name, with classes: "li.step.failed".
 * @param {object} attributes Attributes; a function is a listener, false and null are left out.
 * @param {...(Node|string|null|false|Array)} children What is in it.
 */
export function make(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = document.createElement(name);
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(key, value);
    else if (value === true) element.setAttribute(key, "");
    else element.setAttribute(key, value);
  }
  element.append(...children.flat(3).filter((child) => child || child === 0));
  return element;
}

/** Replaces an element's content where it differs, so that focus and selection survive a refresh. */
export function fill(element, ...children) {
  const fresh = make("div", {}, ...children);
  if (element.innerHTML === fresh.innerHTML) return;
  const focused = document.activeElement?.closest("[data-key]");
  const key = focused && element.contains(focused) ? focused.dataset.key : null;
  element.replaceChildren(...fresh.childNodes);
  if (key) element.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
}

/** Tells a screen reader what has changed. */
export function announce(text) {
  const place = $("announcement");
  if (place.textContent !== text) place.textContent = text;
}

/** 0:45, 12:03, 1:02:03. */
export function length(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** "3 minutes ago", in a <time> that says exactly when. */
export function ago(moment) {
  const date = new Date(moment);
  const seconds = (Date.now() - date.getTime()) / 1000;
  const units = [["day", 86400], ["hour", 3600], ["minute", 60]];
  const [unit, size] = units.find(([, size]) => seconds >= size) ?? ["second", 1];
  const count = Math.floor(seconds / size);
  const text = unit === "second" ? "just now" : `${count} ${unit}${count === 1 ? "" : "s"} ago`;
  return make("time", { datetime: moment, title: date.toLocaleString() }, text);
}

const WORDS = {
  Pending: "Waiting", Running: "Running", Suspended: "Suspended", Succeeded: "Finished", Failed: "Failed",
  Cancelled: "Cancelled", Skipped: "Skipped",
};

/** A job's phase as a coloured word. */
export const badge = (phase) => make(`span.badge.${phase.toLowerCase()}`, {}, WORDS[phase] ?? phase);

/** A bar with its percentage for everybody. */
export function meter(percent, label) {
  const value = Math.round(percent);
  const bar = make("progress", { max: 100, value, "aria-label": label });
  return bar;
}
