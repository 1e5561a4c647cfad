// One demonstration, one browser, and the people who use them.

import assert from "node:assert/strict"
import { test } from "node:test"
import { Browser } from "../run/browser.mjs"
import { launch } from "./chromium.mjs"
import { Demo } from "./demo.mjs"
import { Evidence } from "./evidence.mjs"
import { claimsOf, isSession, mint, sessionName } from "./session.mjs"
import { Visitor } from "./visitor.mjs"

/** Not localhost: there Chromium stores secure cookies over HTTP, too. */
const HOST = "app.bookwell.test"

/** How long a step may take before it counts as stuck. */
const PATIENCE = 20_000

export class World {
  evidence = new Evidence()

  constructor(scheme) {
    this.scheme = scheme
  }

  async start(options) {
    this.demo = await Demo.start(options)
    this.origin = this.at(HOST)
    this.#browser = await launch()
  }
  #browser

  /** The demonstration under another name, or by another scheme. */
  at(host, scheme = this.scheme) {
    return `${scheme}://${host}:${this.demo.ports[scheme]}`
  }

  async visitor({ origin = this.origin, ...options } = {}) {
    const context = await this.#browser.newContext({ ignoreHTTPSErrors: true, locale: "en-US", viewport: { width: 1280, height: 800 }, ...options })
    context.setDefaultTimeout(PATIENCE)
    return new Visitor({ context, origin, evidence: this.evidence })
  }

  /** Somebody who calls without a browser, with a jar of their own. */
  client(jar) {
    return new Browser({ origin: this.origin, port: this.demo.ports[this.scheme], ca: this.demo.authority }, jar)
  }

  /** What the real sign-in writes into the session of this account, each time with tokens of its own. */
  async claims(account) {
    const client = this.client()
    const { error } = await client.signIn({ email: account, password: this.demo.password })
    assert.equal(error, null, `${account} cannot sign in`)
    const cookies = client.jar.names().map((name) => client.jar.get(name)).filter(isSession)
    this.evidence.session(cookies)
    const { iat, exp, jti, ...claims } = await claimsOf(this.demo, cookies)
    return claims
  }

  /** A session of this account under the name of the scheme, ready to be planted. */
  async session(account, options = {}) {
    return mint(this.demo, await this.claims(account), { name: sessionName(this.scheme), ...options })
  }

  async stop() {
    await this.#browser?.close()
    await this.demo?.stop()
  }
}

/**
 * A test with a visitor of its own, which fails as well on what the browser complains about.
 * `here` is filled before the tests run, so it is read only then.
 */
export function visit(name, here, steps, options = {}) {
  test(name, { timeout: 120_000 }, async () => {
    const visitor = await here.world.visitor(options)
    let thrown
    try {
      await steps(visitor)
    } catch (error) {
      thrown = error
    }
    const faults = await visitor.leave({ failed: thrown !== undefined, name: `${here.world.scheme} ${name}` })
    if (thrown !== undefined) {
      if (faults.length > 0) thrown.message += `\nThe browser complained:\n  ${faults.join("\n  ")}`
      throw thrown
    }
    assert.deepEqual(faults, [], "the browser complained")
  })
}
