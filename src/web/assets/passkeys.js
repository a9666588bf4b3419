// Passkeys: fetches a challenge, asks the browser for its answer, and sends
// that with an ordinary form.
"use strict";

const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function read(options) {
  options.challenge = bytes(options.challenge);
  if (options.user) options.user.id = bytes(options.user.id);
  for (const list of [options.allowCredentials, options.excludeCredentials]) {
    for (const one of list ?? []) one.id = bytes(one.id);
  }
  const salt = options.extensions?.prf?.eval;
  if (salt) salt.first = bytes(salt.first);
  return options;
}

async function challenge(form) {
  const body = new URLSearchParams();
  for (const name of ["csrf", "of", "email"]) {
    if (form.elements[name]) body.set(name, form.elements[name].value);
  }
  const response = await fetch(form.dataset.options, { method: "POST", body });
  if (!response.ok) throw new Error(String(response.status));
  const { ceremony, options } = await response.json();
  return { ceremony, publicKey: read(options) };
}

// Some authenticators only say at first that they can, and give their secret
// when they are asked once more.
async function secretOf(credential, publicKey) {
  const prf = credential.getClientExtensionResults().prf;
  if (prf?.results?.first) return text(prf.results.first);
  if (!prf?.enabled) return "";
  const again = await navigator.credentials.get({
    publicKey: {
      challenge: crypto.getRandomValues(new Uint8Array(32)),
      rpId: publicKey.rp.id,
      allowCredentials: [{ type: "public-key", id: credential.rawId }],
      userVerification: "required",
      extensions: { prf: publicKey.extensions.prf },
    },
  });
  const first = again.getClientExtensionResults().prf?.results?.first;
  return first ? text(first) : "";
}

// What the form tells of the secret, it tells in a field of its own.
function answer(credential) {
  const said = credential.response;
  const response = { clientDataJSON: text(said.clientDataJSON) };
  if (said.attestationObject) {
    response.attestationObject = text(said.attestationObject);
    response.transports = said.getTransports?.() ?? [];
  } else {
    response.authenticatorData = text(said.authenticatorData);
    response.signature = text(said.signature);
    response.userHandle = said.userHandle ? text(said.userHandle) : null;
  }
  const id = text(credential.rawId);
  return JSON.stringify({ id, rawId: id, type: credential.type, response, extensions: {} });
}

function send(form, ceremony, credential, secret) {
  form.elements.ceremony.value = ceremony;
  form.elements.credential.value = answer(credential);
  form.elements.secret.value = secret;
  // In case nobody turns out to have it here.
  sessionStorage.setItem("passkey", text(credential.rawId));
  form.submit();
}

// A challenge holds for ten minutes: what is offered for longer is asked for anew.
const LISTENS = 9 * 60 * 1000;
let listening;

async function press(form) {
  const failed = form.querySelector("[data-failed]");
  failed.hidden = true;
  listening?.abort();
  listening = undefined;
  try {
    const { ceremony, publicKey } = await challenge(form);
    const making = form.dataset.passkey === "make";
    const credential = making
      ? await navigator.credentials.create({ publicKey })
      : await navigator.credentials.get({ publicKey });
    const secret = making
      ? await secretOf(credential, publicKey).catch(() => "")
      : text(credential.getClientExtensionResults().prf?.results?.first ?? []);
    send(form, ceremony, credential, secret);
  } catch {
    failed.hidden = false;
  }
}

// Passkeys among what the browser offers in the e-mail field.
async function listen(form) {
  if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
  const mine = new AbortController();
  listening = mine;
  let isStale = false;
  const stale = setTimeout(() => {
    isStale = true;
    mine.abort();
  }, LISTENS);
  try {
    const { ceremony, publicKey } = await challenge(form);
    const credential = await navigator.credentials.get({
      mediation: "conditional", publicKey, signal: mine.signal,
    });
    const first = credential.getClientExtensionResults().prf?.results?.first;
    send(form, ceremony, credential, first ? text(first) : "");
  } catch {
    // Nobody chose one, or the button was pressed.
  }
  clearTimeout(stale);
  if (isStale && listening === mine) listen(form);
}

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      press(form);
    });
    if ("listens" in form.dataset) listen(form);
    // WebAuthn L3 §5.1.10: the browser need not offer it any more.
    if ("unknown" in form.dataset) {
      PublicKeyCredential.signalUnknownCredential?.({
        rpId: location.hostname, credentialId: sessionStorage.getItem("passkey"),
      })?.catch(() => {});
    }
  }
  // WebAuthn L3 §5.1.10: the browser forgets the passkeys that are gone here.
  const known = document.getElementById("passkeys-known");
  if (known) {
    const { rp, user, ids } = known.dataset;
    PublicKeyCredential.signalAllAcceptedCredentials?.({
      rpId: rp, userId: user, allAcceptedCredentialIds: ids.split(" ").filter(Boolean),
    })?.catch(() => {});
  }
}
