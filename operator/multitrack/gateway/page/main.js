/** The page: addresses, signing in, and what every view needs. */

import { get, token } from "./api.js";
import { $, make } from "./dom.js";
import { showJob } from "./job.js";
import { showJobs } from "./jobs.js";

let stop = () => {};
let refresh = () => {};
let me = null;

const app = {
  address: (job) => `?namespace=${encodeURIComponent(job.namespace)}&job=${encodeURIComponent(job.name)}`,
  listAddress: (namespace) => `?namespace=${encodeURIComponent(namespace)}`,
  may: (namespace, verb) => me.namespaces.find((each) => each.name === namespace)?.verbs.includes(verb) ?? false,
  refresh: () => refresh(),

  /** Keeps what the address says about filters, without a new entry in the history. */
  remember(wanted) {
    const query = new URLSearchParams(location.search);
    for (const [key, value] of Object.entries(wanted)) {
      if (value) query.set(key, value);
      else query.delete(key);
    }
    history.replaceState(null, "", `?${query}`);
  },

  /** Loads now, and again every so often while the page is seen; returns what stops it. */
  keepFresh(load, pause) {
    let timer = 0;
    let asking = null;
    const run = async () => {
      clearTimeout(timer);
      asking?.abort();
      asking = new AbortController();
      const { signal } = asking;
      try {
        await load(signal);
        if (!signal.aborted) app.problem(null);
      } catch (error) {
        if (error.name !== "AbortError") app.problem(error);
      }
      if (!signal.aborted && !document.hidden) timer = setTimeout(run, pause);
    };
    const onSeen = () => document.hidden || run();
    document.addEventListener("visibilitychange", onSeen);
    refresh = run;
    run();
    return () => {
      clearTimeout(timer);
      asking?.abort();
      document.removeEventListener("visibilitychange", onSeen);
      refresh = () => {};
    };
  },

  /** Shows what went wrong; null: nothing. Asks for a token where one is needed. */
  problem(error) {
    document.querySelector("#view > .notice.global")?.remove();
    if (!error) return;
    if (error.status === 401) {
      stop();
      stop = () => {};
      signIn(token.get() ? "This token is not valid, or no longer." : "");
      return;
    }
    if (!error.status && !error.message) return;
    $("view").prepend(make("div.notice.bad.global", { role: "alert" }, error.message));
  },

  /** Asks before something is done that cannot be undone. */
  confirm(title, text, yes) {
    const dialog = $("confirm");
    $("confirm-title").textContent = title;
    $("confirm-text").textContent = text;
    $("confirm-yes").textContent = yes;
    dialog.returnValue = "";
    dialog.showModal();
    return new Promise((resolve) => {
      dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
    });
  },
};

function signIn(problem) {
  const dialog = $("sign-in");
  $("sign-in-problem").textContent = problem;
  $("token").value = "";
  if (!dialog.open) dialog.showModal();
}

function show() {
  stop();
  const query = new URLSearchParams(location.search);
  const namespace = query.get("namespace") ?? me.namespaces[0]?.name ?? "";
  const select = $("namespace");
  select.replaceChildren(...me.namespaces.map(({ name }) => make("option", { value: name, selected: name === namespace }, name)));
  select.parentElement.hidden = me.namespaces.length < 2;
  $("user").textContent = me.anonymous ? "" : me.name;
  $("sign-out").hidden = !token.get();
  const name = query.get("job");
  stop = name
    ? showJob($("view"), { namespace, name }, app)
    : showJobs($("view"), { namespace, phase: query.get("phase") ?? "", text: query.get("text") ?? "" }, app);
}

async function start() {
  try {
    me = await get("v1/me");
  } catch (error) {
    app.problem(error);
    if (error.status !== 401) setTimeout(start, 5000);
    return;
  }
  show();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-link]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  history.pushState(null, "", link.href);
  show();
  $("view").focus();
  scrollTo(0, 0);
});
addEventListener("popstate", () => me && show());
$("namespace").addEventListener("change", ({ target }) => {
  history.pushState(null, "", app.listAddress(target.value));
  show();
});
$("sign-in").addEventListener("cancel", (event) => event.preventDefault());
$("sign-in").addEventListener("close", () => {
  if (!$("token").value) return;
  token.set($("token").value.trim());
  start();
});
$("sign-out").addEventListener("click", () => {
  token.forget();
  location.reload();
});

start();
