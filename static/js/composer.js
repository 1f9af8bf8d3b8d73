// A composer in place: below the comment it answers, over the text it edits, or below the discussion.
//
// Its markup, its words and its draft come from the composer's own page, which is also what serves
// without scripts. Nothing typed is lost: whatever goes wrong is said beside the field, the text
// stays there and in the draft, and `post_key` makes of sending it again one comment.

import { completeNames } from "./completion.js";
import { countDownTo } from "./countdown.js";
import { keepDraft, underway } from "./drafts.js";
import { countDown, insert, inWords, showTimeLeft, showTools } from "./tools.js";
import { bring } from "./arrivals.js";
import { addOwnVerbs } from "./own.js";
import { cardOf, fromTemplate, isShown, mine, numberOf } from "./page.js";

const PATIENCE = 20_000; // milliseconds
const ARRIVES_WITHIN = 3_000;
const BETWEEN_CHECKS = 10_000;

const composers = new Map(); // by the address of the composer's page
let latest = null; // the one that was typed into

// Below the card that the link belongs to, or over its text.
export async function open(link) {
  const address = new URL(link.href).pathname;
  const card = link.closest(".card");
  const there = composers.get(address);
  if (there) there.area.focus();
  if (composers.has(address)) return there;
  composers.set(address, null);
  card.querySelector(".writing-failed")?.remove();
  const writing = await load(address);
  const form = writing && formOf(writing);
  if (!form) {
    composers.delete(address);
    const words = fromTemplate("writing-failed").firstElementChild;
    const why = writing?.querySelector(".notice");
    if (why) words.replaceChildren(why.textContent);
    else words.querySelector("a").href = address;
    card.append(words);
    return null;
  }
  const text = link.matches(".edit") ? card.querySelector(".prose") : null;
  const close = () => {
    writing.remove();
    composers.delete(address);
    if (text) text.hidden = false;
  };
  writing.classList.add("in-place");
  if (text) {
    text.hidden = true;
    text.after(writing);
  } else {
    card.append(writing);
  }
  return enhance(writing, { close, opener: link });
}

// What stands below the discussion already: all round its field comes anew, the field itself stays
// under the fingers.
export async function adopt(area) {
  const address = new URL(area.form.action).pathname;
  if (composers.has(address)) return composers.get(address);
  composers.set(address, null);
  const writing = await load(address);
  const fresh = writing && formOf(writing)?.querySelector("textarea");
  if (!fresh) {
    composers.delete(address);
    return null;
  }
  const here = area.closest(".writing");
  for (const { name, value } of writing.attributes) here.setAttribute(name, value);
  for (const { name, value } of fresh.attributes) area.setAttribute(name, value);
  const { top } = area.getBoundingClientRect();
  const typed = area.value;
  const isOnButton = document.activeElement?.matches("#composer form button");
  area.defaultValue = fresh.value;
  area.value = typed.trim() ? typed : fresh.value;
  graft(area, fresh);
  graft(area.closest(".field"), fresh.closest(".field"));
  graft(area.form, fresh.form);
  here.querySelector(".cancel").remove();
  const composer = enhance(here, { apart: true });
  if (isOnButton) area.form.querySelector(".form-actions button").focus({ preventScroll: true });
  const { style } = document.documentElement;
  style.overflowAnchor = "none";
  scrollBy({ top: area.getBoundingClientRect().top - top, behavior: "instant" });
  requestAnimationFrame(() => (style.overflowAnchor = ""));
  return composer;
}

// From a selection: into the composer that is in use, or else where its text is answered.
export async function quoteInto(words, card) {
  const used = latest?.isTouched() && latest.area.isConnected ? latest : null;
  const reply = card?.querySelector(".reply");
  const field = document.querySelector("#composer textarea");
  const composer = used ?? (reply ? await open(reply) : await adopt(field));
  if (!composer) return;
  const answers = card && composer.area.closest(".card") !== card;
  const name = answers && card.querySelector(".author")?.textContent;
  const lead = name ? `@${name}#${numberOf(card)}:\n\n` : "";
  const lines = words.trim().replaceAll(/^/gm, "> ").replaceAll(/^> $/gm, ">");
  const { area } = composer;
  area.focus();
  const before = area.value.slice(0, composer.caret).trimEnd();
  area.setSelectionRange(before.length, composer.caret);
  insert(area, `${before ? "\n\n" : ""}${lead}${lines}\n\n`);
}

