import { $ } from "./dom.js";

/** `?wall` dresses the live page for a screen on the wall; a button asks for the whole screen. */
export function wall() {
  document.documentElement.classList.toggle("wall", Boolean($("[data-wall]")));
  const button = $("[data-full-screen]");
  if (!button || !document.fullscreenEnabled) return;
  button.hidden = false;
  button.addEventListener("click", () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()));
}
