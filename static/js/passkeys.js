// Forms that a passkey answers: `data-passkey` says whether one is made ("create") or used ("get"),
// or will be made once an address is confirmed ("later"): whoever cannot is told so before they join.
// What is asked of the device stands on the page as JSON, or is fetched from `data-ask`; its answer
// goes into the form's `credential`, and the form is sent as any other.

const toBytes = (text) =>
  Uint8Array.from(
    atob(text.replaceAll("-", "+").replaceAll("_", "/")),
    (c) => c.codePointAt(0),
  );

const toText = (buffer) =>
  btoa(String.fromCodePoint(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const withBytes = (list) => list?.map((each) => ({ ...each, id: toBytes(each.id) }));

function options(asked) {
  const key = { ...asked.publicKey, challenge: toBytes(asked.publicKey.challenge) };
  if (key.user) key.user = { ...key.user, id: toBytes(key.user.id) };
  if (key.excludeCredentials) key.excludeCredentials = withBytes(key.excludeCredentials);
  if (key.allowCredentials) key.allowCredentials = withBytes(key.allowCredentials);
  return key;
}

function answer(credential) {
  const response = {};
  for (const part of [
    "clientDataJSON",
    "attestationObject",
    "authenticatorData",
    "signature",
    "userHandle",
  ])
    if (credential.response[part]) response[part] = toText(credential.response[part]);
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  return {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  };
}

async function asked(form) {
  if (!form.dataset.ask) return JSON.parse(document.getElementById("passkey-options").textContent);
  const response = await fetch(form.dataset.ask, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(`${response.status} from ${form.dataset.ask}`);
  return response.json();
}

async function create(form) {
  const publicKey = options((await asked(form)).creation_options);
  const alone = form.elements.passwordless;
  if (alone) {
    publicKey.authenticatorSelection = {
      ...publicKey.authenticatorSelection,
      residentKey: alone.checked ? "required" : "discouraged",
      requireResidentKey: alone.checked,
    };
    if (alone.checked) publicKey.authenticatorSelection.userVerification = "required";
  }
  return navigator.credentials.create({ publicKey });
}

async function get(form) {
  return navigator.credentials.get({ publicKey: options((await asked(form)).request_options) });
}

function say(form, id) {
  form.querySelector(".passkey-said")?.remove();
  const said = document.createElement("div");
  said.className = "passkey-said";
  said.append(document.getElementById(id).content.cloneNode(true));
  form.append(said);
}

// Browsers tie a passkey to a name, never to a number.
const isNumber = /^[\d.]+$|:/.test(location.hostname);
const isSupported = Boolean(window.PublicKeyCredential) && window.isSecureContext && !isNumber;

// This machine's own number has a name that every browser knows.
const isThisMachine = /^127\.|^\[::1\]$/.test(location.hostname);

function sayWhyNot(form) {
  say(form, isThisMachine ? "passkey-by-name" : "passkey-unsupported");
  const there = new URL(location);
  there.hostname = "localhost";
  if (isThisMachine) form.querySelector(".passkey-said a").href = there;
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const button = form.querySelector("button:not([form])");
  if (!isSupported) {
    sayWhyNot(form);
    continue;
  }
  button.hidden = false;
  if (form.dataset.passkey === "later") continue;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      const credential = await (form.dataset.passkey === "create" ? create(form) : get(form));
      form.elements.credential.value = JSON.stringify(answer(credential));
      form.submit();
    } catch {
      say(form, "passkey-refused");
      button.disabled = false;
    }
  });
}
