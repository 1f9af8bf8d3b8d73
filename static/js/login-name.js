// Says beside the field of the sign-up page whether a login name can be had, while one types.

const field = document.querySelector("input[data-check]");
const help = document.createElement("p");
const PAUSE = 400; // milliseconds without a key before we ask

help.className = "login-name-said";
help.setAttribute("role", "status");
field.after(help);

let waiting, asked;

async function ask() {
  const name = field.value.trim();
  asked?.abort();
  asked = new AbortController();
  if (!name) return say("");
  try {
    const address = `${field.dataset.check}?username=${encodeURIComponent(name)}`;
    const response = await fetch(address, { signal: asked.signal });
    if (!response.ok) return say("");
    const { trouble } = await response.json();
    if (trouble) say(trouble, "field-error");
    else say(document.getElementById("login-name-free").content.textContent, "is-free");
  } catch (error) {
    if (error.name !== "AbortError") say("");
  }
}

function say(words, tone = "") {
  help.textContent = words;
  help.className = `login-name-said ${tone}`;
}

// What was said of a name that stands there no more.
function forget() {
  const whole = field.closest(".field");
  whole.classList.remove("has-error");
  whole.querySelector(".field-error:not(.login-name-said)")?.remove();
  field.removeAttribute("aria-invalid");
}

field.addEventListener("input", () => {
  clearTimeout(waiting);
  forget();
  say("");
  waiting = setTimeout(ask, PAUSE);
});
