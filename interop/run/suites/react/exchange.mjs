// One session, two writers: ours is read by the real package, and the real package's by us.

import assert from "node:assert/strict"
import { createRequire } from "node:module"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { describe, test } from "node:test"
import { PASSWORD } from "../../react/backend.mjs"
import { PAGE } from "../../react/page.mjs"
import { sessionName } from "../../session.mjs"

const { encode, getToken } = await import(pathToFileURL(createRequire(join(PAGE, "package.json")).resolve("next-auth/jwt")))

export function exchange(here) {
  describe("sessions of either side", { concurrency: false }, () => {
    for (const email of ["ada@example.com", "eve@example.com"]) {
      test(`the real \`getToken\` reads the session of ${email}`, async () => {
        const visitor = await here.visitors.arrive()
        await visitor.signIn({ email, password: PASSWORD })
        const headers = { cookie: await visitor.cookieHeader() }
        const claims = await getToken({ req: { headers }, secret: here.secret, secureCookie: here.scheme === "https" })
        assert.equal(claims.email, email)
        assert.equal(claims.role, "TENANT_ADMIN")
        assert.ok(here.backend.tokens.includes(claims.backendToken))
        assert.ok(claims.exp - claims.iat === 86_400)
        await visitor.leave()
      })
    }

    test("`useSession` shows a session that the real `encode` wrote, and it is prolonged", async () => {
      const name = sessionName(here.origin)
      const token = { sub: "u-next", name: "Grace Hopper", email: "grace@example.com", picture: "/g.png", role: "X", hidden: "yes" }
      const value = await encode({ token, secret: here.secret, salt: name, maxAge: 3600 })
      const visitor = await here.visitors.arrive()
      await visitor.plant([[name, value]])
      await visitor.page.reload()
      await visitor.status("authenticated")
      const { user } = await visitor.session()
      assert.deepEqual(user, { name: token.name, email: token.email, image: token.picture, role: "X" })
      const [cookie] = await visitor.sessionCookies()
      assert.notEqual(cookie.value, value)
      const headers = { cookie: await visitor.cookieHeader() }
      const claims = await getToken({ req: { headers }, secret: here.secret, secureCookie: here.scheme === "https" })
      assert.equal(claims.hidden, "yes")
      assert.ok(claims.exp > Date.now() / 1000 + 80_000)
      await visitor.leave()
    })
  })
}
