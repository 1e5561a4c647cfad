// What attacks cost: memory of the gateway and the answers that others get, under each of them.
//
//     cargo build --release && node bench/attacks.mjs [target/release/vestibule [WORDS OF AN ATTACK]]
//
// Prints one Markdown table. Everything runs on loopback, on free ports; attackers write raw octets.

import { spawn } from "node:child_process"
import { readFileSync, writeFileSync, mkdtempSync, rmSync } from "node:fs"
import { createServer, get, Agent } from "node:http"
import { connect, createServer as createTcpServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads"

const BINARY = process.argv[2] ?? "target/release/vestibule"
const ONLY = process.argv[3] ?? ""
const SECONDS = Number(process.env.SECONDS ?? 8)
const MIB = 1024 * 1024

// ---- frames of HTTP/2 (RFC 9113 §4.1) and header blocks without tables (RFC 7541 §6.2.2)

const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")

function frame(kind, flags, stream, payload = Buffer.alloc(0)) {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head[3] = kind
  head[4] = flags
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

function integer(number) {
  const octets = [Math.min(number, 127)]
  if (number < 127) return octets
  for (number -= 127; number >= 128; number = Math.floor(number / 128)) octets.push((number % 128) | 128)
  return [...octets, number]
}

function field(name, value, first = 0) {
  const octets = [first, ...integer(name.length), ...Buffer.from(name), ...integer(value.length)]
  return Buffer.concat([Buffer.from(octets), Buffer.from(value)])
}

function head(method, path) {
  const fields = { ":method": method, ":scheme": "http", ":path": path, ":authority": "app.test" }
  return Buffer.concat(Object.entries(fields).map(([name, value]) => field(name, value)))
}

const settings = (...pairs) => frame(4, 0, 0, Buffer.concat(pairs.map(([id, value]) => {
  const pair = Buffer.alloc(6)
  pair.writeUInt16BE(id, 0)
  pair.writeUInt32BE(value, 2)
  return pair
})))

const CLOSED_WINDOW = settings([4, 0])
const hello = Buffer.concat([PREFACE, settings()])
const request = (stream, path = "/quick") => frame(1, 5, stream, head("GET", path))
const odd = (number) => Array.from({ length: number }, (_, index) => 2 * index + 1)

// ---- the attacks: how many connections, what each says first, and what it says again and again

const bomb = Buffer.concat([head("GET", "/quick"), field("x", "v".repeat(4000), 0x40), Buffer.alloc(10_000, 0xbe)])
let next = 3
const ATTACKS = [
  // `pace` is the pause between two sayings, in milliseconds; 0 says it as fast as it is taken.
  { name: "nothing, for comparison", connections: 0 },
  { name: "1,000 idle sockets", connections: 1000 },
  { name: "1,000 heads, a line at a time", connections: 1000, first: "GET /quick HTTP/1.1\r\nHost: app.test\r\n",
    again: () => "X-More: 1\r\n", pace: 200 },
  { name: "200 bodies, an octet at a time", connections: 200,
    first: "POST /quick HTTP/1.1\r\nHost: app.test\r\nContent-Length: 100000\r\n\r\n", again: () => "x", pace: 200 },
  { name: "50 heads of 1 MiB and more", connections: 50, first: "GET /quick HTTP/1.1\r\nHost: app.test\r\n",
    again: () => `X-More: ${"x".repeat(60_000)}\r\n`, pace: 0 },
  { name: "50 readers that take nothing of 8 MiB", connections: 50, first: "GET /long HTTP/1.1\r\nHost: app.test\r\n\r\n", deaf: true },
  { name: "HTTP/2: 1,000 idle connections", connections: 1000, first: hello },
  { name: "HTTP/2: 1,000 heads without end", connections: 1000,
    first: Buffer.concat([hello, frame(1, 1, 1, head("GET", "/quick"))]), again: () => frame(9, 0, 1, field("x", "1")), pace: 200 },
  { name: "HTTP/2: CONTINUATION as fast as it goes", connections: 20,
    first: Buffer.concat([hello, frame(1, 1, 1, head("GET", "/quick"))]),
    again: () => frame(9, 0, 1, field("x", "v".repeat(15_000))), pace: 0 },
  { name: "HTTP/2: requests given up at once", connections: 20, first: hello,
    again: () => { next += 2; return Buffer.concat([request(next), frame(3, 0, next, Buffer.from([0, 0, 0, 8]))]) }, pace: 0 },
  { name: "HTTP/2: heads of 40 MB in 14 KB", connections: 20, first: hello,
    again: () => { next += 2; return frame(1, 5, next, bomb) }, pace: 0 },
  { name: "HTTP/2: pings", connections: 20, first: hello, again: () => frame(6, 0, 0, Buffer.alloc(8)), pace: 0, deaf: true },
  { name: "HTTP/2: settings", connections: 20, first: hello, again: () => settings([4, 65535]), pace: 0, deaf: true },
  { name: "HTTP/2: empty pieces of a body", connections: 20,
    first: Buffer.concat([hello, frame(1, 4, 1, head("POST", "/quick"))]), again: () => frame(0, 0, 1), pace: 0 },
  { name: "HTTP/2: 2,000 bodies that stop in the middle", connections: 20,
    first: Buffer.concat([hello, ...odd(100).flatMap((stream) =>
      [frame(1, 4, stream, head("POST", "/quick")), frame(0, 0, stream, Buffer.from("half"))])]) },
  { name: "HTTP/2: 2,000 answers of 8 MiB, no window", connections: 20,
    first: Buffer.concat([PREFACE, CLOSED_WINDOW, ...odd(100).map((stream) => request(stream, "/long"))]) },
  { name: "HTTP/2: 2,000 answers of 8 MiB, nothing read", connections: 20,
    first: Buffer.concat([PREFACE, settings([4, 0x7fffffff]), frame(8, 0, 0, Buffer.from([0x7f, 0, 0, 0])),
      ...odd(100).map((stream) => request(stream, "/long"))]), deaf: true },
]

// ---- roles

if (isMainThread) {
  await main()
} else if (workerData.role === "upstream") {
  upstream()
} else {
  neighbour()
}

function upstream() {
  const long = Buffer.alloc(64 * 1024, "x")
  const server = createServer((incoming, response) => {
    incoming.resume()
    if (incoming.url !== "/long") return void response.end("ok")
    let left = (8 * MIB) / long.length
    const more = () => {
      while (left > 0) {
        left -= 1
        if (!response.write(long)) return void response.once("drain", more)
      }
      response.end()
    }
    more()
  })
  server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port))
}