// A composer that can be closed is put away by `close`; the focus goes back to its `opener`.
export function enhance(writing, { close, opener, apart = false } = {}) {
  const form = formOf(writing);
  const area = form.querySelector("textarea");
  const preview = writing.querySelector(".preview");
  const words = writing.querySelector("template.words").content;
  const refusal = document.createElement("p");
  refusal.className = "field-error";
  refusal.id = `${area.id}-refusal`;
  refusal.role = "alert";
  area.before(refusal);
  area.setAttribute("aria-describedby", `${area.getAttribute("aria-describedby")} ${refusal.id}`);
  form.querySelector(".form-actions").after(preview);
  const draft = keepDraft(writing, form, area, apart);
  showTools(writing, form, area);
  countDown(writing, area, words);
  showTimeLeft(writing);
  completeNames(writing, area, words);
  countDownTo(writing);

  const leave = () => {
    draft.save();
    close();
    opener.focus();
  };

  let isBusy = false;
  const composer = { area, caret: area.value.length, isTouched: () => area.value.trim() !== writing.dataset.untouched.trim() };
  composers.set(new URL(form.action).pathname, composer);

  const say = (what = "") => {
    const said = typeof what === "string" ? [what] : [...what.cloneNode(true).childNodes];
    refusal.replaceChildren(...said);
    area.ariaInvalid = String(Boolean(refusal.textContent));
    area.closest(".field").classList.toggle("has-error", Boolean(refusal.textContent));
  };
  const word = (name) => words.querySelector(`[data-words="${name}"]`);

  // The response to the form; null where why there is none has been said.
  async function send(extra) {
    const post = () => {
      const body = new FormData(form);
      for (const [name, value] of Object.entries(extra)) body.append(name, value);
      return request(form.action, { method: "POST", body });
    };
    let response = await post();
    if (response?.status === 403 && (await renew())) response = await post();
    else if (response?.status === 403) return null;
    if (response?.ok) return response;
    const page = [422, 429].includes(response?.status) && parse(await response.text());
    const why = page && page.querySelector(".writing .field-error")?.textContent.trim();
    if (why) {
      say(why);
      showWait(page);
      take(page, "post_key");
      const warning = page.querySelector(".writing .warning");
      if (warning && !form.querySelector(".warning")) form.lastElementChild.before(warning);
    } else if (response?.status === 429) {
      say(tooFast(response));
    } else {
      say(word({ 404: "gone", 410: "gone" }[response?.status] ?? "unreachable"));
    }
    return null;
  }

  // Somebody before the page refused it: its words are for no one, its header says when to go on.
  function tooFast(response) {
    const words = word("too-fast").cloneNode(true);
    const seconds = Number(response.headers.get("Retry-After"));
    if (seconds > 0) words.querySelector("span").textContent = inWords(seconds);
    return words;
  }

  // A token of today, where this is still the same member's; false where why not has been said.
  async function renew() {
    const response = await request(form.action);
    if (!response) return void say(word("unreachable"));
    const page = parse(await response.text());
    const now = page.querySelector(".writing");
    if (!now) return void say(word("signed-out"));
    if (!formOf(now)) return void say(now.querySelector(".notice")?.textContent ?? word("gone"));
    take(page, "csrfmiddlewaretoken");
    if (mine) mine.csrf = form.elements.csrfmiddlewaretoken.value;
    if (now.dataset.member === writing.dataset.member) return true;
    writing.dataset.member = now.dataset.member;
    return void say(now.querySelector("template.words").content.querySelector('[data-words="somebody-else"]'));
  }

  function take(page, name) {
    const field = page.querySelector(`.writing .form [name="${name}"]`);
    if (field) form.elements[name].value = field.value;
  }

  async function act(extra, then) {
    if (isBusy) return;
    isBusy = true;
    form.ariaBusy = "true";
    say();
    const response = await send(extra);
    if (response) await then(response);
    isBusy = false;
    form.ariaBusy = "false";
  }

  async function posted(response) {
    const { number, address, until } = await response.json();
    draft.forget();
    const isKnown = Boolean(cardOf(number));
    const page = await bring([number]).catch(() => null);
    const card = page && cardOf(number);
    if (!card) return goTo(address);
    document.getElementById("discussion-title").textContent = page.querySelector("h2").textContent;
    if (!isKnown) addOwnVerbs(card, until);
    area.value = writing.dataset.untouched;
    form.elements.post_key.value = newKey();
    preview.hidden = true;
    area.dispatchEvent(new Event("input"));
    close?.();
    if (!isShown(card)) location.hash = card.id; // in a discussion that they mute
    card.tabIndex = -1;
    card.focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest" });
  }

  async function previewed(response) {
    const page = parse(await response.text());
    preview.querySelector(".prose").replaceWith(page.querySelector(".preview .prose"));
    preview.hidden = false;
    preview.focus();
    showNewer(page);
  }

  function showWait(page) {
    const wait = page.querySelector(".writing .wait");
    writing.querySelector(".wait")?.remove();
    if (!wait) return;
    form.before(wait);
    countDownTo(writing);
  }

  function showNewer(page) {
    const newer = page.querySelector(".newer-answers");
    if (!newer) return;
    const shown = writing.querySelector(".newer-answers");
    newer.open = Boolean(shown?.open);
    shown?.remove();
    form.before(newer);
  }

  let checking = 0;
  const check = () => {
    if (!area.isConnected) return document.removeEventListener("discussion:posted", check);
    checking ||= setTimeout(async () => {
      const since = form.elements.since.value;
      const response = await request(`${form.action}?since=${since}`);
      if (response?.ok) showNewer(parse(await response.text()));
      checking = 0;
    }, checking === 0 ? 0 : BETWEEN_CHECKS);
  };
  if (form.elements.since && close) document.addEventListener("discussion:posted", check);

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.submitter?.name === "preview") act({ preview: "1" }, previewed);
    else act({}, posted);
  });
  form.querySelector(".cancel")?.addEventListener("click", (event) => {
    if (!close) return;
    event.preventDefault();
    leave();
  });
  writing.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && close && !event.defaultPrevented) leave();
  });
  area.addEventListener("input", () => (latest = composer));
  // A selection elsewhere makes the field forget its own.
  for (const name of ["input", "keyup", "pointerup"]) {
    area.addEventListener(name, () => (composer.caret = area.selectionEnd));
  }
  if (close) {
    area.focus();
    area.setSelectionRange(area.value.length, area.value.length);
  }
  return composer;
}

