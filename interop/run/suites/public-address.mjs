// With `AUTH_URL` the application's own absolute addresses are the public ones.

import assert from "node:assert/strict"
import { test } from "node:test"

export function publicAddress(here) {
  test("signing in leads back to the public address, and the session works there", async () => {
    const browser = here.browser()
    const { url, error } = await browser.signIn({ email: "ada@example.com", password: "correct horse", padding: "" })
    assert.equal(error, null)
    assert.equal(url, `${here.origin}/`)
    assert.match((await browser.navigate("/tenant/dashboard")).text, />ada@example\.com</)
    assert.equal((await browser.call("/api/agent/health")).status, 200)
  })
}