/** Asks again and again, on one connection, and tells how it went. */
function neighbour() {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  let times = []
  let failed = 0
  parentPort.on("message", () => {
    parentPort.postMessage({ times, failed })
    times = []
    failed = 0
  })
  const ask = () => {
    const began = performance.now()
    const done = (good) => {
      if (good) times.push(performance.now() - began)
      else failed += 1
      setTimeout(ask, 5)
    }
    get({ port: workerData.port, host: "127.0.0.1", path: "/other", headers: { host: "app.test" }, agent }, (response) => {
      response.resume().on("end", () => done(response.statusCode === 200)).on("error", () => done(false))
    }).on("error", () => done(false))
  }
  ask()
}

async function main() {
  const folder = mkdtempSync(join(tmpdir(), "vestibule-attacks-"))
  // The neighbours have an upstream of their own: it is the gateway that is measured.
  const upstreams = [worker({ role: "upstream" }), worker({ role: "upstream" })]
  const [attacked, other] = await Promise.all(upstreams.map(message))
  const port = await freePort()
  const config = join(folder, "vestibule.yaml")
  writeFileSync(config, `
listen: 127.0.0.1:${port}
h2c: true
admin: off
workers: 1
timeouts: { request_headers: 2s, keep_alive: 3s }
session: { secrets: [ "\${AUTH_SECRET}" ] }
upstreams:
  attacked: { url: "http://127.0.0.1:${attacked}", timeout: 3s }
  other: { url: "http://127.0.0.1:${other}" }
routes:
  - { path: "/**", to: attacked, auth: none }
  - { path: /other, to: other, auth: none }
`)
  const env = { PATH: process.env.PATH, AUTH_SECRET: "K7mQ2xV9bT4nW8cR5yJ1hL6dG3fS0pZa", RUST_LOG: "off" }
  const gateway = spawn(BINARY, ["serve", "-c", config], { env, stdio: ["ignore", "ignore", "inherit"] })
  try {
    await ready(port)
    const neighbour = worker({ role: "neighbour", port })
    console.log("| attack | memory before | peak | after | CPU | cut off | neighbour's answers | median | slowest |")
    console.log("|---|---|---|---|---|---|---|---|---|")
    for (const attack of ATTACKS.filter(({ name }) => name.includes(ONLY))) {
      await sleep(500)
      console.log(`| ${[attack.name, ...await measure(gateway.pid, port, neighbour, attack)].join(" | ")} |`)
    }
  } finally {
    gateway.kill("SIGKILL")
    rmSync(folder, { recursive: true })
    process.exit() // the workers would go on
  }
}

