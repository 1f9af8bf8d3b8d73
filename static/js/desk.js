// The keys of the desk. What they do, buttons, links and forms do without them.

const OFF = "keys-off"; // shared with the keys of a discussion
const on = document.getElementById("keys-on");

if (on) {
  on.closest("[hidden]").hidden = false;
  on.checked = !localStorage.getItem(OFF);
  on.onchange = () => (on.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1"));
}

addEventListener("keydown", (event) => {
  const { key, target } = event;
  const panel = target.closest("details[open]");
  if (event.isComposing || event.defaultPrevented) return;
  if (key === "Enter" && (event.ctrlKey || event.metaKey)) return target.form?.requestSubmit();
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (key === "Escape" && panel) return close(panel);
  if (on && !on.checked) return;
  const chosen = panel && /^[1-9]$/.test(key) && panel.querySelector(`[type="radio"][value="${key}"]`);
  if (isTyping(target)) return;
  const act = chosen || document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!act) return;
  event.preventDefault();
  act.focus();
  act.click();
  // At once, not when the panel says that it is open: the next letter is text, not a verb.
  if (act.parentElement.open) firstField(act.parentElement)?.focus();
});

// A panel that opens is ready to be filled in.
for (const panel of document.querySelectorAll(".verb-panel")) {
  panel.addEventListener("toggle", () => {
    if (panel.open) firstField(panel)?.focus();
  });
  if (panel.open) (panel.querySelector(".has-error :is(input, textarea)") ?? firstField(panel))?.focus();
}

function firstField(panel) {
  return panel.querySelector("input:not([type=hidden]), textarea");
}

function isTyping(target) {
  return target.closest("textarea, select, input:not([type=radio], [type=checkbox])");
}

function close(panel) {
  panel.open = false;
  panel.querySelector("summary").focus();
}
