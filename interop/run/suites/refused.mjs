// What every refusal has in common.

import assert from "node:assert/strict"
import { json } from "../browser.mjs"

/**
 * Calls `path` and checks that the gateway itself refuses it with 401 and `code`, that the backend hears nothing,
 * and that the log names one of `causes` and no value.
 */
export async function refused(here, browser, { path = "/api/agent/health", code, causes }) {
  const seen = here.backend.requests.length
  const answer = await browser.call(path)
  assert.equal(answer.status, 401, answer.text)
  assert.equal(here.backend.requests.length, seen, "the backend was called")
  assert.match(answer.headers["content-type"], /^application\/problem\+json\b/)
  assert.equal(answer.headers["vestibule-refusal"], code)
  assert.equal(answer.headers["cache-control"], "no-store")
  const requestId = answer.headers["x-request-id"]
  assert.ok(requestId, "no X-Request-Id")
  const body = json(answer)
  assert.equal(body.code, code)
  assert.equal(body.status, 401)
  assert.equal(body.request_id, requestId)

  const entry = await here.gateway.access(requestId)
  assert.equal(entry.status, 401)
  assert.equal(entry.reason, code)
  assert.ok(causes.includes(entry.cause), `the log says ${entry.cause}, expected ${causes.join(" or ")}`)
  for (const cookie of (browser.jar.header(new URL(here.origin)) ?? "").split("; ").filter(Boolean)) {
    const value = cookie.slice(cookie.indexOf("=") + 1)
    assert.ok(value.length < 16 || !JSON.stringify(entry).includes(value), "the log holds a cookie's value")
  }
  return { answer, body, entry }
}
