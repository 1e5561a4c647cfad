// A15: keyboard alone, a narrow window, reduced motion, on every page. What axe finds is asked wherever a picture is taken.

import assert from "node:assert/strict"
import { assertAccessible, assertFits, assertFocusShows, assertStill } from "../accessibility.mjs"
import { ACCOUNTS } from "../demo.mjs"
import { call, dialog, openAssistant, openReady, place, ready } from "../pages.mjs"
import { visit } from "../world.mjs"

const TENANT = ["dashboard", "packages", "bookings", "blackouts", "branding", "landing-page"].map((page) => `/tenant/${page}`)
const PUBLIC = ["/login", "/t/willow-pine", "/t/harbor-light"]

/** 320 pixels are also what a window of 1280 has at 400 % zoom. */
const NARROW = { viewport: { width: 320, height: 640 }, reducedMotion: "reduce" }

export function everybody(here) {
  for (const colorScheme of ["light", "dark"]) {
    visit(`A15 every page fits a narrow window, is still, and axe finds nothing: ${colorScheme}`, here, async (visitor) => {
      await visitor.plant(await here.world.session(ACCOUNTS.willow))
      const tour = TENANT.map((path) => [visitor, path])
      const guest = await here.world.visitor({ ...NARROW, colorScheme })
      const admin = await here.world.visitor({ ...NARROW, colorScheme })
      await admin.plant(await here.world.session(ACCOUNTS.admin))
      tour.push(...PUBLIC.map((path) => [guest, path]), [admin, "/admin/tenants"])
      for (const [who, path] of tour) {
        const page = await openReady(who, path)
        await assertFits(page, path)
        await assertStill(page, path)
        await assertAccessible(page, `${path}, narrow, ${colorScheme}`)
        assert.equal(await page.getByRole("heading", { level: 1 }).count(), 1, path)
        await page.close()
      }
      assert.deepEqual([...(await guest.leave()), ...(await admin.leave())], [])
    }, { ...NARROW, colorScheme })
  }

  for (const viewport of [{ width: 320, height: 640 }, { width: 1280, height: 800 }]) {
    visit(`A15 a word of a hundred letters fits a window of ${viewport.width}`, here, async (visitor) => {
      await visitor.plant(await here.world.session(ACCOUNTS.juniper))
      const page = await openReady(visitor, "/tenant/dashboard")
      const word = "W".repeat(100)
      const slug = `long-word-${viewport.width}`
      const added = await call(page, "/api/tenant-admin/packages", { method: "POST", body: { title: word, slug, description: word, price_cents: 100_000, active: true, sort_order: 0 } })
      assert.equal(added.status, 201, added.text)
      const event_date = new Date(Date.now() + (viewport.width / 4) * 86_400_000).toISOString().slice(0, 10)
      const booked = await call(page, "/api/tenant-admin/bookings", { method: "POST", body: { package_id: added.json.id, event_date, customer: { name: word, email: "long@example.com" } } })
      assert.equal(booked.status, 201, booked.text)
      for (const path of ["/tenant/dashboard", "/tenant/bookings", "/tenant/packages", "/t/juniper-studio"]) {
        await page.goto(new URL(path, visitor.origin).href)
        await ready(page)
        await page.getByText(word).first().waitFor()
        await assertFits(page, path)
        const wide = await page.locator(".table-wrap").evaluateAll((wraps) => wraps.filter((wrap) => wrap.scrollWidth > wrap.clientWidth).length)
        assert.equal(wide, 0, `${path}: a table has to be scrolled sideways`)
      }
    }, { viewport })
  }

  visit("A15 signing in, the skip link, a form and the assistant by keyboard alone", here, async (visitor) => {
    const page = await openReady(visitor, "/login?callbackUrl=%2Ftenant%2Fpackages")
    await tabTo(page, "E-mail")
    await page.keyboard.type(ACCOUNTS.willow)
    await tabTo(page, "Password")
    await page.keyboard.type(here.world.demo.password)
    await page.keyboard.press("Enter")
    await page.waitForURL("**/tenant/packages")
    await ready(page)

    await page.keyboard.press("Tab")
    assert.equal(await focused(page), "Skip to the content")
    await page.keyboard.press("Enter")
    assert.ok(await page.getByRole("main").evaluate((main) => main === document.activeElement || location.hash === "#main"))
    await tabTo(page, "New package")
    await page.keyboard.press("Enter")
    const form = dialog(page, "New package")
    await form.waitFor()
    assert.equal(await focused(page), "Title", "the dialog takes the focus")
    for (let press = 0; press < 20; press++) {
      await page.keyboard.press("Tab")
      assert.ok(await form.evaluate((element) => document.activeElement === document.body || element.contains(document.activeElement)), "the focus leaves the dialog")
    }
    await page.keyboard.press("Escape")
    await form.waitFor({ state: "detached" })
    assert.equal(await focused(page), "New package", "the focus comes back")

    await tabTo(page, "Assistant")
    await page.keyboard.press("Enter")
    const panel = page.getByRole("complementary", { name: "Assistant" })
    const input = panel.getByRole("textbox", { name: "Message to the assistant" })
    await input.waitFor()
    await ready(page)
    await tabTo(page, "Message to the assistant")
    await page.keyboard.type("Which packages")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("do I offer?")
    assert.equal(await input.inputValue(), "Which packages\ndo I offer?")
    await page.keyboard.press("Enter")
    await panel.getByRole("log").getByText(/garden/i).first().waitFor()
    await panel.getByRole("button", { name: "Send" }).and(panel.locator(":not([aria-disabled=true])")).waitFor()
    await page.keyboard.press("Escape")
    await panel.waitFor({ state: "hidden" })
    assert.equal(await focused(page), "Assistant")
  })

  visit("A15 the focus can be seen on everything that the keyboard reaches", here, async (visitor) => {
    await visitor.plant(await here.world.session(ACCOUNTS.willow))
    for (const path of [...TENANT, "/t/willow-pine"]) {
      const page = await openReady(visitor, path)
      for (let press = 0; press < 15; press++) {
        await page.keyboard.press("Tab")
        if (await page.evaluate(() => document.activeElement === document.body)) break
        await assertFocusShows(page)
      }
      await page.close()
    }
  })

  visit("A15 the menu of a phone opens and closes, and leads on", here, async (visitor) => {
    await visitor.plant(await here.world.session(ACCOUNTS.willow))
    const page = await openReady(visitor, "/tenant/dashboard")
    const menu = page.getByRole("button", { name: "Menu" })
    await menu.click()
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Packages" }).waitFor()
    await assertAccessible(page, "the menu of a phone")
    await page.keyboard.press("Escape")
    assert.equal(await menu.getAttribute("aria-expanded"), "false")
    await menu.click()
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Packages" }).click()
    await page.waitForURL("**/tenant/packages")
    await ready(page)
    const panel = await openAssistant(page)
    await panel.getByRole("log").waitFor()
    await assertFits(page, "the assistant on a phone")
    await assertAccessible(page, "the assistant on a phone")
    assert.equal(place(page), "/tenant/packages")
  }, { viewport: { width: 390, height: 844 }, reducedMotion: "reduce" })
}

/** The name of what has the focus, as a screen reader would say it. */
async function focused(page) {
  return page.evaluate(() => {
    const element = document.activeElement
    return element.getAttribute("aria-label") ?? element.labels?.[0]?.innerText.trim() ?? element.innerText.trim()
  })
}

/** Presses Tab until this has the focus. */
async function tabTo(page, name) {
  for (let press = 0; press < 60; press++) {
    await page.keyboard.press("Tab")
    if ((await focused(page)) === name) {
      await assertFocusShows(page)
      return
    }
  }
  assert.fail(`the Tab key does not reach ${name}`)
}
