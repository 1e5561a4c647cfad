// Every call of `next-auth/react` that a credentials provider has.

import assert from "node:assert/strict"
import { describe, test } from "node:test"
import { PASSWORD } from "../../react/backend.mjs"
import { sessionName } from "../../session.mjs"

const ADA = { email: "ada@example.com", password: PASSWORD }

export function visit(here) {
  describe("a visit", { concurrency: false }, () => {
    test("nobody is signed in at first", async () => {
      const visitor = await here.visitors.arrive()
      assert.equal(await visitor.status("unauthenticated"), "unauthenticated")
      assert.equal(await visitor.session(), null)
      assert.deepEqual(await visitor.sessionCookies(), [])
      await visitor.leave()
    })

    test("a wrong password is told by `error` and `code`, and the page stays", async () => {
      const visitor = await here.visitors.arrive()
      const result = await visitor.signIn({ ...ADA, password: "wrong" })
      assert.deepEqual(result, { error: "CredentialsSignin", code: "credentials", status: 200, ok: true, url: null })
      assert.equal(await visitor.status("unauthenticated"), "unauthenticated")
      assert.deepEqual(await visitor.sessionCookies(), [])
      await visitor.leave()
    })

    test("a wrong password leads to the application's own page", async () => {
      const visitor = await here.visitors.arrive()
      await visitor.fill({ ...ADA, password: "wrong", redirect: true })
      await visitor.page.click("#sign-in")
      await visitor.page.waitForURL(`${here.origin}/login?error=CredentialsSignin&code=credentials`)
      await visitor.leave()
    })

    test("`signIn` without a redirect signs in, and `useSession` shows who", async () => {
      const visitor = await here.visitors.arrive()
      const result = await visitor.signIn(ADA)
      assert.deepEqual(result, { status: 200, ok: true, url: `${here.origin}/` })
      await visitor.status("authenticated")
      const { user, expires } = await visitor.session()
      assert.deepEqual(user, { name: "Ada Lovelace", email: ADA.email, role: "TENANT_ADMIN" })
      const hours = (Date.parse(expires) - Date.now()) / 3_600_000
      assert.ok(hours > 23 && hours <= 24, expires)

      const [cookie, ...others] = await visitor.sessionCookies()
      assert.deepEqual(others, [])
      assert.equal(cookie.name, sessionName(here.origin))
      assert.deepEqual(
        { path: cookie.path, httpOnly: cookie.httpOnly, secure: cookie.secure, sameSite: cookie.sameSite },
        { path: "/", httpOnly: true, secure: here.scheme === "https", sameSite: "Lax" },
      )
      assert.equal(await visitor.page.evaluate(() => document.cookie), "")
      await visitor.leave()
    })

    test("the backend gets the bearer and no cookie", async () => {
      const visitor = await here.visitors.arrive()
      await visitor.signIn(ADA)
      assert.deepEqual(await visitor.press("call"), { status: 200, email: ADA.email })
      const { headers } = here.backend.at("/v1/agent/me").at(-1)
      assert.ok(here.backend.tokens.includes(headers.authorization.replace("Bearer ", "")))
      assert.equal(headers.cookie, undefined)
      await visitor.leave()
    })

    test("`update` changes what it may, and nothing that the backend decides", async () => {
      const visitor = await here.visitors.arrive()
      await visitor.signIn(ADA)
      const { user } = await visitor.press("update")
      assert.deepEqual(user, { name: "Ada L.", email: ADA.email, role: "TENANT_ADMIN" })
      await visitor.page.reload()
      await visitor.status("authenticated")
      assert.equal((await visitor.session()).user.name, "Ada L.")
      await visitor.leave()
    })

    test("`signOut` ends the session here, in the other tab and in the backend", async () => {
      const visitor = await here.visitors.arrive()
      await visitor.signIn(ADA)
      const first = visitor.page
      await visitor.open("/")
      await visitor.status("authenticated")
      const before = here.backend.at("/v1/auth/logout").length
      assert.deepEqual(await visitor.press("sign-out"), { url: `${here.origin}/` })
      await visitor.status("unauthenticated")
      visitor.page = first
      await visitor.status("unauthenticated")
      assert.deepEqual(await visitor.sessionCookies(), [])
      const [logout, ...others] = here.backend.at("/v1/auth/logout").slice(before)
      assert.deepEqual(others, [])
      assert.match(logout.headers.authorization, /^Bearer bt_/)
      await visitor.leave()
    })

    test("`signIn` and `signOut` with a redirect lead where they were told, and not to another site", async () => {
      const visitor = await here.visitors.arrive()
      for (const [target, expected] of [["/?back=1", "/?back=1"], ["https://evil.test/", "/"]]) {
        await visitor.fill({ ...ADA, target, redirect: true })
        await visitor.page.click("#sign-in")
        await visitor.page.waitForURL(here.origin + expected)
        await visitor.status("authenticated")
        await visitor.page.click("#leave")
        await visitor.page.waitForURL(`${here.origin}/?left`)
        await visitor.status("unauthenticated")
      }
      await visitor.leave()
    })

    test("a session of four cookies works like a small one", async () => {
      const visitor = await here.visitors.arrive()
      const email = "eve@example.com"
      await visitor.signIn({ email, password: PASSWORD })
      const name = sessionName(here.origin)
      const cookies = await visitor.sessionCookies()
      assert.deepEqual(cookies.map((cookie) => cookie.name), [0, 1, 2, 3].map((number) => `${name}.${number}`))
      assert.deepEqual(await visitor.press("call"), { status: 200, email })
      await visitor.page.reload()
      await visitor.status("authenticated")
      assert.equal((await visitor.sessionCookies()).length, 4)
      // A smaller one in the same browser leaves nothing behind.
      await visitor.signIn(ADA)
      assert.deepEqual((await visitor.sessionCookies()).map((cookie) => cookie.name), [name])
      await visitor.press("sign-out")
      assert.deepEqual(await visitor.sessionCookies(), [])
      await visitor.leave()
    })
  })
}
