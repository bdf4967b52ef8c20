import { csrf, onClick } from "./dom.js";

const isDark = (root) =>
  root.dataset.bsTheme === "dark" || (root.dataset.bsTheme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);

/** The form works by itself; here the page only changes at once and the choice is sent beside it. */
export function themeToggle() {
  const root = document.documentElement;
  onClick("[data-theme-toggle]", (button, event) => {
    event.preventDefault();
    const theme = isDark(root) ? "light" : "dark";
    root.dataset.bsTheme = theme;
    const body = new URLSearchParams({ theme, csrfmiddlewaretoken: csrf() });
    fetch(button.form.action, { method: "POST", body, redirect: "manual" });
  });
}
