// What is typed is kept as it is typed: in this browser at once, on the server when typing rests.

const REST = 2000; // milliseconds

// Puts back what was kept last, says so, and keeps what is typed from now on.
export function keepDraft(writing, form, area) {
  const { member, draft: address, untouched } = writing.dataset;
  const place = `draft ${member} ${new URL(form.action).pathname}`;
  const notice = writing.querySelector(".restored");
  let timer = 0;
  let isSaved = true;
  let saving = new AbortController();

  restore();
  area.addEventListener("input", () => {
    const isEmpty = area.value.trim() === untouched.trim();
    const key = form.elements.post_key.value;
    store(place, isEmpty ? null : { text: area.value, key, at: Date.now() });
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
    const time = notice.querySelector("time");
    const onServer = notice.hidden ? 0 : Date.parse(time.dateTime);
    if (!kept || kept.text === area.value || kept.at <= onServer) return;
    if (kept.text.trim() === untouched.trim()) return;
    area.value = kept.text;
    form.elements.post_key.value = kept.key;
    const at = new Date(kept.at);
    time.dateTime = at.toISOString();
    time.title = "";
    const style = { dateStyle: "medium", timeStyle: "short" };
    time.textContent = at.toLocaleString(document.documentElement.lang, style);
    notice.hidden = false;
  }

  function save(isLeaving = false) {
    clearTimeout(timer);
    if (isSaved || !address || !area.isConnected) return;
    isSaved = true;
    const body = new FormData();
    const isEmpty = area.value.trim() === untouched.trim();
    body.append("text", isEmpty ? "" : area.value);
    for (const name of ["post_key", "csrfmiddlewaretoken"]) body.append(name, form.elements[name].value);
    const { signal } = saving;
    fetch(address, {
      method: "POST",
      body,
      keepalive: isLeaving === true,
      headers: { "X-Requested-With": "fetch" },
      signal,
    }).then(
      (response) => (isSaved &&= response.ok),
      () => (isSaved = false),
    );
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
