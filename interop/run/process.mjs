// A child process of the tests: its lines are kept, and its failure to start is told with its own words.

import { spawn } from "node:child_process"
import { EventEmitter, once } from "node:events"
import net from "node:net"
import { createInterface } from "node:readline"
import { setTimeout as pause } from "node:timers/promises"

// An interrupted run leaves nobody behind.
const children = new Set()
process.on("exit", () => children.forEach((child) => child.kill("SIGKILL")))
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => process.exit(1))

export class Process extends EventEmitter {
  /** What it wrote, line by line, standard output and standard error together. */
  lines = []
  #child
  #name

  constructor(name, command, args, { cwd, env }) {
    super()
    this.setMaxListeners(0)
    this.#name = name
    this.#child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] })
    this.#child.on("error", (error) => this.#keep(String(error)))
    this.#child.on("exit", () => children.delete(this.#child))
    children.add(this.#child)
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => this.#keep(line))
    }
  }

  /** Waits until `ready()` holds, or tells why it never will. */
  async until(ready, seconds = 30) {
    const deadline = Date.now() + seconds * 1000
    while (!(await ready())) {
      if (this.#ended) throw new Error(`${this.#name} ended at its start:\n${this.lines.slice(-20).join("\n")}`)
      if (Date.now() > deadline) throw new Error(`${this.#name} is not ready after ${seconds} s:\n${this.lines.slice(-20).join("\n")}`)
      await pause(25)
    }
    return this
  }

  /** Waits for its end, which has to be a good one. */
  async success() {
    if (!this.#ended) await once(this.#child, "exit")
    if (this.#child.exitCode !== 0) throw new Error(`${this.#name} failed:\n${this.lines.slice(-40).join("\n")}`)
  }

  /** The first line from number `from` on for which `find` gives something, written already or still to come. */
  async line(find, seconds = 10, from = 0) {
    const signal = AbortSignal.timeout(seconds * 1000)
    for (let at = from; ; at++) {
      while (at >= this.lines.length) await once(this, "line", { signal })
      const found = find(this.lines[at])
      if (found) return found
    }
  }

  signal(name) {
    this.#child.kill(name)
  }

  async stop() {
    if (this.#ended) return
    const ended = once(this.#child, "exit")
    this.#child.kill("SIGTERM")
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), 10_000)
    await ended
    clearTimeout(timer)
  }

  get #ended() {
    return this.#child.pid === undefined || this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  #keep(line) {
    this.lines.push(line)
    this.emit("line", line)
  }
}

/** A port that nobody listens on. */
export async function freePort() {
  const server = net.createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** The environment of this process, less what would tell a child about our own secrets and addresses. */
export function environment(added) {
  const kept = ["PATH", "HOME", "LANG", "TMPDIR", "SSL_CERT_FILE"]
  return { ...Object.fromEntries(kept.filter((name) => process.env[name]).map((name) => [name, process.env[name]])), ...added }
}

/** Whether something answers an HTTP request there, with any status unless one is asked for. */
export async function answers(url, status) {
  try {
    const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(5_000) })
    await response.arrayBuffer()
    return status === undefined || response.status === status
  } catch {
    return false
  }
}
