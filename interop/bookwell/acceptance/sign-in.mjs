// The sign-in page: what it refuses, what it does with the way back, and what it tells apart.

import assert from "node:assert/strict"
import { ACCOUNTS } from "../demo.mjs"
import { fillIn, openReady, place, ready, signIn } from "../pages.mjs"
import { look } from "../pictures.mjs"
import { visit } from "../world.mjs"

export function signInPage(here) {
  visit("a wrong password is told as such, the summary has the focus, and the right one works", here, async (visitor) => {
    const page = await openReady(visitor, "/login")
    if (here.pictures) await look(page, "sign-in")
    await fillIn(page, ACCOUNTS.willow, "not the password")
    const summary = page.getByRole("alert").filter({ hasText: "The e-mail or the password is wrong" })
    await summary.waitFor()
    assert.ok(await summary.evaluate((element) => element === document.activeElement))
    assert.deepEqual(await visitor.sessions(), [])
    if (here.pictures) await look(page, "sign-in-refused")
    await signIn(page, ACCOUNTS.willow, here.world.demo.password)
    assert.equal(place(page), "/tenant/dashboard")
    if (here.pictures) await look(page, "dashboard")
  })

  for (const [how, choose] of [
    ["one click", (account) => account.click()],
    ["the Enter key", (account) => account.press("Enter")],
  ]) {
    visit(`an account of the list signs in by ${how}, and leads to what was asked for`, here, async (visitor) => {
      const page = await openReady(visitor, "/login?callbackUrl=%2Ftenant%2Fpackages")
      await choose(page.getByRole("complementary", { name: "Demo accounts" }).getByRole("button", { name: new RegExp(ACCOUNTS.harbor) }))
      await page.waitForURL("**/tenant/packages")
      await ready(page)
      assert.equal(await page.getByText("Harbor Light").first().isVisible(), true)
    })
  }

  visit("every storefront that the page names is open", here, async (visitor) => {
    const page = await openReady(visitor, "/login")
    const links = await page.getByRole("complementary", { name: "Demo accounts" }).getByRole("link").evaluateAll((found) => found.map(({ href }) => href))
    assert.ok(links.length > 1, "there are storefronts")
    for (const link of links) {
      await page.goto(link)
      assert.equal(await page.getByRole("heading", { level: 1 }).count(), 1, link)
    }
  })

  for (const target of ["https://evil.test/", "//evil.test/", "/\\evil.test", "javascript:alert(1)"]) {
    visit(`signing in never leads to ${target}`, here, async (visitor) => {
      const page = await openReady(visitor, `/login?callbackUrl=${encodeURIComponent(target)}`)
      await fillIn(page, ACCOUNTS.willow, here.world.demo.password)
      await page.waitForURL((url) => url.pathname !== "/login")
      assert.equal(new URL(page.url()).origin, visitor.origin)
      await ready(page)
    })
  }

  visit("whoever is signed in already is led on", here, async (visitor) => {
    await visitor.plant(await here.world.session(ACCOUNTS.willow))
    const page = await openReady(visitor, "/login?callbackUrl=%2Ftenant%2Fpackages")
    assert.equal(place(page), "/tenant/packages")
  })

  visit("pages that do not exist, and pages of others, say so", here, async (visitor) => {
    await visitor.plant(await here.world.session(ACCOUNTS.willow))
    visitor.watch.expect({ kind: "status", status: 404, path: "/tenant/nothing-here" })
    const page = await openReady(visitor, "/tenant/nothing-here")
    assert.equal(await page.getByRole("heading", { level: 1 }).count(), 1)
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Bookings" }).waitFor()
    if (here.pictures) await look(page, "not-found")
    visitor.watch.expect({ kind: "status", status: 403, path: "/admin/tenants" })
    await page.goto(`${visitor.origin}/admin/tenants`)
    assert.equal(await page.getByRole("heading", { level: 1 }).count(), 1)
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Bookings" }).waitFor()
    if (here.pictures) await look(page, "forbidden")
  })
}
