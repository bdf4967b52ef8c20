import { $, $$ } from "./dom.js";

/** The level switcher's popover: opens beside the wire, filters as one types. Without it the link leads to the list. */
export function levels() {
  const popover = $("#levels");
  const opener = $("[data-levels]");
  if (!popover || !opener) return;
  const set = (open) => {
    popover.hidden = !open;
    opener.setAttribute("aria-expanded", String(open));
    if (open) $("input", popover)?.focus();
  };
  opener.setAttribute("role", "button");
  opener.setAttribute("aria-haspopup", "dialog");
  set(false);
  opener.addEventListener("click", (event) => {
    event.preventDefault();
    event.stopPropagation();
    set(popover.hidden);
  });
  opener.addEventListener("keydown", (event) => event.key === " " && (event.preventDefault(), opener.click()));
  document.addEventListener("click", (event) => popover.contains(event.target) || set(false));
  popover.addEventListener("keydown", (event) => move(popover, event));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || popover.hidden) return;
    set(false);
    opener.focus();
  });
}

function move(popover, event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const links = [$("input", popover), ...$$("a", popover)].filter(Boolean);
  const next = links.indexOf(document.activeElement) + step;
  links[(next + links.length) % links.length].focus();
}
