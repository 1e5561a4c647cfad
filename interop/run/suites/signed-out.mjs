// What happens without a session, and when signing in does not work.

import assert from "node:assert/strict"
import { test } from "node:test"
import { refused } from "./refused.mjs"

export function signedOut(here) {
  for (const path of ["/api/agent/health", "/api/tenant-admin/packages"]) {
    test(`signed out, ${path} is 401 and the backend hears nothing`, async () => {
      await refused(here, here.browser(), { path, code: "unauthenticated", causes: ["no_cookie"] })
    })
  }

  test("signed out, the body says no more than the code", async () => {
    const { body } = await refused(here, here.browser(), { path: "/api/agent/health", code: "unauthenticated", causes: ["no_cookie"] })
    assert.deepEqual(Object.keys(body).sort(), ["code", "request_id", "status", "title", "type"])
    assert.equal(body.type, "urn:vestibule:problem:unauthenticated")
  })

  test("signed out, a bearer of the client's own does not pass", async () => {
    const browser = here.browser()
    const seen = here.backend.requests.length
    const answer = await browser.call("/api/agent/health", { headers: { authorization: "Bearer bt_evil" } })
    assert.equal(answer.status, 401)
    assert.equal(here.backend.requests.length, seen)
  })

  test("signed out, a navigation to a protected page is sent to the sign-in page with a relative address", async () => {
    const answer = await here.browser().navigate("/tenant/dashboard?tab=a%26b", { follow: false })
    assert.equal(answer.status, 302)
    assert.equal(answer.headers.location, "/api/auth/signin?callbackUrl=%2Ftenant%2Fdashboard%3Ftab%3Da%2526b")
    assert.equal(answer.headers["cache-control"], "no-store")
  })

  test("signed out, the redirect ends on the application's sign-in page", async () => {
    const answer = await here.browser().navigate("/tenant/dashboard")
    assert.equal(answer.status, 200)
    assert.ok(answer.at.startsWith("/api/auth/signin?"))
    assert.match(answer.text, /name="csrfToken"/)
  })

  test("signed out, a call to a protected page is 401 and no redirect", async () => {
    await refused(here, here.browser(), { path: "/tenant/dashboard", code: "unauthenticated", causes: ["no_cookie"] })
  })

  test("signed out, an open page is served", async () => {
    const answer = await here.browser().navigate("/")
    assert.equal(answer.status, 200)
    assert.match(answer.text, />nobody</)
  })

  test("a wrong password makes no session", async () => {
    const browser = here.browser()
    const { error } = await browser.signIn({ email: "ada@example.com", password: "wrong", padding: "" })
    assert.equal(error, "CredentialsSignin")
    await refused(here, browser, { path: "/api/agent/health", code: "unauthenticated", causes: ["no_cookie"] })
  })

  test("a session of any size ends with sign-out", async () => {
    for (const padding of ["", "8800"]) {
      const browser = here.browser()
      await browser.signIn({ email: "ada@example.com", password: "correct horse", padding })
      assert.equal((await browser.call("/api/agent/health")).status, 200)
      await browser.signOut()
      assert.equal(await browser.session(), null)
      await refused(here, browser, { path: "/api/agent/health", code: "unauthenticated", causes: ["no_cookie"] })
    }
  })
}
