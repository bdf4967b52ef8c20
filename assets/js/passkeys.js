import { $, $$, csrf } from "./dom.js";

// WebAuthn speaks in buffers, JSON in base64url (RFC 4648, 5).
const toBuffer = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0)).buffer;
const toText = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const descriptors = (list = []) => list.map((one) => ({ ...one, id: toBuffer(one.id) }));

async function post(url, data, prove) {
  const answer = await fetch(url, {
    method: "POST", body: JSON.stringify(data), redirect: "manual",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrf() },
  });
  if (answer.type === "opaqueredirect") return location.assign(prove + "?next=" + encodeURIComponent(location.pathname));
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.error);
  return said;
}

async function make(options) {
  const publicKey = { ...options, challenge: toBuffer(options.challenge), user: { ...options.user, id: toBuffer(options.user.id) }, excludeCredentials: descriptors(options.excludeCredentials) };
  const made = await navigator.credentials.create({ publicKey });
  const { response } = made;
  return {
    id: made.id, rawId: toText(made.rawId), type: made.type, authenticatorAttachment: made.authenticatorAttachment, clientExtensionResults: made.getClientExtensionResults(),
    response: { clientDataJSON: toText(response.clientDataJSON), attestationObject: toText(response.attestationObject), transports: response.getTransports?.() ?? [] },
  };
}

async function use(options) {
  const publicKey = { ...options, challenge: toBuffer(options.challenge), allowCredentials: descriptors(options.allowCredentials) };
  const used = await navigator.credentials.get({ publicKey });
  const { response } = used;
  return {
    id: used.id, rawId: toText(used.rawId), type: used.type, authenticatorAttachment: used.authenticatorAttachment, clientExtensionResults: used.getClientExtensionResults(),
    response: { clientDataJSON: toText(response.clientDataJSON), authenticatorData: toText(response.authenticatorData), signature: toText(response.signature), userHandle: response.userHandle ? toText(response.userHandle) : null },
  };
}

async function run(part) {
  const { begin, finish, next, passkey, prove } = part.dataset;
  const options = await post(begin, {}, prove);
  if (!options) return;
  const credential = await (passkey === "make" ? make : use)(options);
  const done = await post(finish, { credential, next, name: $("[name=passkey_name]", part)?.value }, prove);
  if (done) location.assign(done.url);
}

function wire(part) {
  const [button, said] = [$("button", part), $("[role=alert]", part)];
  part.hidden = false;
  button.addEventListener("click", async () => {
    said.hidden = button.disabled = true;
    try {
      await run(part);
    } catch (error) {
      // The browser's own refusals are in its own words and language; the server's are ours.
      $("span", said).textContent = error instanceof DOMException ? part.dataset.failed : error.message || part.dataset.failed;
      said.hidden = false;
    }
    button.disabled = false;
  });
}

/** `<div data-passkey="use|make" data-begin data-finish hidden>`: shown where the browser knows passkeys. */
export function passkeys() {
  if (window.PublicKeyCredential) $$("[data-passkey]").forEach(wire);
}
