// A10: the administrator of the platform works as a tenant, and stops.

import assert from "node:assert/strict"
import { test } from "node:test"
import { assertAccessible, assertFits } from "../accessibility.mjs"
import { ACCOUNTS } from "../demo.mjs"
import { call, dialog, openReady, place, ready, rows } from "../pages.mjs"
import { look } from "../pictures.mjs"
import { claimsOf, mint, sessionName } from "../session.mjs"
import { visit } from "../world.mjs"
import { PHOTO } from "./packages.mjs"

export function impersonation(here) {
  const name = sessionName(here.scheme)

  visit("A10 impersonate, work, upload, stop", here, async (visitor) => {
    await visitor.plant(await here.world.session(ACCOUNTS.admin))
    const page = await openReady(visitor, "/admin/tenants")
    if (here.pictures) await look(page, "tenants")
    const own = await claimsOf(here.world.demo, await visitor.sessions())
    await impersonate(page, "Willow & Pine")

    const banner = page.getByRole("region", { name: "Impersonation" })
    assert.match(await banner.innerText(), /You work as Willow & Pine until \d/)
    const acting = await claimsOf(here.world.demo, await visitor.sessions())
    assert.equal(acting.impersonation.slug, "willow-pine")
    assert.notEqual(acting.backendToken, own.backendToken, "session and token change together")
    if (here.pictures) await look(page, "impersonating")

    await page.goto(`${visitor.origin}/tenant/packages`)
    await ready(page)
    assert.equal((await rows(page, "/api/tenant-admin/packages")).length, 4)
    await page.getByRole("button", { name: /^Edit / }).last().click()
    const form = dialog(page, "Edit package")
    const saved = page.waitForResponse((response) => /\/packages\/[^/]+\/photo$/.test(response.url()))
    await form.getByLabel("Photo", { exact: true }).setInputFiles(PHOTO)
    assert.ok([200, 201, 204].includes((await saved).status()), "the photo is not taken")
    await page.getByText("The photo has been saved").waitFor()
    await form.getByRole("button", { name: "Remove photo" }).click()
    await page.getByText("The photo has been removed").waitFor()
    await page.keyboard.press("Escape")

    visitor.watch.expect({ kind: "status", status: 403, path: "/api/admin/tenants" })
    assert.equal((await call(page, "/api/admin/tenants")).status, 403, "meanwhile the platform is out of reach")

    await page.getByRole("region", { name: "Impersonation" }).getByRole("button", { name: "Stop" }).click()
    await page.waitForURL("**/admin/tenants")
    await ready(page)
    assert.equal(await page.getByRole("region", { name: "Impersonation" }).count(), 0)
    await page.getByRole("row", { name: /Harbor Light/ }).waitFor()
    const again = await claimsOf(here.world.demo, await visitor.sessions())
    assert.equal(again.impersonation, undefined)
    assert.equal(again.role, "PLATFORM_ADMIN")
  })

  visit("A10 the banner is on every page, whatever that page has to say, and Stop works on each", here, async (visitor) => {
    await visitor.plant(await here.world.session(ACCOUNTS.admin))
    const page = await openReady(visitor, "/admin/tenants")
    await impersonate(page, "Willow & Pine")
    const banner = page.getByRole("region", { name: "Impersonation" })
    visitor.watch.expect({ kind: "status", status: 404, path: "/nothing-here" })
    visitor.watch.expect({ kind: "status", status: 404, path: "/t/nobody" })
    for (const path of ["/tenant/bookings", "/admin/tenants", "/nothing-here", "/t/nobody", "/t/harbor-light", "/t/willow-pine/about"]) {
      await page.goto(`${visitor.origin}${path}`)
      await ready(page)
      // The script has made a time of the day of the time that the server wrote.
      assert.match(await banner.innerText(), /You work as Willow & Pine until \d{1,2}:\d\d\s[AP]M\./, path)
      assert.equal(await banner.getByRole("button", { name: "Stop" }).count(), 1, path)
      await assertAccessible(page, `${path}, impersonating`)
      await assertFits(page, `${path}, impersonating`)
    }
    if (here.pictures) await look(page, "storefront-impersonating")

    await here.world.demo.stopApi()
    try {
      visitor.watch.expect({ kind: "status", status: 503, path: "/admin/impersonation/stop" })
      await banner.getByRole("button", { name: "Stop" }).click()
      await banner.getByRole("alert").getByText("You still work as the tenant").waitFor()
      visitor.watch.expect({ kind: "status", status: 503, path: "/t/willow-pine" })
      await page.goto(`${visitor.origin}/t/willow-pine`)
      await banner.getByRole("button", { name: "Stop" }).waitFor()
      await assertAccessible(page, "a storefront without the API, impersonating")
    } finally {
      await here.world.demo.startApi()
    }
    await page.goto(`${visitor.origin}/t/willow-pine`)
    await banner.getByRole("button", { name: "Stop" }).click()
    await page.waitForURL("**/admin/tenants")
    await ready(page)
    assert.equal(await banner.count(), 0)
    await page.goto(`${visitor.origin}/t/willow-pine`)
    assert.equal(await banner.count(), 0)
  })

  visit("A10 nobody is offered to work as a business that is closed", here, async (visitor) => {
    await visitor.plant(await here.world.session(ACCOUNTS.admin))
    const page = await openReady(visitor, "/admin/tenants")
    const offer = page.getByRole("row", { name: /The Old Mill/ }).getByRole("button", { name: /^Impersonate/ })
    assert.ok(await offer.isDisabled())
    const reason = await offer.evaluate((button) => document.getElementById(button.getAttribute("aria-describedby")).innerText)
    assert.match(reason, /inactive/)
    assert.equal(await page.getByRole("button", { name: /^Impersonate/, disabled: false }).count(), 3)
  })

  visit("C3 a session that grows by a chunk and shrinks again leaves no chunk behind", here, async (visitor) => {
    const { demo } = here.world
    // A second session is as full as two chunks can be, so that the impersonation makes it three.
    const full = await brimful(demo, await here.world.claims(ACCOUNTS.admin), name)
    await visitor.plant(await mint(demo, full, { name }))
    assert.deepEqual(await chunks(visitor), [`${name}.0`, `${name}.1`])
    const page = await openReady(visitor, "/admin/tenants")
    await impersonate(page, "Harbor Light")
    assert.deepEqual(await chunks(visitor), [`${name}.0`, `${name}.1`, `${name}.2`])
    assert.equal((await rows(page, "/api/tenant-admin/packages")).length, 2)
    await page.getByRole("region", { name: "Impersonation" }).getByRole("button", { name: "Stop" }).click()
    await page.waitForURL("**/admin/tenants")
    await ready(page)
    assert.deepEqual(await chunks(visitor), [`${name}.0`, `${name}.1`])
    assert.equal((await claimsOf(demo, await visitor.sessions())).padding, full.padding)
  })

  test("an impersonation is not started by another site", async () => {
    const client = here.world.client()
    await client.signIn({ email: ACCOUNTS.admin, password: here.world.demo.password })
    const [{ id }] = JSON.parse((await client.call("/api/admin/tenants")).text).items
    for (const headers of [{ origin: "http://evil.test", "sec-fetch-site": "cross-site" }, { origin: "http://evil.bookwell.test", "sec-fetch-site": "same-site" }]) {
      const body = JSON.stringify({ tenant_id: id })
      const answer = await client.call("/admin/impersonation/start", { method: "POST", body, headers: { "content-type": "application/json", ...headers } })
      assert.equal(answer.status, 403, JSON.stringify(headers))
      assert.deepEqual(answer.setCookies, [])
    }
  })
}

async function impersonate(page, tenant) {
  await page.getByRole("row", { name: new RegExp(tenant) }).getByRole("button", { name: /^Impersonate/ }).click()
  await dialog(page, /^Work as/).getByRole("button", { name: "Start impersonation" }).click()
  await page.waitForURL("**/tenant/dashboard")
  assert.equal(place(page), "/tenant/dashboard")
  await ready(page)
}

async function chunks(visitor) {
  return (await visitor.sessions()).map(({ name }) => name).sort()
}

/** Claims with as much padding as two chunks take, less the few octets by which two sign-ins differ. */
async function brimful(demo, claims, name) {
  const made = async (length) => mint(demo, { ...claims, padding: "x".repeat(length) }, { name })
  let [fits, bursts] = [0, 2 * 3936]
  while (bursts - fits > 1) {
    const middle = Math.floor((fits + bursts) / 2)
    if ((await made(middle)).length <= 2) fits = middle
    else bursts = middle
  }
  return { ...claims, padding: "x".repeat(fits - 64) }
}
