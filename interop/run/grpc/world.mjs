// A server of gRPC, the gateway in front of it, and clients with and without a session.

import { spawnSync } from "node:child_process"
import { randomBytes } from "node:crypto"
import { rmSync } from "node:fs"
import { mkdtemp } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as gateway from "../gateway.mjs"
import { environment } from "../process.mjs"
import { BOOKINGS, Bookings } from "./bookings.mjs"
import grpc from "./package.mjs"

export const TOKEN = "the-backends-token"

export async function start() {
  const running = []
  const folder = await mkdtemp(join(tmpdir(), "vestibule-grpc-"))
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }))
  const stop = async () => {
    for (const part of running.reverse()) await part.stop()
  }
  try {
    const secret = randomBytes(32).toString("base64url")
    const bookings = await new Bookings().start()
    running.push(bookings)
    const front = await gateway.start({ secret, host: "127.0.0.1", apiUrl: bookings.url, folder, configuration })
    running.push(front)
    const Client = grpc.makeClientConstructor(BOOKINGS, "Bookings")
    const client = new Client(`127.0.0.1:${front.port}`, grpc.credentials.createInsecure())
    running.push({ stop: async () => client.close() })
    return { client, bookings, gateway: front, signedIn: (role) => metadata(mint(secret, role)), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function configuration({ port, admin, origin, apiUrl }) {
  return `listen: 127.0.0.1:${port}
h2c: true
admin: { listen: 127.0.0.1:${admin} }
public_url: ${origin}
session: { secrets: [ "\${AUTH_SECRET}" ] }
csrf: { header: "X-CSRF: 1" }
upstreams:
  bookings: { url: "${apiUrl}", protocol: http2 }
  gone: { url: "http://127.0.0.1:1", protocol: http2 }
routes:
  - path: /bookings.v1.Bookings/**
    to: bookings
    methods: [POST]
    auth: required
    token: { claim: /backendToken }
    require: { claim: /role, in: [MEMBER] }
  - { path: /gone.v1.Gone/**, to: gone, auth: none }
`
}

/** A session cookie of somebody with this role. */
function mint(secret, role) {
  const binary = process.env.VESTIBULE_BIN ?? fileURLToPath(new URL("../../../target/debug/vestibule", import.meta.url))
  const args = ["mint", "--claims-file", "-", "--cookie-name", "authjs.session-token", "--max-age", "3600", "--format", "json"]
  const input = JSON.stringify({ sub: "u-1", backendToken: TOKEN, role })
  const made = spawnSync(binary, args, { input, env: environment({ AUTH_SECRET: secret }), encoding: "utf8" })
  if (made.status !== 0) throw new Error(`no session: ${made.stderr}`)
  return JSON.parse(made.stdout).cookies.map(({ name, value }) => `${name}=${value}`).join("; ")
}

function metadata(cookie) {
  const metadata = new grpc.Metadata()
  metadata.set("cookie", cookie)
  metadata.set("x-csrf", "1")
  return metadata
}
