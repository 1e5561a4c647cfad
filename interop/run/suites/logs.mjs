// After everything else has happened, the gateway's log must not be worth stealing.

import assert from "node:assert/strict"
import { test } from "node:test"

export function logs(here) {
  test("the log holds neither the secret, nor a bearer, nor a session", () => {
    const log = here.gateway.log()
    assert.ok(log.includes("request_id"), "there is no log to look at")
    assert.ok(!log.includes(here.secret), "the secret")
    assert.ok(!log.includes("bt_u-"), "a bearer")
    // The first characters of every token that Auth.js encrypts: {"alg":"dir","enc
    assert.ok(!log.includes("eyJhbGciOiJkaXIiLCJlbmMi"), "a session")
  })
}
