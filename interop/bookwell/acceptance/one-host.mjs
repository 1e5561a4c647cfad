// C8: one host, both schemes. Cookies know no port, and on localhost no scheme either (TH-116).

import assert from "node:assert/strict"
import { describe } from "node:test"
import { ACCOUNTS } from "../demo.mjs"
import { ask, call, credentials, lastAnswer, openAssistant, ready, rows, signIn, signOut, wayBack } from "../pages.mjs"
import { mint } from "../session.mjs"
import { visit } from "../world.mjs"

const SECURE = "__Secure-authjs.session-token"
const PLAIN = "authjs.session-token"

/** What one sees of each business. */
const OWN = { [ACCOUNTS.willow]: { packages: 4, offer: /garden/i }, [ACCOUNTS.harbor]: { packages: 2, offer: /sunset sail/i } }

export function oneHost(here) {
  const { willow, harbor } = ACCOUNTS
  const over = (seconds) => ({ now: Math.floor(Date.now() / 1000) - 2 * seconds, maxAge: seconds })
  const plant = async (visitor, name, account, options = {}) => {
    const cookies = await mint(here.world.demo, await here.world.claims(account), { name, ...options })
    await visitor.context.addCookies(cookies.map((cookie) => ({ ...cookie, domain: "localhost", expires: -1 })))
  }
  const open = async (visitor, scheme, path = "/tenant/dashboard") => {
    const page = await visitor.context.newPage()
    await page.goto(here.world.at("localhost", scheme) + path)
    await ready(page)
    return page
  }

  describe("C8 one host: A over HTTPS, B over HTTP on localhost", { concurrency: false }, () => {
    visit("A1 to A4 each scheme shows its own user, page and API alike", here, async (visitor) => {
      await plant(visitor, SECURE, willow)
      await plant(visitor, PLAIN, harbor)
      for (const [scheme, account] of [["https", willow], ["http", harbor]]) {
        const page = await open(visitor, scheme)
        await assertUser(page, account)
        const panel = await openAssistant(page)
        await ask(page, panel, "Which packages do I offer?")
        assert.match(await lastAnswer(panel).innerText(), OWN[account].offer)
      }
      const page = await open(visitor, "http", "/tenant/packages")
      await signOut(page)
      assert.deepEqual(await visitor.sessions(), [], "signing out ends every session of the host")
      const again = await open(visitor, "https", "/tenant/packages?a=b")
      assert.equal(wayBack(again), "/tenant/packages?a=b")
      await signIn(again, willow, here.world.demo.password)
      await assertUser(again, willow)
    })

    visit("a session of HTTPS that is over does not lock out the one of HTTP", here, async (visitor) => {
      await plant(visitor, SECURE, willow, over(3600))
      await plant(visitor, PLAIN, harbor)
      await assertUser(await open(visitor, "http"), harbor)
      const page = await open(visitor, "https")
      assert.equal(wayBack(page), "/tenant/dashboard", "a plain cookie stands in for a secure one")
      await signIn(page, willow, here.world.demo.password)
      await assertUser(page, willow)
      assert.deepEqual((await visitor.sessions()).map(({ name }) => name), [SECURE])
    })

    visit("a session of HTTP that is over does not lock out, and whoever signs in next is who shows", here, async (visitor) => {
      await plant(visitor, SECURE, willow)
      await plant(visitor, PLAIN, harbor, over(3600))
      const page = await open(visitor, "http")
      await assertUser(page, willow)
      await credentials(page, harbor, here.world.demo.password)
      await page.reload()
      await ready(page)
      await assertUser(page, harbor)
      assert.deepEqual((await visitor.sessions()).map(({ name }) => name), [PLAIN])
    })
  })
}

/** The page, the session endpoint and the API agree on who this is. */
async function assertUser(page, account) {
  assert.equal((await call(page, "/api/auth/session")).json.user.email, account)
  assert.equal(await page.getByText(account).count(), 1, `the page shows somebody else than ${account}`)
  assert.equal((await rows(page, "/api/tenant-admin/packages")).length, OWN[account].packages)
}
