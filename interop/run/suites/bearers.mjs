// What the backend gets of a signed-in call, and what it never gets.

import assert from "node:assert/strict"
import { test } from "node:test"
import { json } from "../browser.mjs"
import { claims, sessionCookies, sessionName } from "../session.mjs"

export function bearers(here, session) {
  test("the application wrote the session under the name and in the chunks that are expected", () => {
    const name = sessionName(here.origin)
    const expected = session.cookies === 1 ? [name] : Array.from({ length: session.cookies }, (_, n) => `${name}.${n}`)
    assert.equal(session.signedIn.error, null)
    assert.deepEqual(sessionCookies(session.browser.jar), expected)
  })

  for (const { path, arrives } of [
    { path: "/api/agent/health", arrives: "/v1/agent/health" },
    { path: "/api/tenant-admin/packages", arrives: "/v1/tenant-admin/packages" },
    { path: "/api/agent/health?verbose=1&q=a%20b", arrives: "/v1/agent/health?verbose=1&q=a%20b" },
  ]) {
    test(`${path} reaches the backend with the bearer of the session and without the cookie`, async () => {
      const { backendToken } = await claims({ ...here, jar: session.browser.jar })
      const seen = here.backend.requests.length
      const answer = await session.browser.call(path)
      assert.equal(answer.status, 200, answer.text)
      assert.equal(here.backend.requests.length, seen + 1)
      const request = here.backend.requests.at(-1)
      assert.equal(request.url, arrives)
      assert.equal(request.headers.authorization, `Bearer ${backendToken}`)
      assert.equal(header(request, "authorization").length, 1)
      assert.deepEqual(header(request, "cookie"), [])
      assert.equal(answer.headers["vestibule-refusal"], undefined)
    })
  }

  test("an answer made with a session is neither stored nor shared", async () => {
    const answer = await session.browser.call("/api/agent/health")
    assert.equal(answer.headers["cache-control"], "no-store")
    assert.match(answer.headers.vary ?? "", /\bcookie\b/i)
    assert.ok(answer.headers["x-request-id"])
  })

  test("a client's own bearer and forwarded headers do not reach the backend", async () => {
    const { backendToken } = await claims({ ...here, jar: session.browser.jar })
    const answer = await session.browser.call("/api/agent/health", {
      headers: { authorization: "Bearer bt_evil", "x-forwarded-user": "evil", "x-real-ip": "203.0.113.9" },
    })
    assert.equal(answer.status, 200)
    const request = here.backend.requests.at(-1)
    assert.deepEqual(header(request, "authorization"), [`Bearer ${backendToken}`])
    assert.deepEqual(header(request, "x-forwarded-user"), [])
    assert.ok(!JSON.stringify(request.rawHeaders).includes("203.0.113.9"))
  })

  test("the backend learns the public scheme and host", async () => {
    await session.browser.call("/api/agent/health")
    const { protocol, host } = new URL(here.origin)
    const request = here.backend.requests.at(-1)
    assert.deepEqual(header(request, "x-forwarded-proto"), [protocol.slice(0, -1)])
    assert.deepEqual(header(request, "x-forwarded-host"), [host])
  })

  test("another user's session brings another bearer", async () => {
    const other = here.browser()
    await other.signIn({ email: "bob@example.com", password: "correct horse", padding: "" })
    const { backendToken } = await claims({ ...here, jar: other.jar })
    assert.match(backendToken, /^bt_u-bob_/)
    assert.equal((await other.call("/api/agent/health")).status, 200)
    assert.equal(here.backend.requests.at(-1).headers.authorization, `Bearer ${backendToken}`)
  })

  test("a path that the backend does not know keeps the backend's own answer", async () => {
    const answer = await session.browser.call("/api/agent/nothing")
    assert.equal(answer.status, 404)
    assert.deepEqual(json(answer), { error: "no such endpoint" })
    assert.equal(answer.headers["vestibule-refusal"], undefined)
  })

  test("a cookie that the backend sets does not reach the browser", async () => {
    const answer = await session.browser.call("/api/agent/cookie")
    assert.equal(answer.status, 200)
    assert.deepEqual(answer.setCookies, [])
  })
}

/** All values of a header as they came over the wire. */
function header(request, name) {
  const values = []
  for (let at = 0; at < request.rawHeaders.length; at += 2) {
    if (request.rawHeaders[at].toLowerCase() === name) values.push(request.rawHeaders[at + 1])
  }
  return values
}
