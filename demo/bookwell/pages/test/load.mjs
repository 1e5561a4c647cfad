// Modules of `src/` for Node, which cannot read TypeScript.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const source = path.join(path.dirname(fileURLToPath(import.meta.url)), "../src");

export async function load(name) {
  const folder = await mkdtemp(path.join(tmpdir(), "bookwell-pages-"));
  const outfile = path.join(folder, "module.mjs");
  await build({
    entryPoints: [path.join(source, name)],
    bundle: true,
    outfile,
    format: "esm",
    target: "es2022",
    platform: "neutral",
  });
  const module = await import(pathToFileURL(outfile));
  await rm(folder, { recursive: true });
  return module;
}
