// Modules of `src/` for Node, which cannot read TypeScript.

import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const source = path.join(path.dirname(fileURLToPath(import.meta.url)), "../src");

export async function load(name) {
  const { outputFiles } = await build({
    entryPoints: [path.join(source, name)],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    platform: "neutral",
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}
