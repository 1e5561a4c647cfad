// One deployment: the application, the backend, the gateway, and on HTTPS a terminator in front.

import { randomBytes } from "node:crypto"
import { rmSync } from "node:fs"
import { mkdtemp } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Backend } from "./backend.mjs"
import { Browser } from "./browser.mjs"
import * as gateway from "./gateway.mjs"
import * as next from "./next.mjs"
import { Terminator } from "./terminator.mjs"

/** Not `localhost`: browsers treat secure cookies differently there. */
const HOST = "app.vestibule.test"

/**
 * Starts everything for `scheme`.
 * With `authUrl` the application is told its public address, as its documentation advises;
 * without, it has nothing but the headers that the gateway sends.
 */
export async function start({ scheme, authUrl = false }) {
  const running = []
  const folder = await mkdtemp(join(tmpdir(), "vestibule-interop-"))
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }))
  const stop = async () => {
    for (const part of running.reverse()) await part.stop()
  }
  try {
    await next.build()
    const secret = randomBytes(32).toString("base64url")
    const backend = await new Backend().start()
    running.push(backend)
    const terminator = scheme === "https" ? await new Terminator().start(HOST, folder) : undefined
    if (terminator) running.push(terminator)
    const publicUrl = authUrl && terminator ? `https://${HOST}:${terminator.port}` : undefined
    const web = await next.start({ secret, backendUrl: backend.url, authUrl: publicUrl })
    running.push(web)
    const front = await gateway.start({ secret, host: HOST, terminatorPort: terminator?.port, webUrl: web.url, apiUrl: backend.url, folder })
    running.push(front)
    terminator?.target(front.port)
    const address = { origin: front.origin, port: terminator?.port ?? front.port, ca: terminator?.ca }
    return { origin: front.origin, secret, backend, web, gateway: front, browser: () => new Browser(address), stop }
  } catch (error) {
    await stop()
    throw error
  }
}