// Also where it is this page, which must be loaded anew.
function goTo(address) {
  const { pathname, search, hash } = new URL(address, location);
  if (pathname + search !== location.pathname + location.search) return location.assign(address);
  location.hash = hash;
  location.reload();
}

const formOf = (writing) => writing.querySelector("form:not(.restored)");

// The composer as its page has it, with its style; null where there is none to be had.
async function load(address) {
  await Promise.race([underway.get(address), new Promise((done) => setTimeout(done, ARRIVES_WITHIN))]);
  const response = await request(address);
  const page = response?.ok && parse(await response.text());
  const writing = page && page.querySelector(".writing");
  if (!writing) return null;
  const style = page.querySelector("link[data-writing]");
  if (style && !document.querySelector("link[data-writing]")) {
    await new Promise((done) => {
      style.onload = style.onerror = done;
      document.head.append(style);
    });
  }
  return document.adoptNode(writing);
}

const request = (address, options) =>
  fetch(address, {
    headers: { "X-Requested-With": "fetch" },
    signal: AbortSignal.timeout(PATIENCE),
    ...options,
  }).catch(() => null);

const parse = (html) => new DOMParser().parseFromString(html, "text/html");

// What stands round `fresh` comes to stand round `node`, which does not move.
function graft(node, fresh) {
  for (const one of [...node.parentElement.childNodes]) if (one !== node) one.remove();
  const siblings = [...fresh.parentElement.childNodes];
  const place = siblings.indexOf(fresh);
  node.before(...siblings.slice(0, place));
  node.after(...siblings.slice(place + 1));
}

// crypto.randomUUID is not there on addresses without https.
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
