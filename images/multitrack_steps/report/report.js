"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const root = document.documentElement;
  const dock = $("dock");
  const sound = $("sound");
  const seek = $("seek");
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  for (const element of document.querySelectorAll("[data-script]")) element.hidden = false;

  /* ---- Turns and words. Text stands in the page once; times come as deltas, see timing.py. ---- */

  const timing = JSON.parse($("timing").textContent);
  const turns = [...document.querySelectorAll(".turn")].map((element, index) => ({
    element,
    said: element.lastElementChild,
    start: timing[index][0] / 100,
    end: timing[index][1] / 100,
    raw: timing[index],
    words: null,
    folded: null,
  }));
  const turnOf = new Map(turns.map((turn) => [turn.element, turn]));

  /** The words of a turn: start in seconds, place in its text; worked out when they are first needed. */
  function wordsOf(turn) {
    if (turn.words) return turn.words;
    const words = [];
    let time = turn.raw[0];
    let place = 0;
    for (let i = 2; i < turn.raw.length; i += 2) {
      time += turn.raw[i];
      words.push({ start: time / 100, from: place, to: place + turn.raw[i + 1] });
      place += turn.raw[i + 1];
    }
    turn.words = words;
    return words;
  }

  /** Index of the last of `list` that starts at or before `time`; -1 for none. */
  function lastStarted(list, time) {
    let low = 0;
    let high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (list[middle].start <= time + 0.005) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  function rangeIn(turn, from, to) {
    const node = turn.said.firstChild;
    const range = document.createRange();
    range.setStart(node, from);
    range.setEnd(node, to);
    return range;
  }

  function wordRange(turn, word) {
    const text = turn.said.firstChild.data.slice(word.from, word.to);
    const blanks = text.length - text.trimStart().length;
    return rangeIn(turn, word.from + blanks, word.from + text.trimEnd().length);
  }

  /* Words are highlighted without elements of their own (CSS Custom Highlight API): 40,000 of them stay light. */
  const paints = {};
  for (const name of ["hit", "current-hit", "hover", "word"]) {
    paints[name] = "highlights" in CSS ? new Highlight() : new Set();
    if ("highlights" in CSS) CSS.highlights.set(name, paints[name]);
  }
  function paint(name, ranges) {
    paints[name].clear();
    for (const range of ranges) paints[name].add(range);
  }

  /* ---- The present moment ---- */

  const topicLinks = [...document.querySelectorAll(".topics a")];
  const topicStarts = topicLinks.map((link) => ({ start: Number(link.dataset.t) }));
  let shownTurns = [];
  let shownWord = null;
  let following = true;
  let ownScrollUntil = 0;

  /** Turns that sound at `time`, the latest started last; in a pause, the one before it. */
  function turnsAt(time) {
    const last = lastStarted(turns, time);
    const sounding = [];
    for (let i = last; i >= 0 && i > last - 12; i -= 1) {
      if (turns[i].end >= time) sounding.unshift(turns[i]);
    }
    return sounding.length || last < 0 ? sounding : [turns[last]];
  }

  function showMoment(time) {
    const now = turnsAt(time);
    for (const turn of shownTurns) if (!now.includes(turn)) turn.element.classList.remove("current");
    for (const turn of now) turn.element.classList.add("current");
    shownTurns = now;
    const ranges = [];
    let word = null;
    for (const turn of now) {
      const words = wordsOf(turn);
      const index = lastStarted(words, time);
      if (index < 0) continue;
      word = words[index];
      ranges.push(wordRange(turn, word));
    }
    paint("word", ranges);
    const moved = word !== shownWord;
    shownWord = word;
    const topic = lastStarted(topicStarts, time);
    topicLinks.forEach((link, index) => {
      link.classList.toggle("current", index === topic);
      if (index === topic) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
    return moved && ranges.length ? ranges[ranges.length - 1] : null;
  }

  /** Bring a range into the upper half of what the dock leaves free, unless it is well in view. */
  function reveal(range, { always = false } = {}) {
    const place = range.getBoundingClientRect();
    const top = dock.getBoundingClientRect().bottom + 24;
    if (!always && place.top >= top && place.bottom <= innerHeight * 0.8) return;
    const target = scrollY + place.top - Math.max(top, innerHeight * 0.3);
    const far = Math.abs(target - scrollY) > innerHeight * 3;
    ownScrollUntil = performance.now() + (far ? 200 : 1200);
    scrollTo({ top: target, behavior: calm.matches || far ? "instant" : "smooth" });
  }

  /* ---- The player ---- */

  let duration = seek ? Number(seek.max) : 0;

  function position(seconds) {
    const whole = Math.floor(seconds);
    const rest = String(whole % 60).padStart(2, "0");
    const minutes = Math.floor(whole / 60);
    if (minutes < 60) return `${minutes}:${rest}`;
    return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${rest}`;
  }

  function showPosition(time) {
    const share = duration ? Math.min(1, time / duration) : 0;
    $("playhead").style.left = `${share * 100}%`;
    $("played-part")?.setAttribute("width", share * 255);
    seek.value = time;
    seek.setAttribute("aria-valuetext", `${position(time)} of ${position(duration)}`);
    $("now").textContent = position(time);
  }

  function goTo(time, { scroll = false } = {}) {
    const target = Math.max(0, time);
    if (player.there) {
      sound.currentTime = Math.min(target, duration || target);
      showPosition(target);
    }
    following = true;
    $("follow").hidden = true;
    showMoment(target);
    const turn = shownTurns[shownTurns.length - 1];
    if (scroll && turn) {
      const words = wordsOf(turn);
      const index = Math.max(0, lastStarted(words, target));
      reveal(wordRange(turn, words[index]), { always: true });
    }
  }

  const player = {
    there: false,

    open() {
      this.there = true;
      dock.classList.add("sounding");
      root.classList.add("with-sound");
      for (const element of document.querySelectorAll("[data-sound]")) element.hidden = false;
      $("playhead").hidden = false;
      $("play").onclick = () => this.toggle();
      $("back").onclick = () => goTo(sound.currentTime - 10);
      $("forward").onclick = () => goTo(sound.currentTime + 10);
      $("speed").onchange = () => { sound.playbackRate = Number($("speed").value); };
      $("copy").onclick = copyLink;
      seek.oninput = () => goTo(Number(seek.value));
      seek.onchange = () => goTo(Number(seek.value), { scroll: true });
      sound.onplay = sound.onpause = () => this.changed();
      sound.ontimeupdate = () => this.advance();
      sound.onerror = () => this.close();
      hoverTime();
      measureDock();
      if (sound.error) this.close();
    },

    /** The sound is not where the page expects it: without it there is nothing to control. */
    close() {
      this.there = false;
      dock.classList.remove("sounding", "playing");
      root.classList.remove("with-sound");
      for (const element of document.querySelectorAll("[data-sound]")) element.hidden = true;
      $("playhead").hidden = true;
      $("follow").hidden = true;
      toast("The sound of this recording could not be loaded.");
      measureDock();
    },

    toggle() {
      if (sound.paused) sound.play().catch(() => this.changed());
      else sound.pause();
    },

    changed() {
      const playing = !sound.paused;
      dock.classList.toggle("playing", playing);
      $("play").setAttribute("aria-label", playing ? "Pause" : "Play");
      if (playing) requestAnimationFrame(() => this.frame());
      else $("follow").hidden = true;
    },

    frame() {
      if (sound.paused || !this.there) return;
      this.advance();
      requestAnimationFrame(() => this.frame());
    },

    advance() {
      showPosition(sound.currentTime);
      const moved = showMoment(sound.currentTime);
      if (moved && following && !sound.paused) reveal(moved);
    },
  };

  function hoverTime() {
    const label = $("hover");
    seek.addEventListener("pointermove", (event) => {
      const box = seek.getBoundingClientRect();
      const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
      label.hidden = false;
      label.style.left = `${share * 100}%`;
      label.textContent = position(share * duration);
    });
    seek.addEventListener("pointerleave", () => { label.hidden = true; });
  }

  /* Scrolling by hand ends the following; the button takes it up again. */
  function stopFollowing() {
    if (!player.there || sound.paused || !following) return;
    following = false;
    $("follow").hidden = false;
  }
  for (const gesture of ["wheel", "touchmove"]) addEventListener(gesture, stopFollowing, { passive: true });
  addEventListener("scroll", () => {
    if (performance.now() > ownScrollUntil) stopFollowing();
  }, { passive: true });
  addEventListener("scrollend", () => { ownScrollUntil = Math.min(ownScrollUntil, performance.now() + 50); });
  $("follow").onclick = () => goTo(sound.currentTime, { scroll: true });

  /* ---- Words under the pointer ---- */

  /** The turn and word at a point of the window, or null. */
  function wordAt(x, y) {
    const caret = document.caretPositionFromPoint?.(x, y);
    const range = caret ? null : document.caretRangeFromPoint?.(x, y);
    const node = caret ? caret.offsetNode : range?.startContainer;
    const offset = caret ? caret.offset : range?.startOffset;
    const element = node?.parentElement?.closest(".said");
    const turn = element && turnOf.get(element.parentElement);
    if (!turn || node !== turn.said.firstChild) return null;
    const words = wordsOf(turn);
    const index = words.findIndex((word) => offset < word.to);
    const word = words[index < 0 ? words.length - 1 : index];
    return { turn, word };
  }

  function clickWord(event) {
    if (!event.target.closest(".said") || !getSelection().isCollapsed) return;
    const found = wordAt(event.clientX, event.clientY);
    if (!found) return;
    goTo(found.word.start);
    setHash(found.word.start);
  }

  let hovered = 0;
  function hoverWord(event) {
    cancelAnimationFrame(hovered);
    hovered = requestAnimationFrame(() => {
      const inText = player.there && event.pointerType === "mouse" && event.target.closest?.(".said");
      const found = inText ? wordAt(event.clientX, event.clientY) : null;
      paint("hover", found ? [wordRange(found.turn, found.word)] : []);
    });
  }

  /* ---- Links into the recording: #t=83, #t=1:23 ---- */

  function timeOf(hash) {
    const match = /^#t=([\d:.]+)$/.exec(hash);
    if (!match) return null;
    const time = match[1].split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
    return Number.isFinite(time) ? time : null;
  }

  /* As text and not as a number: the address must not grow with binary fractions. */
  function setHash(time) {
    try {
      history.replaceState(null, "", `#t=${time.toFixed(2)}`);
    } catch {
      /* A page without an address of its own (an embedded one) cannot have it changed. */
    }
  }

  function followHash() {
    const time = timeOf(location.hash);
    if (time !== null) goTo(time, { scroll: true });
  }

  async function copyLink() {
    const address = `${location.href.split("#")[0]}#t=${sound.currentTime.toFixed(1)}`;
    try {
      await navigator.clipboard.writeText(address);
      toast(`Link to ${position(sound.currentTime)} copied`);
    } catch {
      setHash(sound.currentTime);
      toast("The address bar now links to this moment");
    }
  }

  let toastTimer = 0;
  function toast(text) {
    $("toast").textContent = text;
    clearTimeout(toastTimer);
    toastTimer = setTimeout(() => { $("toast").textContent = ""; }, 4000);
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-t]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) {
      clickWord(event);
      return;
    }
    event.preventDefault();
    goTo(Number(link.dataset.t));
    setHash(Number(link.dataset.t));
    const heading = link.hash.startsWith("#topic-") && $(link.hash.slice(1));
    if (heading) reveal(heading, { always: true });
    else if (!link.closest(".turn")) goTo(Number(link.dataset.t), { scroll: true });
  });
  document.addEventListener("pointermove", hoverWord, { passive: true });
  addEventListener("hashchange", followHash);

  /* ---- Search ---- */

  const query = $("query");
  let hits = [];
  let hit = -1;

  const foldLetter = (letter) => {
    const folded = letter.normalize("NFD").replace(/\p{M}+/gu, "").toLowerCase();
    return folded.length === letter.length ? folded : letter.toLowerCase().length === letter.length ? letter.toLowerCase() : letter;
  };
  /** Without case and accents, and exactly as long as before, so that places stay what they are. */
  const fold = (text) => (/^[\x00-\x7f]*$/.test(text) ? text.toLowerCase() : [...text].map(foldLetter).join(""));

  function findHits(text) {
    const needle = fold(text.trim());
    const found = [];
    if (!needle) return found;
    for (const turn of turns) {
      turn.folded ??= fold(turn.said.textContent);
      for (let at = turn.folded.indexOf(needle); at >= 0; at = turn.folded.indexOf(needle, at + needle.length)) {
        found.push({ turn, from: at, to: at + needle.length });
      }
    }
    return found;
  }

  function search() {
    for (const { turn } of hits) turn.element.classList.remove("has-hit");
    hits = findHits(query.value);
    hit = -1;
    paint("hit", hits.map(({ turn, from, to }) => rangeIn(turn, from, to)));
    paint("current-hit", []);
    if (!("highlights" in CSS)) for (const { turn } of hits) turn.element.classList.add("has-hit");
    if (hits.length) showHit(0);
    else $("hits").textContent = query.value.trim() ? "no hits" : "";
    $("previous").disabled = $("next").disabled = hits.length === 0;
  }

  function showHit(index) {
    if (!hits.length) return;
    hit = (index + hits.length) % hits.length;
    const { turn, from, to } = hits[hit];
    const range = rangeIn(turn, from, to);
    paint("current-hit", [range]);
    $("hits").textContent = `${hit + 1} of ${hits.length}`;
    stopFollowing();
    reveal(range);
  }

  let searchTimer = 0;
  query.addEventListener("input", () => {
    clearTimeout(searchTimer);
    searchTimer = setTimeout(search, 120);
  });
  $("search").addEventListener("submit", (event) => event.preventDefault());
  query.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      clearTimeout(searchTimer);
      if (hit < 0) search();
      else showHit(hit + (event.shiftKey ? -1 : 1));
    } else if (event.key === "Escape") {
      query.value = "";
      search();
      query.blur();
      openSearch(false);
    }
  });
  $("next").onclick = () => showHit(hit + 1);
  $("previous").onclick = () => showHit(hit - 1);

  function openSearch(open) {
    dock.classList.toggle("searching", open);
    $("open-search").setAttribute("aria-expanded", String(open));
    measureDock();
    if (open) query.focus();
  }
  $("open-search").onclick = () => openSearch(!dock.classList.contains("searching"));

  /* ---- Keys ---- */

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target;
    if (event.key === "/" && !target.matches("input:not([type=range]), select, textarea")) {
      event.preventDefault();
      openSearch(true);
      query.select();
      return;
    }
    if (["PageUp", "PageDown", "Home", "End", "ArrowUp", "ArrowDown"].includes(event.key)) stopFollowing();
    if (!player.there || target.matches("input:not([type=range]), select, textarea")) return;
    if (event.key === " " && !target.closest("button, a, summary, label")) {
      event.preventDefault();
      player.toggle();
    } else if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      event.preventDefault();
      goTo(sound.currentTime + (event.key === "ArrowLeft" ? -5 : 5));
    }
  });

  /* ---- Start ---- */

  function measureDock() {
    root.style.setProperty("--dock-height", `${dock.offsetHeight}px`);
  }
  addEventListener("resize", measureDock);
  measureDock();
  if (sound) player.open();
  followHash();
})();
