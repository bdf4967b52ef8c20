import { $, $$ } from "./dom.js";

const same = (typed, wanted) => typed.trim().toLowerCase() === wanted.trim().toLowerCase();

function watch(form) {
  const field = $("[name=confirm]", form);
  const button = $("[type=submit], button:not([type])", form);
  if (!field || !button) return;
  const check = () => (button.disabled = !same(field.value, form.dataset.confirm));
  field.addEventListener("input", check);
  check();
}

/** `<form data-confirm="214">`: the button wakes up when 214 is typed. The server asks again. */
export function confirmations(htmx) {
  $$("form[data-confirm]").forEach(watch);
  htmx.onLoad((part) => $$("form[data-confirm]", part).forEach(watch));
}
