import { $, $$ } from "./dom.js";

const boxes = (table) => $$("tbody input[type=checkbox]", table);

function show(table, bar) {
  const all = boxes(table);
  const picked = all.filter((box) => box.checked);
  all.forEach((box) => box.closest("tr").toggleAttribute("aria-selected", false));
  picked.forEach((box) => box.closest("tr").setAttribute("aria-selected", "true"));
  bar.hidden = picked.length === 0;
  $("[data-count]", bar).textContent = picked.length;
  const every = $("[data-select-all]", table);
  if (!every) return;
  every.checked = picked.length === all.length && all.length > 0;
  every.indeterminate = picked.length > 0 && picked.length < all.length;
}

/** `<table data-select="#bulk">`: counts ticked rows into the floating bar. Without it the bar is simply always there. */
export function selection(htmx) {
  const update = () => $$("table[data-select]").forEach((table) => show(table, $(table.dataset.select)));
  document.addEventListener("change", (event) => {
    const table = event.target.closest?.("table[data-select]");
    if (!table) return;
    if (event.target.matches("[data-select-all]")) boxes(table).forEach((box) => (box.checked = event.target.checked));
    update();
  });
  htmx.onLoad(update);
  update();
}
