/** What became of a job's results and of its audio: who was told, whether the sound is gone, how it compares. */

import { ago, make } from "./dom.js";

const MARK = { done: "✓", failed: "✕", running: "▸", waits: "○", differs: "≠", kept: "–" };
const TARGETS = { zulip: "Zulip", webhook: "Webhook" };
const DELIVERY = {
  Delivered: ["done", "delivered"], Delivering: ["running", "not delivered yet"], Failed: ["failed", "not delivered"],
};
const NOT_BEGUN = {
  DeliveryCannotStart: ["failed", "cannot begin"], Delivering: ["running", "not delivered yet"], DeliveryDisabled: ["kept", "none"],
};
const AUDIO = {
  NotNeeded: ["kept", "kept"], NobodyDenies: ["kept", "kept"], Enforced: ["done", "deleted"],
  WaitingForEnd: ["waits", "kept for now"], WaitingForRetry: ["waits", "kept for now"], Deleting: ["running", "being deleted"],
  Refused: ["failed", "not deleted"], Unverified: ["failed", "not deleted yet"], VotesUnknown: ["failed", "consent not known"],
};
const VERDICT = { alike: ["done", "alike"], different: ["differs", "different"], incomplete: ["waits", "incomplete"] };
const COMPARED = { Comparing: ["running", "not compared yet"], ComparisonFailed: ["failed", "failed"] };

/**
 * What there is to say; nothing as long as nothing has to happen.
 * @param {object} status Of the job.
 * @returns {Array<{about: string, name: string, tone: string, word: string, text: ?string, at: ?string, argo: ?string, page: boolean}>}
 */
export function outcomes(status) {
  const said = (type) => status.conditions?.find((each) => each.type === type);
  return [...delivery(status, said("Delivered")), ...audio(status, said("ConsentEnforced")), ...comparison(status, said("Compared"))];
}

/** The same in a few words, for a screen reader. */
export const inWords = (told) => told.map(({ name, word }) => `${name}: ${word}`).join(", ");

/** "Delivery and audio": what the rows are about. */
export function heading(told) {
  const about = [...new Set(told.map((each) => each.about))];
  const text = [about.slice(0, -1).join(", "), about.at(-1)].filter(Boolean).join(" and ").toLowerCase();
  return sentence(text);
}

/**
 * A row for each.
 * @param {Array} told As `outcomes` has it.
 * @param {?string} page Address of the comparison, once it can be opened.
 * @param {Function} opened Called when somebody follows it.
 */
export function rows(told, page, opened) {
  return make("ul.outcomes", {}, told.map((each) => make(`li.outcome.${each.tone}`, { "data-about": each.name },
    make("p.step-name", {},
      make("span.mark", { "aria-hidden": "true" }, MARK[each.tone]),
      make("span", {}, each.name, ": ", each.word),
      each.at && make("span.quiet.when", {}, ago(each.at))),
    each.text && make(`p.${each.tone === "failed" ? "problem" : "quiet"}.note`, {}, sentence(each.text)),
    (each.argo || (each.page && page)) && make("p.note.more", {},
      each.page && page && make("a", { href: page, target: "_blank", rel: "noopener", "data-key": "comparison", click: opened }, "Open the comparison"),
      each.argo && make("a", { href: each.argo, target: "_blank", rel: "noreferrer", "data-key": `argo-${each.name}` },
        "Open in Argo", make("span.unseen", {}, `(${each.name})`))))));
}

function delivery(status, condition) {
  const known = status.delivery;
  if (known?.targets?.length) {
    return known.targets.map((target) => {
      const [tone, word] = DELIVERY[target.phase] ?? ["waits", target.phase];
      const tries = target.tries > 1 ? `${target.tries} tries` : "";
      const text = [target.message, tries && (target.message ? `(${tries})` : tries)].filter(Boolean).join(" ");
      return {
        about: "Delivery", name: TARGETS[target.name] ?? target.name, tone, word, text, at: target.deliveredAt,
        argo: tone === "done" ? null : inArgo(known),
      };
    });
  }
  const [tone, word] = NOT_BEGUN[condition?.reason] ?? [];
  return tone ? [{ about: "Delivery", name: "Delivery", tone, word, text: condition.message }] : [];
}

function audio(status, condition) {
  if (!condition) return [];
  let [tone, word] = AUDIO[condition.reason] ?? ["waits", condition.reason];
  if (status.audioDeleted === true) [tone, word] = AUDIO.Enforced;
  return [{ about: "Audio", name: "Audio", tone, word, text: condition.message }];
}

function comparison(status, condition) {
  const known = status.comparison;
  const isOver = condition && condition.status !== "Unknown";
  const [tone, word] = (isOver && VERDICT[known?.verdict]) || COMPARED[condition?.reason] || [];
  if (!tone) return [];
  const text = isOver && known?.verdict ? known.message : condition.message;
  const page = Boolean(isOver && known?.page);
  return [{ about: "Comparison", name: "Comparison", tone, word, text, page, argo: page ? null : inArgo(known) }];
}

const inArgo = (known) => (known?.workflowRef?.url && !known.workflowRef.deleted ? known.workflowRef.url : null);
/** A capital at the beginning, unless that is an address, a field or the name of something. */
const sentence = (text) => text.replace(/^[a-z]+(?=[ ,]|$)/, (word) => word.charAt(0).toUpperCase() + word.slice(1));
