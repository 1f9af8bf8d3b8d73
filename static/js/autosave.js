/* Keeps the form with `data-autosave` on the server while it is written, at the address it names.

   A few seconds after the last change, and when the page is left. What the server says of it, and
   that it could not be reached, stands in the element with `data-autosave-status`. */

const PAUSE = 2500; // milliseconds without a change
const LONGEST_WAIT = 15000; // between two savings while somebody types without a pause
const RETRY = 10000;

const form = document.querySelector("form[data-autosave]");
const status = document.querySelector("[data-autosave-status]");

if (form) {
  let timer = null;
  let waitingSince = null;
  let sending = null;
  let kept = snapshot();

  form.addEventListener("input", () => {
    waitingSince ??= Date.now();
    const longest = waitingSince + LONGEST_WAIT - Date.now();
    plan(Math.max(0, Math.min(PAUSE, longest)));
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    sending?.abort();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && waitingSince) keep({ keepalive: true });
  });

  function plan(delay) {
    clearTimeout(timer);
    timer = setTimeout(keep, delay);
  }

  function words() {
    const fields = new FormData(form);
    for (const input of form.querySelectorAll("input[type=file]")) fields.delete(input.name);
    return fields;
  }

  function snapshot() {
    return JSON.stringify([...words()]);
  }

  async function keep({ keepalive = false } = {}) {
    clearTimeout(timer);
    const now = snapshot();
    waitingSince = null;
    if (now === kept) return;
    sending?.abort();
    const mine = (sending = new AbortController());
    try {
      const answer = await fetch(form.dataset.autosave, {
        method: "POST",
        body: words(),
        headers: { Accept: "application/json" },
        redirect: "error",
        signal: mine.signal,
        // A page that is left may send on, but no more than browsers allow it.
        keepalive: keepalive && now.length < 50000,
      });
      if (answer.ok || answer.status === 422) {
        kept = now;
        say((await answer.json()).said, answer.ok);
      } else {
        say(answer.status === 403 ? form.dataset.signedOut : form.dataset.unreachable, false);
        retry();
      }
    } catch {
      if (mine.signal.aborted) return;
      say(form.dataset.unreachable, false);
      retry();
    }
  }

  function retry() {
    waitingSince = Date.now();
    plan(RETRY);
  }

  function say(text, isWell) {
    if (!status || status.textContent === text) return;
    // Good news would only interrupt who writes with a screen reader.
    status.setAttribute("aria-live", isWell ? "off" : "polite");
    status.classList.toggle("is-worried", !isWell);
    status.textContent = text;
  }
}
