import { $, $$ } from "./dom.js";

const LONGEST = 15000; // ms between two attempts

/** Presence lamps by key, states of saved objects by key, and the connection lamp in the rail.
 *
 *  Messages (live/consumers): {type: "snapshot", seq, states} | {type: "diff", seq, states}, where `states` maps an
 *  endpoint to {presence, label} and a removed one to null; {type: "object", key, state} when the PBX confirmed a save;
 *  {type: "changed", kind, number} when somebody changed something: pieces with data-changes="<kind> <number>" (or
 *  "<kind>", for lists) ask for themselves again.
 *  A hole in `seq` closes the socket: the server answers the next one with a new snapshot, so the page is right again. */
export function liveStates(htmx) {
  const url = document.body.dataset.live;
  if (!url) return;
  let seq = null;
  let wait = 500;
  let again = 0; // a second refusal before this moment is final

  const apply = { snapshot, diff, object: (message) => refresh(htmx, message.key), changed: (message) => changed(htmx, message) };

  function snapshot(message) {
    $$("[data-presence]").forEach((lamp) => show(lamp, message.states[lamp.dataset.presence]));
    seq = message.seq;
  }

  function diff(message, socket) {
    if (seq === null || message.seq !== seq + 1) return socket.close(4000, "gap");
    seq = message.seq;
    Object.entries(message.states).forEach(([key, state]) =>
      $$(`[data-presence="${CSS.escape(key)}"]`).forEach((lamp) => show(lamp, state)));
  }

  function connect() {
    const socket = new WebSocket(url.replace(/^\//, `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/`));
    socket.onopen = () => { wait = 500; connection("live"); refreshPending(htmx); };
    socket.onmessage = (event) => {
      const message = JSON.parse(event.data);
      apply[message.type]?.(message, socket);
    };
    socket.onclose = async (event) => {
      seq = null;
      if (event.code === 4401 && (await mustLeave())) return;
      if (event.code === 4403 || (event.code === 4401 && Date.now() < again)) return connection("off"); // no more attempts
      if (event.code === 4401) again = Date.now() + LONGEST;
      connection("pending");
      setTimeout(connect, wait * (0.5 + Math.random()));
      wait = Math.min(wait * 2, LONGEST);
    };
  }
  connect();
}

function show(lamp, state) {
  lamp.dataset.p = state?.presence ?? "off";
  const tile = lamp.closest(".exttile");
  if (tile) tile.dataset.p = lamp.dataset.p;
  if (state?.label && lamp.hasAttribute("aria-label")) lamp.setAttribute("aria-label", state.label);
}

/** The server closed the socket because a right ended: where this page would lead to the door now, go there at once.
 *  A session whose key only changed (new password) stays; acting for a customer that is over shows the page anew. */
async function mustLeave() {
  const answer = await fetch(location.href, { method: "HEAD", redirect: "manual", cache: "no-store" }).catch(() => null);
  if (answer?.type === "opaqueredirect") {
    const back = location.pathname + location.search;
    location.replace(`${document.body.dataset.door}?next=${encodeURIComponent(back)}`);
  } else if (answer && document.body.dataset.acting) location.replace(document.body.dataset.acting);
  else if (answer?.status === 403 || answer?.status === 404) location.reload();
  else return false;
  return true;
}

/** The rail says in words whether the page is live; the words wait in its data attributes. */
function connection(state) {
  const box = $("[data-connection]");
  if (!document.body.dataset.live.startsWith("/ws/live/")) return; // nothing on this page moves
  if (!box || box.dataset.connection === state) return;
  box.dataset.connection = state;
  box.hidden = false;
  $(".lamp", box).dataset.p = state;
  $("[data-words]", box).textContent = box.dataset[`words${state[0].toUpperCase()}${state.slice(1)}`];
}

const refresh = (htmx, key) => $$(`[data-object="${CSS.escape(key)}"]`).forEach((e) => htmx.trigger(e, "confirmed"));
const changed = (htmx, { kind, number }) =>
  [kind, `${kind} ${number}`].forEach((what) =>
    $$(`[data-changes="${CSS.escape(what)}"]`).forEach((e) => htmx.trigger(e, "changed")));
const refreshPending = (htmx) => $$('[data-object][data-state="pending"]').forEach((e) => htmx.trigger(e, "confirmed"));
