// One deployment without Node behind the gateway: a page, a backend with a login call, and `signin:` between them.

import { randomBytes } from "node:crypto"
import { rmSync } from "node:fs"
import { mkdtemp, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as gateway from "../gateway.mjs"
import { Terminator } from "../terminator.mjs"
import { Backend } from "./backend.mjs"
import { build, Page } from "./page.mjs"
import { Visitors } from "./visitor.mjs"

/** Not `localhost`: there Chromium behaves as if every connection were secure. */
const HOST = "app.test"

export async function start({ scheme }) {
  const running = []
  const folder = await mkdtemp(join(tmpdir(), "vestibule-react-"))
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }))
  const stop = async () => {
    for (const part of running.reverse()) await part.stop()
  }
  const begin = async (part) => {
    running.push(await part)
    return part
  }
  try {
    await build()
    const secret = randomBytes(32).toString("base64url")
    const backend = await begin(new Backend().start())
    const page = await begin(new Page().start())
    const terminator = scheme === "https" ? await begin(new Terminator().start(HOST, folder)) : undefined
    const address = { secret, host: HOST, terminatorPort: terminator?.port, webUrl: page.url, apiUrl: backend.url, folder }
    // High enough for everything that fails on purpose; the last suite lowers it.
    const front = await begin(gateway.start({ ...address, configuration: configuration(50) }))
    terminator?.target(front.port)
    const visitors = await begin(new Visitors().start({ origin: front.origin }))
    const limit = async (failures) => {
      await writeFile(front.file, front.text(configuration(failures)))
      await front.reload()
    }
    return { origin: front.origin, scheme, secret, backend, gateway: front, visitors, limit, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function configuration(failures) {
  return ({ port, admin, origin, proxied, webUrl, apiUrl }) => `listen: 127.0.0.1:${port}
admin: { listen: 127.0.0.1:${admin} }
public_url: ${origin}
trusted_proxies: [${proxied ? "127.0.0.1/32" : ""}]
session:
  secrets: [ "\${AUTH_SECRET}" ]
signin:
  login_url: ${apiUrl}/v1/auth/login
  refresh_url: ${apiUrl}/v1/auth/refresh
  logout_url: ${apiUrl}/v1/auth/logout
  claims: { sub: /user/id, name: /user/name, email: /user/email, role: /user/role, padding: /user/padding, backendToken: /access_token, refreshToken: /refresh_token }
  expires: { backendTokenExpires: /expires_in }
  show: [role]
  update: [name]
  max_age: 24h
  page: /login
  failures: { per_address: ${failures} }
upstreams:
  web: { url: "${webUrl}" }
  api: { url: "${apiUrl}" }
routes:
  - { path: /api/auth/**,  to: signin, auth: none }
  - { path: /api/agent/**, to: "api:/v1/agent/**", auth: required, token: { claim: /backendToken } }
  - { path: /**,           to: web, auth: none }
`
}
