// A8: the API is gone, and comes back.

import assert from "node:assert/strict"
import { after } from "node:test"
import { ACCOUNTS } from "../demo.mjs"
import { call, card, figure, lastAnswer, openAssistant, openReady, ready } from "../pages.mjs"
import { look } from "../pictures.mjs"
import { visit } from "../world.mjs"
import { dashboardTellsTheTruth } from "./everyday.mjs"

const CARDS = ["Packages", "Bookings", "Blackout dates", "Revenue this month"]

export function outage(here) {
  let gone = false
  after(async () => {
    if (gone) await here.world.demo.startApi()
  })

  visit("A8 without the API, cards and assistant say so; when it is back, Retry works", here, async (visitor) => {
    await visitor.plant(await here.world.session(ACCOUNTS.willow))
    await here.world.demo.stopApi()
    gone = true
    visitor.watch.expect({ kind: "status", status: 502, path: "/api/tenant-admin/stats" })
    visitor.watch.expect({ kind: "status", status: 502, path: "/api/agent/health" })
    visitor.watch.tolerate({ kind: "status", status: 502, path: /^\/api\/(tenant-admin|agent|tenant)\// })
    const page = await openReady(visitor, "/tenant/dashboard")
    for (const heading of CARDS) {
      const retry = card(page, heading).getByRole("button", { name: "Retry" })
      assert.equal(await retry.count(), 1, `${heading} offers no other attempt`)
      assert.equal(await card(page, heading).locator(".value").count(), 0, `${heading} shows a figure that nobody knows`)
    }
    const { status, refusal, json } = await call(page, "/api/tenant-admin/stats")
    assert.deepEqual({ status, refusal, code: json.code }, { status: 502, refusal: "upstream_unreachable", code: "upstream_unreachable" })
    const panel = await openAssistant(page)
    await panel.getByRole("heading", { name: "Assistant Unavailable" }).waitFor()
    assert.match(await panel.getByRole("status").innerText(), /Assistant Unavailable\s+\S.{10}/, "there is no reason")
    if (here.pictures) await look(page, "dashboard-without-api")

    await here.world.demo.startApi()
    gone = false
    for (const heading of CARDS) {
      await card(page, heading).getByRole("button", { name: "Retry" }).click()
      await ready(page)
      assert.match(await figure(page, heading), /\d/)
    }
    await dashboardTellsTheTruth(page)
    await panel.getByRole("button", { name: "Try again" }).click()
    await panel.getByRole("log").waitFor()
    assert.match(await lastAnswer(panel).innerText(), /\w{3}/)
    for (const heading of ["Bookings by month", "Next bookings"]) {
      await card(page, heading).getByRole("button", { name: "Retry" }).click()
      await ready(page)
    }
    assert.equal(await page.getByRole("button", { name: "Retry" }).count(), 0)
  })

  visit("A8 the calendar of blackout dates is not shown as empty, and comes back with the list", here, async (visitor) => {
    await visitor.plant(await here.world.session(ACCOUNTS.willow))
    await here.world.demo.stopApi()
    gone = true
    visitor.watch.tolerate({ kind: "status", status: 502, path: /^\/api\/(tenant-admin|agent|tenant)\// })
    const page = await openReady(visitor, "/tenant/blackouts")
    const places = [card(page, "Calendar"), card(page, "Upcoming")]
    for (const place of places) assert.equal(await place.getByRole("button", { name: "Retry" }).count(), 1)
    assert.equal(await page.getByRole("table").count(), 0, "a month is shown whose dates nobody knows")
    await here.world.demo.startApi()
    gone = false
    await places[0].getByRole("button", { name: "Retry" }).click()
    await places[0].getByRole("table").waitFor()
    await places[1].getByRole("button", { name: "Retry" }).waitFor({ state: "detached" })
    await ready(page)
  })

  visit("A8 nobody can sign in meanwhile, and the page says that this is not the password", here, async (visitor) => {
    await here.world.demo.stopApi()
    gone = true
    const page = await openReady(visitor, "/login")
    await page.getByLabel("E-mail", { exact: true }).fill(ACCOUNTS.willow)
    await page.getByLabel("Password", { exact: true }).fill(here.world.demo.password)
    await page.getByRole("button", { name: "Sign in", exact: true }).click()
    visitor.watch.tolerate({ kind: "status", path: /^\/api\/auth\// })
    await page.getByText("Signing in is not possible at the moment").waitFor()
    assert.equal(await page.getByLabel("E-mail", { exact: true }).inputValue(), ACCOUNTS.willow)
    await here.world.demo.startApi()
    gone = false
    await page.getByRole("button", { name: "Sign in", exact: true }).click()
    await page.waitForURL("**/tenant/dashboard")
    await ready(page)
  })
}
