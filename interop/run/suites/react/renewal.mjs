// The backend's token ends long before the session does, and nobody notices.

import assert from "node:assert/strict"
import { describe, test } from "node:test"
import { PASSWORD } from "../../react/backend.mjs"

// The tokens of the one are always about to end, of the other only the first.
const BOB = { email: "bob@example.com", password: PASSWORD }
const CLEO = { email: "cleo@example.com", password: PASSWORD }

export function renewal(here) {
  describe("a token that ends", { concurrency: false }, () => {
    test("is renewed unseen", async () => {
      const visitor = await here.visitors.arrive()
      await visitor.signIn(BOB)
      here.backend.expire()
      assert.deepEqual(await visitor.press("call"), { status: 200, email: BOB.email })
      await visitor.leave()
    })

    test("is renewed once for many requests at a time", async () => {
      const visitor = await here.visitors.arrive()
      const before = here.backend.at("/v1/auth/refresh").length
      const statuses = await visitor.page.evaluate(async (credentials) => {
        // Without the library, which would ask for the session at once.
        const { csrfToken } = await (await fetch("/api/auth/csrf")).json()
        await fetch("/api/auth/callback/credentials", {
          method: "POST",
          headers: { "content-type": "application/json", "x-auth-return-redirect": "1" },
          body: JSON.stringify({ ...credentials, csrfToken }),
        })
        const answers = await Promise.all(Array.from({ length: 12 }, () => fetch("/api/auth/session")))
        return answers.map((answer) => answer.status)
      }, CLEO)
      assert.deepEqual(statuses, Array(12).fill(200))
      assert.equal(here.backend.at("/v1/auth/refresh").length, before + 1)
      assert.deepEqual(await visitor.press("call"), { status: 200, email: CLEO.email })
      await visitor.leave()
    })

    test("ends the session where the backend refuses", async () => {
      const visitor = await here.visitors.arrive()
      await visitor.signIn(BOB)
      here.backend.revoke()
      await visitor.page.reload()
      await visitor.status("unauthenticated")
      assert.deepEqual(await visitor.sessionCookies(), [])
      await visitor.leave()
    })
  })
}
