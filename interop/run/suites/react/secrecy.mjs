// After everything else has happened: what the browser got and what the gateway wrote is searched to the last octet.

import assert from "node:assert/strict"
import { describe, test } from "node:test"
import { PASSWORD } from "../../react/backend.mjs"

// The first characters of every token that Auth.js encrypts: {"alg":"dir","enc
const SESSION = "eyJhbGciOiJkaXIiLCJlbmMi"

export function secrecy(here) {
  describe("the whole run", { concurrency: false }, () => {
    test("no page, script, session or header holds a token of the backend, a password or a secret", async () => {
      const answers = await Promise.all(here.visitors.answers)
      assert.ok(answers.length > 100, `only ${answers.length} answers`)
      assert.ok(answers.some(({ body }) => body.includes("useSession") || body.includes("CredentialsSignin")), "no script was searched")
      assert.ok(answers.some(({ url, body }) => url.endsWith("/api/auth/session") && body.includes("TENANT_ADMIN")), "no session was searched")
      assert.ok(here.backend.tokens.length > 20)
      for (const { url, headers, body } of answers) {
        const sealed = headers.filter(({ name }) => name.toLowerCase() !== "set-cookie")
        const open = `${url}\n${JSON.stringify(sealed)}\n${body}`
        assert.ok(!open.includes(SESSION), `a session in ${url}`)
        const everything = `${open}\n${JSON.stringify(headers)}`
        for (const token of here.backend.tokens) assert.ok(!everything.includes(token), `a token in ${url}`)
        for (const secret of [here.secret, PASSWORD]) assert.ok(!everything.includes(secret), `a secret in ${url}`)
      }
    })

    test("the log holds neither a token, nor a password, nor the secret, nor a session", () => {
      const log = here.gateway.log()
      assert.ok(log.includes("request_id") && log.includes("a sign-in was refused"), "there is no log to look at")
      for (const word of [here.secret, PASSWORD, SESSION, ...here.backend.tokens]) assert.ok(!log.includes(word))
      assert.ok(!/panicked/.test(log))
    })

    test("no answer was a failure and no script complained", async () => {
      const answers = await Promise.all(here.visitors.answers)
      const failed = answers.filter(({ status, url }) => status >= 400 && !url.endsWith("/api/agent/me"))
      assert.deepEqual(failed.map(({ status, url }) => `${status} ${url}`), [])
      // Chromium reports every 401 of a script, and the renewal begins with one.
      const complaints = here.visitors.complaints.filter((text) => !/status of 401/.test(text))
      assert.deepEqual(complaints, [])
    })
  })
}
