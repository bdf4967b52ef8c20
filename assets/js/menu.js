import { $, onClick } from "./dom.js";

/** On phones the navigation covers the page. Without this script the link to #rail shows it by :target. */
export function menu() {
  const opener = $("[data-menu]");
  if (!opener) return;
  const set = (open) => {
    document.body.classList.toggle("menu-open", open);
    opener.setAttribute("aria-expanded", String(open));
  };
  opener.setAttribute("role", "button");
  set(false);
  onClick("[data-menu]", (_, event) => {
    event.preventDefault();
    set(!document.body.classList.contains("menu-open"));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.body.classList.contains("menu-open")) {
      set(false);
      opener.focus();
    }
  });
}
