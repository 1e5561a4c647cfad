// One person with a browser of their own: a context, its pages, and what went wrong in them.

import { mkdir } from "node:fs/promises"
import { join } from "node:path"
import { isSession } from "./session.mjs"
import { PICTURES } from "./pictures.mjs"
import { Watch } from "./watch.mjs"

export class Visitor {
  #evidence

  constructor({ context, origin, evidence }) {
    this.context = context
    this.origin = origin
    this.watch = new Watch(context, evidence)
    this.#evidence = evidence
  }

  /** A new tab at this path. */
  async open(path) {
    const page = await this.context.newPage()
    await page.goto(new URL(path, this.origin).href)
    return page
  }

  /** Plants cookies of this host, as `mint` makes them. */
  async plant(cookies) {
    const { hostname } = new URL(this.origin)
    await this.context.addCookies(cookies.map((cookie) => ({ path: "/", ...cookie, domain: hostname })))
    this.#evidence.session(cookies)
  }

  /** The session cookies in the jar, of every family. */
  async sessions() {
    return (await this.context.cookies()).filter(isSession)
  }

  /** Keeps what the pages hold, closes them, and fails on what the browser complained about. */
  async leave({ failed = false, name = "" } = {}) {
    for (const page of this.context.pages()) {
      await keep(page, this.#evidence).catch(() => {})
      if (failed) await photograph(page, name).catch(() => {})
    }
    const faults = await this.watch.faults()
    await this.context.close()
    return faults
  }
}

/** What a script, or somebody who looks, finds on a page. */
async function keep(page, evidence) {
  const held = await page.evaluate(() => ({
    markup: document.documentElement.outerHTML,
    text: document.body.innerText,
    cookie: document.cookie,
    storage: JSON.stringify([{ ...localStorage }, { ...sessionStorage }, globalThis.name]),
    shadows: [...document.querySelectorAll("*")].map((element) => element.shadowRoot?.innerHTML ?? "").join(""),
  }))
  for (const [kind, text] of Object.entries(held)) evidence.text(`${kind} ${page.url()}`, text)
}

async function photograph(page, name) {
  const folder = join(PICTURES, "failed")
  await mkdir(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name.replace(/[^\w]+/g, "-").slice(0, 120)}.png`), fullPage: true })
}
