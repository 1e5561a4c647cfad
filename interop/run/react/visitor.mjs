// Chromium with the page open, and everything that it received or said.

import { createRequire } from "node:module"
import { join } from "node:path"
import { PAGE } from "./page.mjs"

const { chromium } = createRequire(join(PAGE, "package.json"))("playwright-core")

export class Visitors {
  /** Answers of the whole run, as `{ url, status, headers, body }`. */
  answers = []
  /** Errors of the console and of scripts. */
  complaints = []
  #browser
  #origin

  async start({ origin }) {
    this.#origin = origin
    this.#browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: ["--host-resolver-rules=MAP *.test 127.0.0.1", "--disable-dev-shm-usage"],
    })
    return this
  }

  async stop() {
    await this.#browser.close()
  }

  /** A new browser context without a cookie, and the page in it. */
  async arrive(path = "/") {
    const context = await this.#browser.newContext({ ignoreHTTPSErrors: true })
    // The body of a page that was left may never come.
    const gone = new Promise((resolve) => context.once("close", () => resolve("")))
    context.on("response", (response) => this.answers.push(this.#keep(response, gone)))
    const visitor = new Visitor(context, this.#origin, this.complaints)
    await visitor.open(path)
    return visitor
  }

  async #keep(response, gone) {
    // A redirect has no body.
    const body = await Promise.race([response.text().catch(() => ""), gone])
    const headers = await Promise.race([response.headersArray().catch(() => []), gone.then(() => [])])
    return { url: response.url(), status: response.status(), headers, body }
  }
}

export class Visitor {
  page
  #context
  #origin
  #complaints

  constructor(context, origin, complaints) {
    this.#context = context
    this.#origin = origin
    this.#complaints = complaints
  }

  /** Opens a page and waits until the library knows whether somebody is signed in. */
  async open(path) {
    this.page = await this.#context.newPage()
    this.page.on("console", (message) => message.type() === "error" && this.#complaints.push(message.text()))
    this.page.on("pageerror", (error) => this.#complaints.push(String(error)))
    await this.page.goto(this.#origin + path)
    await this.status("authenticated", "unauthenticated")
    return this.page
  }

  /** Waits for one of these states of `useSession()`. */
  async status(...expected) {
    const known = (words) => words.includes(document.getElementById("status")?.textContent)
    await this.page.waitForFunction(known, expected)
    return this.page.locator("#status").textContent()
  }

  async session() {
    return JSON.parse(await this.page.locator("#session").textContent())
  }

  /** Presses a button and waits for what its call gave. */
  async press(id) {
    const before = await this.page.getAttribute("#result", "data-number")
    await this.page.click(`#${id}`)
    const changed = (before) => document.getElementById("result").dataset.number !== before
    await this.page.waitForFunction(changed, before)
    return JSON.parse(await this.page.locator("#result").textContent())
  }

  async fill({ email, password, target = "", redirect = false }) {
    await this.page.fill("[name=email]", email)
    await this.page.fill("[name=password]", password)
    await this.page.fill("[name=target]", target)
    await this.page.setChecked("[name=redirect]", redirect)
  }

  /** `signIn("credentials", { redirect: false })` */
  async signIn(credentials) {
    await this.fill(credentials)
    return this.press("sign-in")
  }

  /** Cookies of sessions, of any family, prefix and chunk. */
  async sessionCookies() {
    const cookies = await this.#context.cookies()
    return cookies.filter((cookie) => cookie.name.includes("session-token")).sort((a, b) => a.name.localeCompare(b.name))
  }

  async cookieHeader() {
    return (await this.#context.cookies()).map(({ name, value }) => `${name}=${value}`).join("; ")
  }

  async plant(cookies) {
    const secure = (name) => name.startsWith("__")
    await this.#context.addCookies(cookies.map(([name, value]) => ({ name, value, url: this.#origin, httpOnly: true, secure: secure(name) })))
  }

  /** What `fetch` of the page gets. */
  async fetch(path, init) {
    return this.page.evaluate(
      async ([path, init]) => {
        const answer = await fetch(path, init)
        return { status: answer.status, body: await answer.text() }
      },
      [path, init],
    )
  }

  async leave() {
    await this.#context.close()
  }
}
