// A5: the three areas of the API, with a session and without.

import assert from "node:assert/strict"
import { ACCOUNTS } from "../demo.mjs"
import { call, openReady } from "../pages.mjs"
import { visit } from "../world.mjs"

const AREAS = ["/api/tenant-admin/packages", "/api/agent/health", "/api/tenant/landing-page"]

export function areas(here) {
  visit("A5 all three areas of the API answer 200 with a session", here, async (visitor) => {
    await visitor.plant(await here.world.session(ACCOUNTS.willow))
    const page = await openReady(visitor, "/tenant/dashboard")
    for (const area of AREAS) {
      const { status, json } = await call(page, area)
      assert.equal(status, 200, area)
      assert.ok(json, area)
    }
  })

  visit("A5 without a session all three answer 401, and the API hears nothing of it", here, async (visitor) => {
    const page = await openReady(visitor, "/login")
    const before = await here.world.demo.sentTo("api")
    for (const area of AREAS) {
      visitor.watch.expect({ kind: "status", status: 401, path: area })
      const { status, refusal, json } = await call(page, area)
      assert.deepEqual({ area, status, refusal, code: json.code }, { area, status: 401, refusal: "unauthenticated", code: "unauthenticated" })
    }
    assert.equal(await here.world.demo.sentTo("api"), before)
  })

  visit("A5 the API of the platform is for its administrator alone", here, async (visitor) => {
    await visitor.plant(await here.world.session(ACCOUNTS.willow))
    const page = await openReady(visitor, "/tenant/dashboard")
    const before = await here.world.demo.sentTo("api")
    visitor.watch.expect({ kind: "status", status: 403, path: "/api/admin/tenants" })
    assert.equal((await call(page, "/api/admin/tenants")).status, 403)
    assert.equal(await here.world.demo.sentTo("api"), before)
  })
}
