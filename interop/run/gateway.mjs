// Vestibule itself, as an operator starts it: a file, a secret in the environment, a log on standard error.

import { existsSync } from "node:fs"
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { answers, environment, freePort, Process } from "./process.mjs"

const BUILT = fileURLToPath(new URL("../../target/debug/vestibule", import.meta.url))

/** Starts the gateway; `public_url` gets the port that it listens on where no terminator gave one. */
export async function start({ secret, host, terminatorPort, webUrl, apiUrl, folder, configuration = behindNext }) {
  const binary = process.env.VESTIBULE_BIN ?? BUILT
  if (!existsSync(binary)) throw new Error("there is no gateway to test: run `cargo build -p vestibule`, or name the binary in VESTIBULE_BIN")
  const port = await freePort()
  const admin = await freePort()
  const origin = terminatorPort ? `https://${host}:${terminatorPort}` : `http://${host}:${port}`
  const file = join(folder, "vestibule.yaml")
  const text = (configuration) => configuration({ port, admin, origin, webUrl, apiUrl, proxied: terminatorPort !== undefined })
  await writeFile(file, text(configuration))
  const child = new Process("vestibule serve", binary, ["serve", "-c", file], { cwd: folder, env: environment({ AUTH_SECRET: secret }) })
  await child.until(() => answers(`http://127.0.0.1:${admin}/readyz`, 200))
  return {
    origin,
    port,
    /** The access line of one request, found by the id that its answer carried. */
    access: (requestId) => child.line((line) => accessLine(line, requestId)),
    log: () => child.lines.join("\n"),
    file,
    /** What another configuration would say of this place. */
    text,
    /** Has the file read anew, and waits until it is in force. */
    reload: async () => {
      const before = child.lines.length
      child.signal("SIGHUP")
      await child.line((line) => line.includes("loaded the configuration anew"), 10, before)
    },
    stop: () => child.stop(),
  }
}

function behindNext({ port, admin, origin, webUrl, apiUrl, proxied }) {
  return `listen: 127.0.0.1:${port}
admin: { listen: 127.0.0.1:${admin} }
public_url: ${origin}
trusted_proxies: [${proxied ? "127.0.0.1/32" : ""}]
session:
  secrets: [ "\${AUTH_SECRET}" ]
upstreams:
  web: { url: "${webUrl}" }
  api: { url: "${apiUrl}" }
routes:
  - { path: /api/auth/**,         to: web, auth: none }
  - { path: /api/tenant-admin/**, to: "api:/v1/tenant-admin/**", auth: required, token: { claim: /backendToken } }
  - { path: /api/agent/**,        to: "api:/v1/agent/**",        auth: required, token: { claim: /backendToken } }
  - { path: /tenant/**,           to: web, auth: required }
  - { path: /**,                  to: web, auth: optional }
`
}

function accessLine(line, requestId) {
  if (!line.includes(requestId)) return undefined
  try {
    const entry = JSON.parse(line)
    return entry.target === "access" && entry.request_id === requestId ? entry : undefined
  } catch {
    return undefined
  }
}
