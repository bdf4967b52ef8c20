import { $$ } from "./dom.js";

const two = (n) => String(n).padStart(2, "0");

export function duration(seconds) {
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
  return h ? `${h}:${two(m)}:${two(s)}` : `${two(m)}:${two(s)}`;
}

/** `<span data-since="1790000000">` counts up from a Unix time, e.g. the answer of a call. */
export function clocks() {
  const tick = () => $$("[data-since]").forEach((e) => (e.textContent = duration(Math.max(0, Date.now() / 1000 - e.dataset.since))));
  tick();
  setInterval(tick, 1000);
}
