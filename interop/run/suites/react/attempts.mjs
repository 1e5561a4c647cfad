// Failed sign-ins are counted by the address that the gateway vouches for, and a reload forgives nothing.

import assert from "node:assert/strict"
import { test } from "node:test"
import { PASSWORD } from "../../react/backend.mjs"

export function attempts(here) {
  test("after too many failures the right password has to wait, whatever address the client claims", async () => {
    const visitor = await here.visitors.arrive()
    // Over HTTPS browser and terminator share the address that the gateway trusts, so there the claim would be believed.
    const claim = (number) => (here.scheme === "http" ? visitor.page.setExtraHTTPHeaders({ "x-forwarded-for": `203.0.113.${number}` }) : undefined)
    for (const number of [1, 2]) {
      await claim(number)
      const { code } = await visitor.signIn({ email: `${number}@example.com`, password: "wrong" })
      assert.equal(code, "credentials")
    }
    const before = here.backend.at("/v1/auth/login").length
    await here.limit(2)
    await claim(3)
    const result = await visitor.signIn({ email: "ada@example.com", password: PASSWORD })
    assert.deepEqual(result, { error: "CredentialsSignin", code: "rate_limited", status: 200, ok: true, url: null })
    assert.equal(here.backend.at("/v1/auth/login").length, before)
    assert.deepEqual(await visitor.sessionCookies(), [])
    await visitor.leave()
  })
}
