// The system under test: `vestibule demo`, started as a newcomer starts it, with secrets of this run.

import { execFile } from "node:child_process"
import { randomBytes } from "node:crypto"
import { existsSync, rmSync } from "node:fs"
import { mkdir, mkdtemp, readFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { answers, environment, Process } from "../run/process.mjs"

const BUILT = fileURLToPath(new URL("../../target/debug/vestibule", import.meta.url))

/** Whom one can sign in as; the demonstration has them at every start. */
export const ACCOUNTS = {
  admin: "admin@bookwell.test",
  willow: "owner@willow-pine.test",
  harbor: "owner@harbor-light.test",
  juniper: "owner@juniper-studio.test",
}

/** What it says at its start. */
const SAID = {
  http: /^\s*http\s+http:\/\/[^:/]+:(\d+)/,
  https: /^\s*https\s+https:\/\/[^:/]+:(\d+)/,
  admin: /^\s*admin\s+http:\/\/[^:/]+:(\d+)/,
  password: /\bpassword\s+(\S+)/,
}

export class Demo {
  #admin
  #binary
  #child
  #folder

  /** `widgetOrigins` are the sites that may embed the widget of Willow & Pine. */
  static async start({ widgetOrigins = [], options = [], env = {} } = {}) {
    const demo = new Demo()
    await demo.#start(widgetOrigins.flatMap((origin) => ["--widget-origin", origin]).concat(options), env)
    return demo
  }

  async #start(options, env) {
    this.#binary = process.env.VESTIBULE_BIN ?? BUILT
    if (!existsSync(this.#binary)) throw new Error("there is no demonstration to test: run `cargo build -p vestibule`, or name the binary in VESTIBULE_BIN")
    this.secrets = [randomBytes(32).toString("base64url"), randomBytes(32).toString("base64url")]
    this.#folder = await mkdtemp(join(tmpdir(), "vestibule-bookwell-"))
    process.on("exit", () => rmSync(this.#folder, { recursive: true, force: true }))
    const [state, temporary] = [join(this.#folder, "state"), join(this.#folder, "tmp")]
    await Promise.all([mkdir(state), mkdir(temporary)])
    this.#child = new Process("vestibule demo", this.#binary, ["demo", "--port", "0", "--https-port", "0", "--admin-port", "0", "--log-level", "debug,sqlx=warn", ...options], {
      cwd: this.#folder,
      env: environment({
        XDG_STATE_HOME: state,
        TMPDIR: temporary,
        AUTH_SECRET: this.secrets[0],
        AUTH_SECRET_1: this.secrets[1],
        ...env,
      }),
    })
    const said = (pattern) => this.#child.lines.map((line) => pattern.exec(line)?.[1]).find((found) => found !== undefined)
    await this.#child.until(() => Object.values(SAID).every(said), 60)
    this.ports = { http: Number(said(SAID.http)), https: Number(said(SAID.https)) }
    this.#admin = `http://127.0.0.1:${said(SAID.admin)}`
    this.password = said(SAID.password)
    this.authority = await readFile(join(state, "vestibule/demo/authority.pem"))
    await this.#child.until(() => answers(`${this.#admin}/readyz`, 200))
  }

  /** Stops the API behind the running gateway; connections to it are cut. */
  async stopApi() {
    this.#child.signal("SIGUSR1")
    await this.#child.until(() => this.#apiAnswers(502))
  }

  async startApi() {
    this.#child.signal("SIGUSR1")
    await this.#child.until(() => this.#apiAnswers(401))
  }

  /** Without a tenant's key the API refuses, and where there is no API the gateway says so. */
  #apiAnswers(status) {
    return answers(`http://127.0.0.1:${this.ports.http}/api/public/tenant`, status)
  }

  /** How many requests the gateway has sent to an upstream. */
  sentTo(upstream) {
    return this.#counted("vestibule_upstream_requests_total", `upstream="${upstream}"`)
  }

  /** How many requests it has refused because another site may have caused them. */
  refusedAsForeign() {
    return this.#counted("vestibule_csrf_requests_total", `outcome="refused"`)
  }

  /** The gateway's access line of one request, found by the id that its answer carried. */
  access(requestId) {
    return this.#child.line((line) => (line.includes(`ms request_id=${requestId} `) ? line : undefined))
  }

  async #counted(name, label) {
    const metrics = await (await fetch(`${this.#admin}/metrics`)).text()
    const lines = metrics.split("\n").filter((line) => line.startsWith(`${name}{`) && line.includes(label))
    if (lines.length === 0) throw new Error(`the gateway counts no ${name} with ${label}`)
    return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0)
  }

  /** What the process has written, the log included. */
  log() {
    return this.#child.lines.join("\n")
  }

  /** The binary's other commands, with the given text as standard input and the given secret. */
  run(args, { input = "", secret = this.secrets[0] } = {}) {
    return new Promise((resolve, reject) => {
      const env = environment({ AUTH_SECRET: secret })
      const child = execFile(this.#binary, args, { env, maxBuffer: 16 * 1024 * 1024 }, (error, stdout, stderr) => {
        // `explain` ends with 1 where a session does not open: that is an answer, too.
        if (error && error.code !== 1) reject(new Error(`vestibule ${args[0]}: ${stderr || error}`))
        else resolve(stdout)
      })
      child.stdin.end(input)
    })
  }

  async stop() {
    await this.#child.stop()
  }
}
