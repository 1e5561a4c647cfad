// Builds what the binary embeds from what people edit: `src/` into `dist/`.
// With `--fresh`, writes nothing and fails where `dist/` is not what `src/` makes.

import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const dist = path.join(here, "dist");

/** A page on another site pays for the widget, so it has a budget. */
const WIDGET_BUDGET = 12 * 1024;

const entries = {
  acting: "src/acting.ts",
  app: "src/app.ts",
  "bookwell-chat": "src/chat/embed.ts",
  style: "src/style.css",
  storefront: "src/storefront.css",
};

const { outputFiles } = await build({
  absWorkingDir: here,
  entryPoints: entries,
  outdir: dist,
  bundle: true,
  minify: true,
  write: false,
  charset: "utf8",
  format: "iife",
  target: ["es2022", "chrome120", "firefox120", "safari17"],
  legalComments: "none",
});

const made = new Map(outputFiles.map((file) => [path.basename(file.path), Buffer.from(file.contents)]));
made.set("icon.svg", await readFile(path.join(here, "src/icon.svg")));

const widget = gzipSync(made.get("bookwell-chat.js")).length;
if (widget > WIDGET_BUDGET) {
  fail(`bookwell-chat.js has ${widget} octets when compressed, more than ${WIDGET_BUDGET}`);
}

if (process.argv.includes("--fresh")) {
  const present = new Set(await readdir(dist));
  for (const [name, contents] of made) {
    if (!present.delete(name) || !contents.equals(await readFile(path.join(dist, name)))) {
      fail(`dist/${name} is not what src/ makes; run \`npm run build\` and commit it`);
    }
  }
  for (const name of present) {
    fail(`dist/${name} is made by nothing in src/; remove it`);
  }
} else {
  for (const [name, contents] of made) {
    await writeFile(path.join(dist, name), contents);
  }
}

for (const [name, contents] of made) {
  console.log(`${name}: ${contents.length} octets, ${gzipSync(contents).length} compressed`);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
