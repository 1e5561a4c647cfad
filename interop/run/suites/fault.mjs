// The fault that we end: the application's own proxy, which looks for one exact cookie name.

import assert from "node:assert/strict"
import { test } from "node:test"

export function fault(here, session, { scheme }) {
  const works = () => scheme === "http" && session.cookies === 1

  test("the handler that looks only for the plain cookie name fails wherever the cookie has another", async () => {
    const answer = await session.browser.call("/legacy/agent/health")
    assert.equal(answer.status, works() ? 200 : 401)
    assert.equal(answer.headers["vestibule-refusal"], undefined, "the answer is not the application's own")
  })

  test("the gateway answers the same cookies with 200", async () => {
    assert.equal((await session.browser.call("/api/agent/health")).status, 200)
  })
}
