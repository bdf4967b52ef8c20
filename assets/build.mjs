/* Builds pbx_console/console/static/build/ from npm packages and assets/: one app.css, one app.js, an icon sprite and the
   fonts. Runs once per release, never per brand: a brand is custom properties only (docs/components.md). */
import { mkdir, readFile, readdir, rm, writeFile, copyFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { PurgeCSS } from "purgecss";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const at = (...parts) => join(root, ...parts);
const modules = (...parts) => at("node_modules", ...parts);
const out = at("pbx_console", "console", "static", "build");
const SHEETS = ["tokens", "base", "shell", "primitives", "data", "components", "pages", "nouns", "brand", "domains", "door", "mails", "call_path", "flow", "live", "phone_page", "extensions", "voicemail", "limits", "phones", "small"];
const FONTS = { inter: "Inter", "instrument-sans": "Instrument Sans", figtree: "Figtree", "geist-mono": "Geist Mono" };
const BUDGET = 100 * 1024; // compressed CSS + JS, /work/shared/interface.md "Speed"

async function sources() {
  const files = await readdir(at("pbx_console"), { recursive: true });
  const wanted = files.filter((f) => /templates\/.*\.html$|(branding|console)\/.*\.py$/.test(f) && !/static\//.test(f));
  return Promise.all(wanted.sort().map((f) => readFile(at("pbx_console", f), "utf8")));
}

/** Tabler reduced to the classes our templates use, below ours in a cascade layer: our rules win whatever their weight. */
async function tabler(texts) {
  const css = await readFile(modules("@tabler", "core", "dist", "css", "tabler.css"), "utf8");
  const content = texts.map((raw) => ({ raw, extension: "html" }));
  const [reduced] = await new PurgeCSS().purge({ content, css: [{ raw: css }], keyframes: true, variables: true, fontFace: true });
  return `@layer tabler{${reduced.css.replace(/@charset[^;]+;|\/\*# sourceMappingURL=.*?\*\//g, "")}}`;
}

/** @font-face rules for latin and latin-ext, with the ranges the font package declares. */
async function fonts() {
  await mkdir(join(out, "fonts"), { recursive: true });
  const rules = await Promise.all(Object.entries(FONTS).map(([slug, family]) => fontFaces(slug, family)));
  return rules.flat().join("\n");
}

async function fontFaces(slug, family) {
  const folder = modules("@fontsource-variable", slug);
  const blocks = (await readFile(join(folder, "index.css"), "utf8")).match(/@font-face\s*{[^}]+}/g);
  return Promise.all(["latin", "latin-ext"].map(async (subset) => {
    const file = `${slug}-${subset}-wght-normal.woff2`;
    const block = blocks.find((b) => b.includes(`/${file}`));
    await copyFile(join(folder, "files", file), join(out, "fonts", `${slug}-${subset}.woff2`));
    const keep = (name) => `${name}:${block.match(new RegExp(`${name}:\\s*([^;}]+)`))[1].trim()}`;
    return `@font-face{font-family:"${family}";src:url("fonts/${slug}-${subset}.woff2") format("woff2");font-style:normal;font-display:swap;${keep("font-weight")};${keep("unicode-range")}}`;
  }));
}

async function stylesheet(texts) {
  const ours = await Promise.all(SHEETS.map((name) => readFile(at("assets", "css", `${name}.css`), "utf8")));
  return minify([await fonts(), await tabler(texts), ...ours].join("\n"));
}

async function minify(css) {
  const done = await build({
    stdin: { contents: css, loader: "css" }, bundle: true, external: ["*.woff2"], minify: true, write: false, legalComments: "none",
    logLevel: "error", target: "esnext",
  });
  return done.outputFiles[0].text;
}

async function script() {
  const done = await build({
    entryPoints: [at("assets", "js", "app.js")], bundle: true, minify: true, write: false, format: "iife", target: "es2020",
    legalComments: "none", logLevel: "error",
  });
  return done.outputFiles[0].text;
}

/** Names are written as {% icon "name" %}, icon="name" or icon:"name"; assets/icons.txt holds the ones chosen at run time. */
async function iconNames(texts) {
  const found = texts.flatMap((text) => [...text.matchAll(/(?:{% icon |\bicon=|\bicon: ?)["']([a-z0-9-]+)["']/g)].map((m) => m[1]));
  const listed = (await readFile(at("assets", "icons.txt"), "utf8")).split("\n").map((l) => l.trim());
  return [...new Set([...found, ...listed])].filter((name) => name && !name.startsWith("#")).sort();
}

async function sprite(texts) {
  const nodes = JSON.parse(await readFile(modules("@tabler", "icons", "tabler-nodes-outline.json"), "utf8"));
  const names = await iconNames(texts);
  const missing = names.filter((name) => !nodes[name]);
  if (missing.length) throw new Error(`@tabler/icons has no outline icon named ${missing.join(", ")}`);
  return `<svg xmlns="http://www.w3.org/2000/svg">${names.map((name) => symbol(name, nodes[name])).join("")}</svg>`;
}

const symbol = (name, parts) => `<symbol id="${name}" viewBox="0 0 24 24">${parts.map(([tag, attributes]) =>
  `<${tag} ${Object.entries(attributes).map(([key, value]) => `${key}="${value}"`).join(" ")}/>`).join("")}</symbol>`;

async function main() {
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  const texts = await sources();
  const files = { "app.css": await stylesheet(texts), "app.js": await script(), "icons.svg": await sprite(texts) };
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(out, name), text)));
  report(files);
}

function report(files) {
  const size = Object.fromEntries(Object.entries(files).map(([name, text]) => [name, gzipSync(text).length]));
  console.log(Object.entries(size).map(([name, bytes]) => `${name} ${(bytes / 1024).toFixed(1)} kB`).join(", ") + " compressed");
  if (size["app.css"] + size["app.js"] > BUDGET) throw new Error("app.css and app.js are over 100 kB compressed");
}

await main();
