export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

/** Calls `handle(element, event)` for clicks on anything that matches, now or added later by htmx. */
export const onClick = (selector, handle) =>
  document.addEventListener("click", (event) => {
    const found = event.target.closest?.(selector);
    if (found) handle(found, event);
  });

/** The CSRF token of any form on the page; the cookie is not readable by scripts. */
export const csrf = () => $("[name=csrfmiddlewaretoken]")?.value ?? "";
