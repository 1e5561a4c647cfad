// A13: after everything else, no token stands anywhere but in sealed cookies.

import assert from "node:assert/strict"
import { test } from "node:test"
import { ACCOUNTS } from "../demo.mjs"

const ENDPOINTS = ["/api/auth/session", "/api/auth/providers", "/api/auth/csrf", "/tenant/dashboard", "/t/willow-pine", "/embed/bookwell-chat.js"]

export function secrecy(here, { tokens: least, secrets = [] }) {
  test("A13 no token of the backend is in any page, script, storage, readable cookie, answer or log of the run", async () => {
    const { demo, evidence } = here.world
    const client = here.world.client()
    await client.signIn({ email: ACCOUNTS.willow, password: demo.password })
    for (const path of ENDPOINTS) {
      const { status, text } = await client.call(path)
      assert.equal(status, 200, path)
      evidence.text(`body GET ${path}`, text)
    }
    evidence.text("log of the demonstration", demo.log())

    // The search finds what is there: it would find a token.
    for (const kind of ["body", "head", "markup", "text", "storage", "log"]) assert.ok(evidence.count(kind) > 0, `nothing of kind ${kind} was kept`)
    assert.ok(evidence.mentions(ACCOUNTS.willow).some((place) => place.includes("/api/auth/session")), "the search is blind")
    assert.ok(evidence.mentions("GET /api/auth/session 200").includes("log of the demonstration"), "the log has no access lines")

    const tokens = await evidence.tokens(demo)
    assert.ok(tokens.length >= least, `the run has only ${tokens.length} tokens`)
    assert.deepEqual(evidence.find(tokens), [])
    for (const secret of [...demo.secrets, ...secrets]) assert.deepEqual(evidence.mentions(secret), [])
  })
}
