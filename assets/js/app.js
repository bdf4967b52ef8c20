/* The console's one script. Everything here is comfort: reading and saving work without it. */
import htmx from "htmx.org/dist/htmx.esm.js";
import { brandPage } from "./brand.js";
import { confirmations } from "./confirm.js";
import { copyButtons } from "./copy.js";
import { levels } from "./levels.js";
import { liveStates } from "./live.js";
import { menu } from "./menu.js";
import { palette } from "./palette.js";
import { passkeys } from "./passkeys.js";
import { selection } from "./selection.js";
import { themeToggle } from "./theme.js";
import { clocks } from "./clocks.js";
import { toasts } from "./toast.js";
import { wall } from "./wall.js";

// Under `default-src 'self'` neither eval nor an injected style element would run.
Object.assign(htmx.config, { allowEval: false, includeIndicatorStyles: false, selfRequestsOnly: true, historyCacheSize: 0 });

const parts = [themeToggle, menu, levels, palette, toasts, confirmations, selection, copyButtons, liveStates, clocks, passkeys, brandPage, wall];
const start = () => parts.forEach((part) => part(htmx));
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