async function measure(pid, port, neighbour, attack) {
  const before = memory(pid)
  writeFileSync(`/proc/${pid}/clear_refs`, "5") // the peak begins anew
  const cpuBefore = cpu(pid)
  neighbour.postMessage("begin")
  await message(neighbour)
  const attackers = []
  for (let index = 0; index < attack.connections; index += 1) {
    attackers.push(attacker(port, attack))
    if (index % 50 === 49) await sleep(10)
  }
  await sleep(SECONDS * 1000)
  const used = cpu(pid) - cpuBefore
  neighbour.postMessage("end")
  const { times, failed } = await message(neighbour)
  const peak = memory(pid).peak
  // Who did not read learns only now that there is nothing more to read.
  for (const one of attackers) one.listen()
  for (let wait = 0; wait < 50 && attackers.some((one) => !one.cut); wait += 1) await sleep(100)
  const cut = attackers.filter((one) => one.cut).length
  for (const one of attackers) one.end()
  await sleep(1000)
  const after = memory(pid).now
  times.sort((left, right) => left - right)
  return [
    mib(before.now), mib(peak), mib(after), `${used.toFixed(1)} s`, `${cut} of ${attack.connections}`,
    failed ? `${times.length}, ${failed} failed` : `${times.length}`,
    milliseconds(times[Math.floor(times.length / 2)]), milliseconds(times.at(-1)),
  ]
}

function attacker(port, { first, again, pace, deaf }) {
  const socket = connect(port, "127.0.0.1")
  const one = { cut: false, listen: () => socket.resume(), end: () => { clearInterval(timer); one.over = true; socket.destroy() } }
  let timer
  const closed = () => { if (!one.over) one.cut = true; clearInterval(timer); one.over = true }
  socket.on("error", closed).on("close", closed).on("end", closed)
  if (deaf) socket.pause()
  else socket.resume()
  socket.on("connect", () => {
    if (first) socket.write(first)
    if (!again) return
    if (pace) timer = setInterval(() => socket.write(again()), pace)
    else flood()
  })
  const flood = () => {
    if (one.over) return
    for (let round = 0; round < 50; round += 1) {
      if (!socket.write(again())) return void socket.once("drain", () => setImmediate(flood))
    }
    setImmediate(flood)
  }
  return one
}

function memory(pid) {
  const status = readFileSync(`/proc/${pid}/status`, "utf8")
  const of = (name) => Number(status.match(new RegExp(`${name}:\\s+(\\d+) kB`))[1]) * 1024
  return { now: of("VmRSS"), peak: of("VmHWM") }
}

/** Seconds of user and system time. */
function cpu(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ")
  return (Number(fields[11]) + Number(fields[12])) / 100
}

function worker(workerData) {
  return new Worker(new URL(import.meta.url), { workerData })
}

function message(worker) {
  return new Promise((resolve) => worker.once("message", resolve))
}

function freePort() {
  return new Promise((resolve) => {
    const server = createTcpServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

async function ready(port) {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const up = await new Promise((resolve) => {
      const socket = connect(port, "127.0.0.1").on("connect", () => { socket.destroy(); resolve(true) }).on("error", () => resolve(false))
    })
    if (up) return
    await sleep(50)
  }
  throw new Error("the gateway does not listen")
}

function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

function mib(octets) {
  return `${(octets / MIB).toFixed(1)} MiB`
}

function milliseconds(time) {
  return time === undefined ? "none" : `${time.toFixed(1)} ms`
}
