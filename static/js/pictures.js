/* Pictures in the editor: chosen, dropped or pasted, they are sent at once.

   One for the text lands as Markdown where the cursor is; one for the cover is shown, and its
   signed name goes with the form, so that it outlives whatever happens to the page. */

const form = document.querySelector("form.editor[data-upload]");

if (form) {
  forText(form.querySelector("textarea[name=text]"), form.querySelector("[data-text-picture]"));
  forCover(form.querySelector("[data-cover]"));
}

function forText(text, part) {
  const [file, alt, caption] = ["picture", "alt", "caption"].map((name) =>
    part.querySelector(`[name=picture-${name}]`),
  );
  const error = document.createElement("p");
  error.className = "field-error";
  error.setAttribute("role", "alert");
  part.querySelector(".form-actions").before(error);

  part.querySelector("[name=add_picture]").addEventListener("click", async (event) => {
    if (!file.files.length) return;
    event.preventDefault();
    if (await put(file.files[0], alt.value, caption.value)) {
      for (const input of [file, alt, caption]) input.value = "";
      text.focus();
    }
  });
  onPictures(text, (files) => files.forEach((one) => put(one)));

  async function put(picture, alt = "", caption = "") {
    // What stands in for it is found again, wherever one has typed on meanwhile.
    const waiting = `![${form.dataset.uploading} ${picture.name}]()`;
    error.textContent = "";
    insert(waiting);
    const { markdown, said } = await send(picture, { alt, caption });
    replace(waiting, markdown ?? "");
    if (!markdown) {
      part.open = true;
      error.textContent = said;
    }
    return Boolean(markdown);
  }

  function insert(words) {
    const before = text.value.slice(0, text.selectionStart).trimEnd();
    const lead = before ? "\n\n" : "";
    text.setRangeText(`${lead}${words}\n\n`, before.length, text.selectionEnd, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function replace(words, others) {
    const place = text.value.indexOf(words);
    if (place < 0) return;
    text.setRangeText(others, place, place + words.length, "preserve");
    if (others.startsWith("![]")) text.setSelectionRange(place + 2, place + 2);
    text.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function forCover(part) {
  const file = part.querySelector("[name=cover]");
  const kept = form.querySelector("[name=kept_cover]");
  const error = part.querySelector("[data-cover-error]");

  file.addEventListener("change", () => file.files.length && show(file.files[0]));
  onPictures(part, ([picture]) => show(picture));

  async function show(picture) {
    error.hidden = true;
    const { address, kept: name, said } = await send(picture, {});
    if (!address) {
      error.hidden = false;
      error.textContent = said;
      return;
    }
    file.value = "";
    kept.value = name;
    const image = part.querySelector(".cover-thumbnail") ?? document.createElement("img");
    image.className = "cover-thumbnail";
    image.src = address;
    image.alt = picture.name;
    part.querySelector(".editor-fields").prepend(image);
    kept.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function onPictures(target, take) {
  const pictures = (data) => [...(data?.files ?? [])].filter((one) => one.type.startsWith("image/"));
  target.addEventListener("dragover", (event) => {
    if (![...event.dataTransfer.items].some((one) => one.kind === "file")) return;
    event.preventDefault();
    target.classList.add("is-over");
  });
  target.addEventListener("dragleave", () => target.classList.remove("is-over"));
  for (const kind of ["drop", "paste"]) {
    target.addEventListener(kind, (event) => {
      target.classList.remove("is-over");
      const found = pictures(event.dataTransfer ?? event.clipboardData);
      if (!found.length) return;
      event.preventDefault();
      take(found);
    });
  }
}

async function send(picture, words) {
  const fields = new FormData();
  fields.set("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
  fields.set("picture-picture", picture);
  for (const [name, value] of Object.entries(words)) fields.set(`picture-${name}`, value);
  try {
    const answer = await fetch(form.dataset.upload, { method: "POST", body: fields, redirect: "error" });
    if (answer.ok || answer.status === 422) return await answer.json();
  } catch {
    // Said below, as whatever else went wrong on the way.
  }
  return { said: form.dataset.notUploaded };
}
