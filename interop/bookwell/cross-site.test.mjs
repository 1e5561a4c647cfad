// What pages of other sites make a real browser send (TH-68, TH-69): forms and sockets of a foreign site
// and of a sibling subdomain, with the user's session in the jar. The gateway refuses, the upstreams hear nothing.

import assert from "node:assert/strict"
import { after, before, describe } from "node:test"
import { ACCOUNTS } from "./demo.mjs"
import { Site } from "./site.mjs"
import { visit, World } from "./world.mjs"

const HOSTS = { foreign: "evil.test", sibling: "shop.bookwell.test" }

/** A route with a token, and a page that gets the cookies themselves. */
const PATHS = ["/api/tenant-admin/packages", "/tenant/dashboard"]

/** The other site has no content security policy. */
const FREE = { bypassCSP: true }

for (const scheme of ["http", "https"]) {
  describe(`other sites, over ${scheme}`, { concurrency: false }, () => {
    const here = { scheme, sites: {} }
    before(async () => {
      if (scheme === "http") for (const [from, host] of Object.entries(HOSTS)) here.sites[from] = await new Site(host).start()
      here.world = new World(scheme)
      await here.world.start()
      // The API has been asked once, so that it is counted.
      assert.equal((await here.world.client().call("/api/openapi.json")).status, 200)
    }, { timeout: 120_000 })
    after(async () => {
      await here.world?.stop()
      for (const site of Object.values(here.sites)) await site.stop()
    })

    for (const from of Object.keys(HOSTS)) {
      // As applications write the cookie, and as a careless one would; browsers take that over HTTPS alone.
      for (const sameSite of scheme === "https" ? ["Lax", "None"] : ["Lax"]) {
        visit(`a form on a ${from} site writes nothing with a cookie that is ${sameSite}`, here, async (visitor) => {
          await signIn(visitor, here, sameSite)
          const carried = from === "sibling" || sameSite === "None"
          for (const path of PATHS) {
            const action = here.world.origin + path
            visitor.watch.expect({ kind: "status", status: carried ? 403 : 401, method: "POST", path })
            visitor.watch.tolerate({ kind: "failed", path, text: "net::ERR_ABORTED" })
            const page = await openSite(visitor, here, from, form(action))
            const [response] = await Promise.all([page.waitForResponse(action), page.getByRole("button", { name: "See the gardens" }).click()])
            assert.equal("cookie" in (await response.request().allHeaders()), carried, "the browser carries the cookie")
            const { "vestibule-refusal": code, "x-request-id": id } = await response.allHeaders()
            assert.equal(code, carried ? "csrf" : "unauthenticated")
            const line = await here.world.demo.access(id)
            assert.doesNotMatch(line, /upstream=/, "the upstream heard of it")
            // Over plain HTTP browsers send an origin and no metadata.
            const cause = scheme === "http" ? "foreign_origin" : from === "sibling" ? "same_site" : "cross_site"
            if (carried) assert.match(line, new RegExp(`cause="?${cause}\\b`))
            // Chromium does not always come to the end of closing a page that still loads.
            await page.waitForLoadState()
          }
        }, FREE)
      }

      visit(`a script on a ${from} site opens no socket`, here, async (visitor) => {
        await signIn(visitor, here, "Lax")
        visitor.watch.expect({ kind: "console", text: /WebSocket connection to .* failed/ })
        const [heard, refused] = [await here.world.demo.sentTo("api"), await here.world.demo.refusedAsForeign()]
        const page = await openSite(visitor, here, from, "")
        const end = await page.evaluate((url) => new Promise((resolve) => {
          const socket = new WebSocket(url)
          socket.onopen = () => resolve("open")
          socket.onclose = ({ code }) => resolve(code)
        }), `${here.world.origin.replace("http", "ws")}/api/agent/socket`)
        assert.equal(end, 1006)
        assert.equal(await here.world.demo.sentTo("api"), heard, "the upstream heard of it")
        // A foreign site's socket brings no session, and is refused for that.
        assert.equal(await here.world.demo.refusedAsForeign(), refused + (from === "sibling" ? 1 : 0))
      }, FREE)
    }

    visit("a script of our own page writes, and opens a socket", here, async (visitor) => {
      await signIn(visitor, here, "Lax")
      const page = await visitor.open("/tenant/dashboard")
      // The API has a word about the body: it was asked. Sockets it has none.
      visitor.watch.expect({ kind: "status", status: 400, method: "POST", path: PATHS[0] })
      const answer = await page.evaluate(async (path) => {
        const response = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: "{}" })
        return { status: response.status, refusal: response.headers.get("vestibule-refusal") }
      }, PATHS[0])
      assert.deepEqual(answer, { status: 400, refusal: null })
      visitor.watch.expect({ kind: "console", text: /WebSocket connection to .* failed/ })
      const heard = await here.world.demo.sentTo("api")
      await page.evaluate((url) => new Promise((resolve) => {
        new WebSocket(url).onclose = resolve
      }), `${here.world.origin.replace("http", "ws")}/api/agent/socket`)
      assert.equal(await here.world.demo.sentTo("api"), heard + 1)
    })
  })
}

/**
 * A page of that site. Over HTTPS the demonstration itself plays it, under the other name: Chromium lets no page
 * that is not of this machine speak to it, so the page has to come from here.
 */
async function openSite(visitor, { scheme, sites, world }, from, content) {
  const page = await visitor.context.newPage()
  if (scheme === "http") {
    await page.goto(sites[from].with(content))
    return page
  }
  await page.goto(`${world.at(HOSTS[from])}/login`)
  await page.evaluate((content) => {
    document.body.innerHTML = content
  }, content)
  return page
}

async function signIn(visitor, here, sameSite) {
  const cookies = await here.world.session(ACCOUNTS.willow)
  await visitor.plant(cookies.map((cookie) => ({ ...cookie, sameSite })))
}

const form = (action) => `<form method="post" action="${action}" enctype="text/plain"><input type="hidden" name='{"title":"' value='Forged"}'><button>See the gardens</button></form>`
