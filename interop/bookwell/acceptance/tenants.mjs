// A9: two tenants side by side see only what is theirs.

import assert from "node:assert/strict"
import { ACCOUNTS } from "../demo.mjs"
import { call, openReady, ready, rows } from "../pages.mjs"
import { visit } from "../world.mjs"

const LISTS = ["/api/tenant-admin/packages", "/api/tenant-admin/bookings", "/api/tenant-admin/blackouts"]

export function tenants(here) {
  visit("A9 two tenants in two contexts see only their own data", here, async (willow) => {
    const harbor = await here.world.visitor()
    try {
      await willow.plant(await here.world.session(ACCOUNTS.willow))
      await harbor.plant(await here.world.session(ACCOUNTS.harbor))
      const [garden, boat] = [await openReady(willow, "/tenant/packages"), await openReady(harbor, "/tenant/packages")]
      for (const list of LISTS) {
        const [mine, theirs] = [await rows(garden, list), await rows(boat, list)]
        const ids = new Set(mine.map(({ id }) => id))
        assert.deepEqual(theirs.filter(({ id }) => ids.has(id)), [], list)
      }
      const [mine, theirs] = [await rows(garden, LISTS[0]), await rows(boat, LISTS[0])]
      for (const { title } of mine) {
        assert.ok(await garden.getByRole("row", { name: title }).isVisible(), title)
        assert.equal(await boat.getByText(title).count(), 0, title)
      }
      for (const { title } of theirs) assert.equal(await garden.getByText(title).count(), 0, title)

      // What is somebody else's is the same 404 as what does not exist.
      const foreign = `${LISTS[0]}/${theirs[0].id}`
      willow.watch.expect({ kind: "status", status: 404, path: foreign })
      const answer = await call(garden, foreign)
      assert.deepEqual({ status: answer.status, code: answer.json.code }, { status: 404, code: "not_found" })

      await boat.reload()
      await ready(boat)
      assert.equal(await boat.getByText("Willow & Pine").count(), 0)
    } finally {
      assert.deepEqual(await harbor.leave(), [])
    }
  })
}
