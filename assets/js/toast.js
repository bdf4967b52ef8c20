import { $, $$, onClick } from "./dom.js";

const STAY = 8000; // ms; never while pointed at or focused

const busy = (toast) => toast.matches(":hover, :focus-within");

function dismissLater(toast) {
  setTimeout(() => (busy(toast) ? dismissLater(toast) : toast.remove()), STAY);
}

/** One at a time: a new toast takes the place of the old one. */
export function toasts() {
  const region = $("#toasts");
  if (!region) return;
  const settle = () => {
    const all = $$(".toast-x", region);
    all.slice(0, -1).forEach((older) => older.remove());
    const newest = all.at(-1);
    if (!newest || newest.dataset.timed) return;
    newest.dataset.timed = "1";
    dismissLater(newest);
  };
  new MutationObserver(settle).observe(region, { childList: true });
  onClick(".toast-x [data-close]", (button) => button.closest(".toast-x").remove());
  settle();
}
