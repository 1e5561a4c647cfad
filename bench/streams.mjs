// What streams cost: memory while 1 GiB passes each way, memory of idle WebSockets, and the delay of an event.
//
//     cargo build --release && node bench/streams.mjs [target/release/vestibule [http2]]
//
// With `http2`, that is what the upstream speaks; it then takes no WebSockets.
// Prints one Markdown table. Everything runs on loopback, on free ports, with a real session.

import { spawn, spawnSync } from "node:child_process"
import { readFileSync, writeFileSync, mkdtempSync, rmSync } from "node:fs"
import { createServer, get, request } from "node:http"
import { createServer as createHttp2Server } from "node:http2"
import { connect, createServer as createTcpServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"

const BINARY = process.argv[2] ?? "target/release/vestibule"
const PROTOCOL = process.argv[3] ?? "http1"
const GIB = 1024 ** 3
const SOCKETS = 1000
const EVENTS = 200
const SECRET = "K7mQ2xV9bT4nW8cR5yJ1hL6dG3fS0pZa"

const folder = mkdtempSync(join(tmpdir(), "vestibule-streams-"))
const upstream = PROTOCOL === "http2" ? createHttp2Server(serve) : createServer(serve)
upstream.on("upgrade", (incoming, socket) => {
  socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
  socket.on("data", (data) => socket.write(data)).on("error", () => {})
})
const upstreamPort = await listening(upstream)
const port = await freePort()
const adminPort = await freePort()
const config = join(folder, "vestibule.yaml")
writeFileSync(config, `
listen: 127.0.0.1:${port}
admin: { listen: 127.0.0.1:${adminPort} }
workers: 1
session: { secrets: [ "\${AUTH_SECRET}" ] }
upstreams: { api: { url: "http://127.0.0.1:${upstreamPort}", protocol: ${PROTOCOL} } }
routes: [ { path: "/api/**", to: api, auth: required, token: { claim: /backendToken } } ]
`)
const environment = { PATH: process.env.PATH, AUTH_SECRET: SECRET, RUST_LOG: "off" }
const cookie = mint()
const gateway = spawn(BINARY, ["serve", "-c", config], { env: environment, stdio: ["ignore", "ignore", "inherit"] })
try {
  await ready()
  const rows = []
  const start = memory()
  rows.push(["resident memory after start", mib(start.now)])

  if (PROTOCOL === "http1") {
    const before = memory().now
    const sockets = []
    // A few at a time: a burst would measure what the allocator keeps of a thousand handshakes at once.
    while (sockets.length < SOCKETS) sockets.push(...await Promise.all(Array.from({ length: 20 }, webSocket)))
    const each = (memory().now - before) / SOCKETS
    rows.push([`${SOCKETS} idle WebSockets`, `${mib(memory().now - before)}, ${(each / 1024).toFixed(1)} KiB each`])
    for (const socket of sockets) socket.destroy()
  }

  let began = performance.now()
  const down = await download()
  rows.push([`1 GiB down (${down} octets)`, `peak ${mib(memory().peak)}, ${seconds(began)}`])

  began = performance.now()
  const up = await upload()
  rows.push([`1 GiB up (${up} octets)`, `peak ${mib(memory().peak)}, ${seconds(began)}`])

  const delays = await events()
  rows.push([`an event through the gateway, ${EVENTS} events`, `median ${delays[EVENTS >> 1].toFixed(2)} ms, 99th percentile ${delays[Math.floor(EVENTS * 0.99)].toFixed(2)} ms`])

  console.log("| what | measured |\n|---|---|")
  for (const [what, measured] of rows) console.log(`| ${what} | ${measured} |`)
} finally {
  gateway.kill("SIGTERM")
  upstream.close()
  upstream.closeAllConnections?.()
  rmSync(folder, { recursive: true })
}
process.exit(0)

function serve(incoming, response) {
  if (incoming.headers.authorization !== "Bearer measured") {
    response.writeHead(401).end()
  } else if (incoming.url === "/api/down") {
    const block = Buffer.alloc(256 * 1024, "x")
    let left = GIB
    response.writeHead(200, { "Content-Length": GIB })
    const more = () => {
      while (left > 0) {
        left -= block.length
        if (!response.write(block)) return response.once("drain", more)
      }
      response.end()
    }
    more()
  } else if (incoming.url === "/api/up") {
    let octets = 0
    incoming.on("data", (data) => { octets += data.length }).on("end", () => response.end(String(octets)))
  } else {
    response.writeHead(200, { "Content-Type": "text/event-stream" })
    let sent = 0
    const timer = setInterval(() => {
      response.write(`data: ${performance.now()}\n\n`)
      if (++sent === EVENTS) { clearInterval(timer); response.end() }
    }, 5)
  }
}

function download() {
  return new Promise((done, failed) => {
    get({ port, path: "/api/down", headers: { cookie } }, (response) => {
      let octets = 0
      response.on("data", (data) => { octets += data.length }).on("end", () => done(octets)).on("error", failed)
    }).on("error", failed)
  })
}

function upload() {
  return new Promise((done, failed) => {
    const outgoing = request({ port, path: "/api/up", method: "POST", headers: { cookie, "Content-Length": GIB } }, (response) => {
      let text = ""
      response.on("data", (data) => { text += data }).on("end", () => done(Number(text)))
    }).on("error", failed)
    const block = Buffer.alloc(256 * 1024, "x")
    let left = GIB
    const more = () => {
      while (left > 0) {
        left -= block.length
        if (!outgoing.write(block)) return outgoing.once("drain", more)
      }
      outgoing.end()
    }
    more()
  })
}

function webSocket() {
  return new Promise((done, failed) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.write(`GET /api/socket HTTP/1.1\r\nHost: app.test\r\nCookie: ${cookie}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
    })
    let text = ""
    socket.on("error", failed).on("data", (data) => {
      text += data
      if (!text.includes("\r\n\r\n")) return
      if (!text.startsWith("HTTP/1.1 101")) return failed(new Error(text))
      // One echo, so that the tunnel is known to carry; then silence.
      if (text.endsWith("echo")) done(socket)
      else if (!socket.asked) { socket.asked = true; socket.write("echo") }
    })
  })
}

function events() {
  return new Promise((done, failed) => {
    get({ port, path: "/api/events", headers: { cookie } }, (response) => {
      const delays = []
      response.on("data", (data) => {
        const now = performance.now()
        for (const [, sent] of String(data).matchAll(/data: ([\d.]+)/g)) delays.push(now - Number(sent))
      }).on("end", () => done(delays.sort((a, b) => a - b))).on("error", failed)
    }).on("error", failed)
  })
}

function mint() {
  const claims = join(folder, "claims.json")
  writeFileSync(claims, JSON.stringify({ sub: "u-1", backendToken: "measured" }))
  const minted = spawnSync(BINARY, ["mint", "--claims-file", claims, "--format", "cookie"], { env: environment, encoding: "utf8" })
  if (minted.status !== 0) throw new Error(minted.stderr)
  return minted.stdout.trim()
}

function memory() {
  const status = readFileSync(`/proc/${gateway.pid}/status`, "utf8")
  const kib = (name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)[1]) * 1024
  return { now: kib("VmRSS"), peak: kib("VmHWM") }
}

async function ready() {
  for (let tries = 0; tries < 500; tries++) {
    const status = await new Promise((done) => {
      get({ port: adminPort, path: "/readyz" }, (response) => { response.resume(); done(response.statusCode) }).on("error", () => done(0))
    })
    if (status === 200) return
    await new Promise((done) => setTimeout(done, 10))
  }
  throw new Error("the gateway did not get ready")
}

async function freePort() {
  const server = createTcpServer()
  const port = await listening(server)
  await new Promise((done) => server.close(done))
  return port
}

function listening(server) {
  return new Promise((done) => server.listen(0, "127.0.0.1", () => done(server.address().port)))
}

function mib(octets) {
  return `${(octets / 1024 / 1024).toFixed(1)} MiB`
}

function seconds(began) {
  return `${((performance.now() - began) / 1000).toFixed(1)} s`
}
