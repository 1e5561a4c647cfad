// The application behind the gateway behaves as without it.

import assert from "node:assert/strict"
import http from "node:http"
import { test } from "node:test"
import { sessionCookies } from "../session.mjs"

export function pages(here, session) {
  test("pages get the cookies and show the user", async () => {
    assert.match((await session.browser.navigate("/")).text, />ada@example\.com</)
    const dashboard = await session.browser.navigate("/tenant/dashboard")
    assert.equal(dashboard.status, 200)
    assert.equal(dashboard.at, "/tenant/dashboard")
    assert.match(dashboard.text, />acme</)
  })

  test("the session endpoint answers as the application does", async () => {
    const { user } = await session.browser.session()
    assert.deepEqual(user, { name: "Ada Lovelace", email: "ada@example.com", tenant: "acme" })
  })

  test("every Set-Cookie of the application arrives as its own line", async () => {
    const path = "/api/auth/session"
    const cookie = session.browser.jar.header(new URL(here.origin))
    const direct = await setCookies(here, path, cookie)
    const { setCookies: through } = await session.browser.with(session.browser.jar.copy()).call(path)
    assert.deepEqual(through.map(shape), direct.map(shape))
    assert.equal(through.filter((line) => line.includes("session-token")).length, session.cookies)
  })

  test("signing in set each chunk as its own line", () => {
    const lines = session.signedIn.answer.setCookies
    assert.equal(lines.filter((line) => /session-token(\.\d)?=[^;]/.test(line)).length, session.cookies)
    assert.equal(sessionCookies(session.browser.jar).length, session.cookies)
  })
}

/** What the application sends when it is asked directly, with the headers that a gateway would send. */
async function setCookies(here, path, cookie) {
  const { protocol, host } = new URL(here.origin)
  return new Promise((resolve, reject) => {
    const headers = { host, cookie, "x-forwarded-proto": protocol.slice(0, -1), "x-forwarded-host": host }
    http
      .get({ host: "127.0.0.1", port: here.web.port, path, headers, agent: false }, (response) => {
        response.resume()
        resolve(response.headers["set-cookie"] ?? [])
      })
      .on("error", reject)
  })
}

/** A `Set-Cookie` line less what differs from one answer to the next: the value and the moment of expiry. */
function shape(line) {
  return line.replace(/=[^;]*/, "=").replace(/expires=[^;]*/i, "Expires=")
}
