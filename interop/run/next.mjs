// The real application: built when its sources are newer than its build, then started as in production.

import { existsSync } from "node:fs"
import { readdir, stat, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { answers, environment, freePort, Process } from "./process.mjs"

export const APPLICATION = fileURLToPath(new URL("../next16", import.meta.url))
const NEXT = join(APPLICATION, "node_modules/next/dist/bin/next")
const STAMP = join(APPLICATION, ".next/interop-stamp")
const MADE = new Set([".next", "next-env.d.ts", "node_modules", "tsconfig.tsbuildinfo"])

/** Builds the application unless the last build is newer than everything it was made from. */
export async function build() {
  if (!existsSync(NEXT)) throw new Error("the application is not installed: run `npm ci` in interop/next16")
  if (await fresh()) return
  const child = new Process("next build", process.execPath, [NEXT, "build"], {
    cwd: APPLICATION,
    env: environment({ NEXT_TELEMETRY_DISABLED: "1", NODE_ENV: "production" }),
  })
  await child.success()
  await writeFile(STAMP, "")
}

/** Starts it; without `authUrl` it learns scheme and host from the forwarded headers alone. */
export async function start({ secret, backendUrl, authUrl }) {
  const port = await freePort()
  const child = new Process("next start", process.execPath, [NEXT, "start", "-p", String(port), "-H", "127.0.0.1"], {
    cwd: APPLICATION,
    env: environment({
      NODE_ENV: "production",
      NEXT_TELEMETRY_DISABLED: "1",
      AUTH_SECRET: secret,
      AUTH_TRUST_HOST: "true",
      BACKEND_URL: backendUrl,
      ...(authUrl ? { AUTH_URL: authUrl } : {}),
    }),
  })
  await child.until(() => answers(`http://127.0.0.1:${port}/api/auth/providers`, 200))
  return { url: `http://127.0.0.1:${port}`, port, stop: () => child.stop() }
}

async function fresh() {
  const built = await stat(STAMP).catch(() => undefined)
  return built !== undefined && built.mtimeMs > (await newest(APPLICATION))
}

async function newest(folder) {
  let latest = 0
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (MADE.has(entry.name)) continue
    const path = join(folder, entry.name)
    latest = Math.max(latest, entry.isDirectory() ? await newest(path) : (await stat(path)).mtimeMs)
  }
  return latest
}
