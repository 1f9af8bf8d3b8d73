// What is typed is kept as it is typed: in this browser at once, on the server when typing rests.
//
// Which of the two goes on from the other is not asked of clocks, which differ. Beside a text this
// browser keeps what the server had when they last agreed (`saved`): where the server still has
// that, the text here is ahead; where nothing was typed here since, the server's is.

import { ago } from "./times.js";

const REST = 2000; // milliseconds

// Texts that were last on their way to the server, by the addresses of their composers: who opens
// one again waits for that a moment, or is given what was there before.
export const underway = new Map();

// Puts back what was kept last, says so, and keeps what is typed from now on.
// With `apart` what stands in the field was not made of what the server had.
export function keepDraft(writing, form, area, apart) {
  const { member, draft: address, untouched } = writing.dataset;
  const composer = new URL(form.action).pathname;
  const place = `draft ${member} ${composer}`;
  const notice = writing.querySelector(".restored");
  let timer = 0;
  const onServer = area.defaultValue;
  const isEmpty = (text) => text.trim() === untouched.trim();
  let saved = onServer;
  let isSaved = true;
  let saving = new AbortController();

  restore();
  area.addEventListener("input", () => {
    const key = form.elements.post_key.value;
    store(place, isEmpty(area.value) ? null : { text: area.value, key, at: Date.now(), saved });
    isSaved = false;
    clearTimeout(timer);
    timer = setTimeout(save, REST);
  });
  // A phone gives no other sign that a page is left.
  const leave = () => save(true);
  addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => document.hidden && leave());
  notice.addEventListener("submit", (event) => {
    event.preventDefault();
    forget();
    area.value = untouched;
    area.dispatchEvent(new Event("input"));
    save();
    area.focus();
  });
  return { forget, save };

  function restore() {
    const kept = read(place);
    const text = kept ? ahead(kept, onServer) : onServer;
    if (text === onServer && !apart) return;
    // What was typed before the composer was there comes last.
    const typed = area.value === onServer || text.includes(area.value) ? "" : area.value;
    if (!typed) area.value = text;
    else if (!isEmpty(text)) area.value = `${text}\n\n${typed}`;
    if (text === onServer) return;
    const time = notice.querySelector("time");
    form.elements.post_key.value = kept.key;
    const at = new Date(kept.at);
    time.dateTime = at.toISOString();
    time.title = "";
    time.textContent = ago(Math.max(0, Date.now() - at) / 1000);
    notice.hidden = false;
  }

  function save(isLeaving = false) {
    clearTimeout(timer);
    if (isSaved || !address || !area.isConnected) return;
    isSaved = true;
    const body = new FormData();
    const text = area.value;
    body.append("text", isEmpty(text) ? "" : text);
    for (const name of ["post_key", "csrfmiddlewaretoken"]) body.append(name, form.elements[name].value);
    const { signal } = saving;
    const sent = fetch(address, {
      method: "POST",
      body,
      keepalive: isLeaving === true,
      headers: { "X-Requested-With": "fetch" },
      signal,
    }).then(
      (response) => {
        isSaved &&= response.ok;
        if (!response.ok) return;
        saved = text;
        const kept = read(place);
        if (kept?.text === text) store(place, { ...kept, saved });
      },
      () => (isSaved = false),
    );
    underway.set(composer, sent);
  }

  function forget() {
    clearTimeout(timer);
    saving.abort();
    saving = new AbortController();
    isSaved = true;
    store(place, null);
    notice.hidden = true;
  }
}

// Both, where both were changed since they agreed.
function ahead({ text, saved }, onServer) {
  if (text === saved || onServer.includes(text.trim())) return onServer;
  if (onServer === saved || text.includes(onServer.trim())) return text;
  return `${onServer}\n\n${text}`;
}

// A browser may keep nothing, or be full: the server keeps it then.
function store(place, draft) {
  try {
    if (draft) localStorage.setItem(place, JSON.stringify(draft));
    else localStorage.removeItem(place);
  } catch {}
}

function read(place) {
  try {
    return JSON.parse(localStorage.getItem(place));
  } catch {
    return null;
  }
}
