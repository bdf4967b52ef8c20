import { $, onClick } from "./dom.js";

/** `<button data-copy="#id" data-copied="Copied">` copies the text of an element and says so for two seconds. */
export function copyButtons() {
  onClick("[data-copy]", async (button) => {
    await navigator.clipboard.writeText($(button.dataset.copy).textContent.trim());
    const label = $("[data-label]", button) ?? button;
    const before = label.textContent;
    label.textContent = button.dataset.copied;
    setTimeout(() => (label.textContent = before), 2000);
  });
}
