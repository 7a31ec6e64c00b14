/** The gateway's API, with the token of this tab. */

const TOKEN = "multitrack-token";

export const token = {
  get: () => sessionStorage.getItem(TOKEN),
  set: (value) => sessionStorage.setItem(TOKEN, value),
  forget: () => sessionStorage.removeItem(TOKEN),
};

/** What the gateway said no to; `message` is its sentence. */
export class Problem extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

const cached = new Map();
const MOST_CACHED = 50;

/** GET; what has not changed since is not sent again. */
export async function get(path, { signal } = {}) {
  const known = cached.get(path);
  const headers = known ? { "If-None-Match": known.etag } : {};
  const answer = await ask(path, { headers, signal });
  if (answer.status === 304) return known.body;
  const body = await answer.json();
  const etag = answer.headers.get("ETag");
  if (etag) {
    if (cached.size >= MOST_CACHED) cached.clear();
    cached.set(path, { etag, body });
  }
  return body;
}

/** POST a JSON body. */
export async function post(path, body = {}) {
  const headers = { "Content-Type": "application/json" };
  const answer = await ask(path, { method: "POST", headers, body: JSON.stringify(body) });
  return answer.status === 204 ? null : answer.json();
}

async function ask(path, options) {
  const headers = new Headers(options.headers);
  if (token.get()) headers.set("Authorization", `Bearer ${token.get()}`);
  let answer;
  try {
    answer = await fetch(new URL(path, document.baseURI), { ...options, headers, cache: "no-store" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, "The gateway does not answer; trying again.");
  }
  if (answer.ok || answer.status === 304) return answer;
  let told = null;
  try {
    told = await answer.json();
  } catch {
    // Something in between has answered.
  }
  throw new Problem(answer.status, told?.detail ?? told?.title ?? `The gateway says ${answer.status}.`);
}

const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30000;
const FINAL_CODES = [4401, 4403, 4404];

/**
 * Follows a job's events; connects again by itself and goes on after the last event seen.
 * @param {string} path Of the stream, without `since`.
 * @param {(message: object) => void} onEvent Gets each event once.
 * @param {(state: "open"|"lost"|number) => void} onState Gets a close code when it is over for good.
 * @returns {() => void} Stops.
 */
export function follow(path, onEvent, onState) {
  let socket = null;
  let timer = 0;
  let pause = FIRST_PAUSE;
  let last = null;
  let stopped = false;
  const seen = new Set();

  function connect() {
    const address = new URL(path, document.baseURI);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    if (last) address.searchParams.set("since", last);
    socket = new WebSocket(address, protocols());
    socket.onopen = () => {
      pause = FIRST_PAUSE;
      onState("open");
    };
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      last = message.id;
      if (seen.has(message.id)) return;
      seen.add(message.id);
      onEvent(message);
    };
    socket.onclose = ({ code }) => {
      if (stopped) return;
      if (FINAL_CODES.includes(code)) {
        onState(code);
        return;
      }
      onState("lost");
      timer = setTimeout(connect, pause * (0.5 + Math.random() / 2));
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    };
  }

  connect();
  return () => {
    stopped = true;
    clearTimeout(timer);
    socket?.close();
  };
}

/** Browsers send no header with a WebSocket; Kubernetes' own way is a protocol that holds the token. */
function protocols() {
  const offered = ["multitrack.events"];
  if (token.get()) {
    const encoded = btoa(String.fromCharCode(...new TextEncoder().encode(token.get())));
    const safe = encoded.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
    offered.push(`base64url.bearer.authorization.k8s.io.${safe}`);
  }
  return offered;
}
