// Sessions that something spoiled on the way: refused with one public code, and the log names the cause.

import assert from "node:assert/strict"
import { test } from "node:test"
import { forge, sessionCookies, sessionName } from "../session.mjs"
import { refused } from "./refused.mjs"

const ANOTHER_SECRET = "another-secret-of-the-interop-tests-0123456789"

export function damages(here, session) {
  const broken = (title, spoil, code, causes) =>
    test(title, async () => {
      await refused(here, session.browser.with(await spoil(session.browser.jar)), { code, causes })
    })

  const token = () => ({
    sub: "u-ada",
    email: "ada@example.com",
    backendToken: "bt_u-ada_forged",
    ...(session.cookies > 1 ? { padding: "x".repeat(8800) } : {}),
  })
  const forged = (jar, changes) => forge({ jar, origin: here.origin, secret: here.secret, token: token(), ...changes })

  broken(
    "a renamed cookie is refused as such",
    (jar) => {
      const from = sessionName(here.origin)
      const to = from.startsWith("__Secure-") ? from.slice("__Secure-".length) : `__Secure-${from}`
      return jar.map((cookie) => ({ ...cookie, name: cookie.name.startsWith(from) ? to + cookie.name.slice(from.length) : cookie.name }))
    },
    "unauthenticated",
    ["renamed_cookie"],
  )
  broken(
    "a session whose end is cut off is refused as malformed",
    (jar) => {
      const last = sessionCookies(jar).at(-1)
      return jar.map((cookie) => (cookie.name === last ? { ...cookie, value: cookie.value.slice(0, -12) } : cookie))
    },
    "unauthenticated",
    ["malformed"],
  )
  broken("a session signed with another secret is refused as such", (jar) => forged(jar, { secret: ANOTHER_SECRET }), "unauthenticated", ["wrong_secret"])
  broken("a session that is over is refused as such", (jar) => forged(jar, { maxAge: -3600 }), "session_expired", ["expired"])
  broken(
    "a session that names nobody is refused as such",
    (jar) => forged(jar, { token: { ...token(), sub: undefined, email: undefined } }),
    "unauthenticated",
    ["no_identity"],
  )
  broken(
    "the id of a database session is refused as such",
    (jar) => withoutSession(jar).plant(sessionName(here.origin), "3f0d1c5e-7b2d-4068-a1c3-e5f70912b4d6"),
    "unauthenticated",
    ["opaque_id"],
  )

  test("a session without a backend token is refused, and the log says which", async () => {
    const jar = await forged(session.browser.jar, { token: { ...token(), backendToken: undefined } })
    const browser = session.browser.with(jar)
    const seen = here.backend.requests.length
    const answer = await browser.call("/api/agent/health")
    assert.ok(answer.status === 401 || answer.status === 403, `status ${answer.status}`)
    assert.equal(here.backend.requests.length, seen)
    assert.equal((await here.gateway.access(answer.headers["x-request-id"])).cause, "no_backend_token")
  })

  test("a session made by the package elsewhere with our secret opens", async () => {
    const browser = session.browser.with(await forged(session.browser.jar, {}))
    assert.equal((await browser.call("/api/agent/health")).status, 200)
    assert.equal(here.backend.requests.at(-1).headers.authorization, "Bearer bt_u-ada_forged")
  })

  if (session.cookies === 1) return

  broken("a session without its last chunk is refused as such", (jar) => without(jar, -1), "unauthenticated", ["missing_chunk"])
  broken("a session without a middle chunk is refused as such", (jar) => without(jar, 1), "unauthenticated", ["missing_chunk"])
  broken("a session without its first chunk is refused as such", (jar) => without(jar, 0), "unauthenticated", ["missing_chunk"])

  test("a stale whole cookie beside the chunks does not end the session", async () => {
    const jar = session.browser.jar.copy().plant(sessionName(here.origin), "stale.leftover")
    const answer = await session.browser.with(jar).call("/api/agent/health")
    assert.equal(answer.status, 200, answer.text)
  })
}

function without(jar, at) {
  const dropped = sessionCookies(jar).at(at)
  return jar.map((cookie) => (cookie.name === dropped ? undefined : cookie))
}

function withoutSession(jar) {
  const names = sessionCookies(jar)
  return jar.map((cookie) => (names.includes(cookie.name) ? undefined : cookie))
}
