// A6, A7: what is over ends without a loss.

import assert from "node:assert/strict"
import { ACCOUNTS } from "../demo.mjs"
import { dialog, openReady, place, ready, signIn, wayBack } from "../pages.mjs"
import { look } from "../pictures.mjs"
import { claimsOf, mint, sessionName } from "../session.mjs"
import { visit } from "../world.mjs"
import { assertSession, dashboardTellsTheTruth } from "./everyday.mjs"

export function expiry(here) {
  const name = sessionName(here.scheme)
  const now = () => Math.floor(Date.now() / 1000)

  visit("A6 a session past its life leads to the login page and back", here, async (visitor) => {
    const over = await here.world.session(ACCOUNTS.willow, { now: now() - 7200, maxAge: 3600 })
    await visitor.plant(over.map((cookie) => ({ ...cookie, expires: -1 })))
    const page = await visitor.open("/tenant/bookings?status=pending")
    assert.equal(wayBack(page), "/tenant/bookings?status=pending")
    await signIn(page, ACCOUNTS.willow, here.world.demo.password)
    assert.equal(place(page), "/tenant/bookings?status=pending")
    assertSession(await visitor.sessions(), here.scheme)
  })

  visit("A7 an API token that is over is refreshed unseen", here, async (visitor) => {
    const claims = await here.world.claims(ACCOUNTS.willow)
    const worthless = { ...claims, backendToken: worthlessToken(claims.backendToken), backendTokenExpires: now() - 60 }
    await visitor.plant(await mint(here.world.demo, worthless, { name }))
    visitor.watch.tolerate({ kind: "status", status: 401, path: /^\/api\/(tenant-admin|tenant|agent)\// })
    const page = await openReady(visitor, "/tenant/dashboard")
    await dashboardTellsTheTruth(page)
    assert.equal(await page.getByRole("dialog").count(), 0, "something asks")
    const fresh = await claimsOf(here.world.demo, await visitor.sessions())
    assert.notEqual(fresh.backendToken, worthless.backendToken)
    assert.notEqual(fresh.refreshToken, claims.refreshToken, "refresh tokens are used once")
    assert.ok(fresh.backendTokenExpires > now() + 3600)
  })

  visit("A7 where the refresh is refused, signing in again keeps what was entered", here, async (visitor) => {
    await visitor.plant(await here.world.session(ACCOUNTS.willow))
    const page = await openReady(visitor, "/tenant/packages")
    await page.getByRole("button", { name: "New package" }).first().click()
    const form = dialog(page, "New package")
    await form.getByLabel("Title").fill("Elopement at sunrise")
    await form.getByLabel(/^Price/).fill("950.50")

    // Meanwhile the backend has revoked everything.
    const claims = await claimsOf(here.world.demo, await visitor.sessions())
    const worthless = { ...claims, backendToken: worthlessToken(claims.backendToken), backendTokenExpires: now() - 60, refreshToken: "worthless" }
    await visitor.plant(await mint(here.world.demo, worthless, { name }))
    visitor.watch.expect({ kind: "status", status: 401, path: /^\/api\/tenant-admin\/packages/ })
    visitor.watch.tolerate({ kind: "status", status: 401 })
    await form.getByRole("button", { name: "Add package" }).click()

    const expired = dialog(page, "Your session has expired")
    await expired.waitFor()
    if (here.pictures) await look(page, "session-expired")
    assert.equal(await expired.getByLabel("E-mail").inputValue(), ACCOUNTS.willow)
    assert.equal(await form.getByLabel("Title").inputValue(), "Elopement at sunrise")
    await expired.getByLabel("Password").fill(here.world.demo.password)
    await expired.getByRole("button", { name: "Sign in and continue" }).click()
    await expired.waitFor({ state: "detached" })
    const row = page.getByRole("row", { name: /Elopement at sunrise/ })
    await row.waitFor()
    assert.match(await row.innerText(), /\$950\.50/)
    assert.equal(place(page), "/tenant/packages")

    await row.getByRole("button", { name: /^Delete/ }).click()
    await dialog(page, /^Delete/).getByRole("button", { name: "Delete package" }).click()
    await row.waitFor({ state: "detached" })
    await ready(page)
  })
}

/** The same token with another signature. */
function worthlessToken(token) {
  const [header, payload, signature] = token.split(".")
  return `${header}.${payload}.${[...signature].reverse().join("")}`
}
