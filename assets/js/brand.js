import { $, $$, onClick } from "./dom.js";

const COLOUR = /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i;
const whole = (text) => {
  const found = text.trim().match(COLOUR);
  if (!found) return "";
  const digits = found[1].length === 3 ? found[1].replace(/./g, "$&$&") : found[1];
  return `#${digits.toLowerCase()}`;
};
const later = (wait, act) => {
  let timer;
  return (...given) => (clearTimeout(timer), (timer = setTimeout(() => act(...given), wait)));
};

/** The brand page: the miniatures follow each keystroke, the draft is kept beside it. Without this the form saves and
 *  the page shows it. The table of contrast is always the server's. */
export function brandPage(htmx) {
  const form = $("#brandform");
  if (!form) return;
  $("[data-autosave]", form)?.removeAttribute("hidden");
  const accent = form.elements.accent;
  const picker = $("[data-picker]", form);

  const keep = later(250, () => htmx.trigger(form, "draft"));
  const measure = later(90, async () => {
    const asked = accent.value;
    const query = new URLSearchParams({ accent: asked, tint: form.elements.tint.value });
    const answer = await fetch(`${form.dataset.tones}?${query}`);
    if (answer.status === 200 && asked === accent.value) $("#brand-contrast").outerHTML = await answer.text();
  });

  const dress = () => $$(".pv").forEach((part) => wear(part, form));
  const words = () => $$("[data-live]").forEach((part) => (part.textContent = say(part, form)));

  const show = (event) => {
    if (event.target === picker) accent.value = picker.value;
    if (event.target === accent && whole(accent.value)) picker.value = whole(accent.value);
    dress();
    words();
    if ([picker, accent, form.elements.tint].includes(event.target) && whole(accent.value)) measure();
  };
  form.addEventListener("input", show);
  form.addEventListener("change", (event) => (event.target.type === "file" ? form.requestSubmit() : keep()));
  form.addEventListener("htmx:afterRequest", (event) => event.detail.elt === form && refresh());
  onClick("[data-swatch]", (button, event) => {
    event.preventDefault();
    accent.value = button.dataset.swatch;
    accent.dispatchEvent(new Event("input", { bubbles: true }));
    accent.dispatchEvent(new Event("change", { bubbles: true }));
  });
  panes();
  $$(".lg-box", form).forEach(drops);
}

function wear(part, form) {
  const value = (name) => form.elements[name].value;
  const set = (name, text) => part.style.setProperty(`--brand-${name}`, text);
  if (whole(value("accent"))) set("accent", whole(value("accent")));
  set("tint", value("tint"));
  set("radius", `${value("radius")}px`);
  set("font", value("font") === "system-ui" ? "system-ui" : `"${value("font")}"`);
  const dark = value("rail_scheme") === "dark";
  set("rail-scheme", dark ? "dark" : "initial");
  $(".pv-rail", part)?.classList.toggle("on-dark", dark);
}

const say = (part, form) => form.elements[part.dataset.live].value || form.elements[part.dataset.else]?.value || "";

/** Console, sign-in, mail, PDF: frames load when they are first looked at. */
function panes() {
  const tabs = $$("[data-pane]");
  onClick("[data-pane]", (tab, event) => {
    event.preventDefault();
    tabs.forEach((other) => (other === tab ? other.setAttribute("aria-current", "true") : other.removeAttribute("aria-current")));
    $$("[data-shows]").forEach((pane) => (pane.hidden = pane.dataset.shows !== tab.dataset.pane));
    refresh();
  });
}

/** Load what is on screen anew: it is drawn by the server from the draft. */
function refresh() {
  $$("[data-shows]:not([hidden]) :is(iframe, img[data-src], img.pv-sheet)").forEach((part) => {
    const url = part.dataset.src ?? part.getAttribute("src");
    part.dataset.src = url;
    part.src = part.tagName === "IMG" ? `${url}?at=${Date.now()}` : url;
  });
}

/** A picture may be dropped on its place. */
function drops(box) {
  const input = $("input[type=file]", box);
  const over = (on) => (event) => (event.preventDefault(), box.classList.toggle("over", on));
  box.addEventListener("dragover", over(true));
  box.addEventListener("dragleave", over(false));
  box.addEventListener("drop", (event) => {
    over(false)(event);
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}
