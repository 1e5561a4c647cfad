// Cookies of another time: they neither shadow a new session nor outlive its end.

import assert from "node:assert/strict"
import { test } from "node:test"
import { PASSWORD } from "../../react/backend.mjs"
import { sessionName } from "../../session.mjs"

export function leftovers(here) {
  test("old sessions of next-auth 4 and stale chunks go when somebody signs in, and when somebody signs out", async () => {
    const visitor = await here.visitors.arrive()
    const stale = [
      ["next-auth.session-token", "old"],
      ["authjs.session-token.0", "old"],
      ["authjs.session-token.1", "old"],
      ...(here.scheme === "https" ? [["__Secure-next-auth.session-token.0", "old"], ["authjs.session-token", "old"]] : []),
    ]
    await visitor.plant(stale)
    await visitor.signIn({ email: "ada@example.com", password: PASSWORD })
    assert.deepEqual((await visitor.sessionCookies()).map(({ name }) => name), [sessionName(here.origin)])
    assert.equal((await visitor.press("call")).status, 200)
    await visitor.plant(stale)
    await visitor.press("sign-out")
    assert.deepEqual(await visitor.sessionCookies(), [])
    await visitor.leave()
  })
}
