import { $, $$, onClick } from "./dom.js";

/** Ctrl+K anywhere. The server answers the search as a list of links; this only opens, moves and follows. */
export function palette() {
  const dialog = $("#palette");
  if (!dialog) return;
  const input = $("input[type=search], input[type=text]", dialog);
  const options = () => $$("[role=option]", dialog);
  const chosen = () => $("[role=option][aria-selected=true]", dialog);

  const choose = (option) => {
    options().forEach((other) => other.setAttribute("aria-selected", String(other === option)));
    input.setAttribute("aria-activedescendant", option?.id ?? "");
    option?.scrollIntoView({ block: "nearest" });
  };
  const open = () => {
    if (!dialog.open) dialog.showModal();
    input.focus();
    input.select();
  };
  const step = (by) => {
    const all = options();
    if (all.length) choose(all[(all.indexOf(chosen()) + by + all.length) % all.length]);
  };
  const keys = {
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    Enter: () => (chosen() ?? options()[0])?.click(),
    Escape: () => dialog.close(), // a search field would only empty itself
  };

  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k") return;
    event.preventDefault();
    open();
  });
  dialog.addEventListener("keydown", (event) => {
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  dialog.addEventListener("htmx:afterSwap", () => choose(options()[0]));
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  onClick("[data-palette]", (_, event) => {
    event.preventDefault();
    open();
  });
}
