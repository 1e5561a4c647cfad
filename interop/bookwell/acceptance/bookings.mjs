// Bookings and blackout dates: one date, one booking.

import assert from "node:assert/strict"
import { ACCOUNTS } from "../demo.mjs"
import { dialog, openReady, ready, rows } from "../pages.mjs"
import { look } from "../pictures.mjs"
import { visit } from "../world.mjs"

const BOOKINGS = "/api/tenant-admin/bookings"
const BLACKOUTS = "/api/tenant-admin/blackouts"

export function bookings(here) {
  visit("a booking is added, found, confirmed and cancelled, and its date is free again", here, async (visitor) => {
    await visitor.plant(await here.world.session(ACCOUNTS.willow))
    const page = await openReady(visitor, "/tenant/bookings")
    if (here.pictures) await look(page, "bookings")
    await page.getByRole("button", { name: "Calendar", exact: true }).click()
    await ready(page)
    if (here.pictures) await look(page, "bookings-calendar")
    await page.getByRole("button", { name: "Table", exact: true }).click()
    await ready(page)

    const day = await freeDay(page)
    await enter(page, day, "Ada & Charles")
    await page.getByText("The booking has been added").waitFor()
    await page.getByLabel("From", { exact: true }).fill(day)
    await page.getByLabel("To", { exact: true }).fill(day)
    await page.getByLabel("To", { exact: true }).blur()
    await ready(page)
    const row = page.getByRole("row", { name: /Ada & Charles/ })
    await row.waitFor()

    // The same date again is refused at its field.
    visitor.watch.expect({ kind: "status", status: 409, path: BOOKINGS })
    await enter(page, day, "Grace")
    const taken = dialog(page, "New booking")
    await taken.getByText("This date is taken by another booking").first().waitFor()
    assert.equal(await taken.getByLabel("Date", { exact: true }).getAttribute("aria-invalid"), "true")
    if (here.pictures) await look(page, "booking-date-taken")
    await page.keyboard.press("Escape")

    await row.getByRole("button").click()
    if (here.pictures) await look(page, "booking-detail")
    await dialog(page, /^Booking of/).getByRole("button", { name: "Confirm booking" }).click()
    await page.getByText("The booking is confirmed").waitFor()
    await ready(page)
    assert.match(await row.innerText(), /Confirmed/)

    await row.getByRole("button").click()
    await dialog(page, /^Booking of/).getByRole("button", { name: "Cancel booking" }).click()
    await dialog(page, /^Booking of/).getByLabel("Reason").fill("The weather")
    await dialog(page, /^Booking of/).getByRole("button", { name: "Cancel booking" }).click()
    await page.getByText("The booking is cancelled").waitFor()
    await ready(page)
    assert.match(await row.innerText(), /Cancelled/)

    await enter(page, day, "Grace")
    await page.getByText("The booking has been added").last().waitFor()
    await ready(page)
    await page.getByRole("row", { name: /Grace/ }).waitFor()
  })

  // At any moment at least one of the two has another day than the business.
  for (const timezoneId of ["Pacific/Pago_Pago", "Pacific/Kiritimati"]) {
    visit(`today is that of the business for a browser in ${timezoneId}`, here, async (visitor) => {
      await visitor.plant(await here.world.session(ACCOUNTS.willow))
      const page = await openReady(visitor, "/tenant/bookings")
      const before = todayIn("America/New_York")
      const shown = await page.getByLabel("From", { exact: true }).inputValue()
      await page.getByRole("button", { name: "Calendar", exact: true }).click()
      await ready(page)
      const marked = await page.locator("[aria-current=date]").getAttribute("data-day")
      const days = [before, todayIn("America/New_York")]
      assert.ok(days.includes(shown) && days.includes(marked), `${shown} and ${marked} instead of ${days[0]}`)
    }, { timezoneId })
  }

  visit("a business without a booking is offered its first one", here, async (visitor) => {
    await visitor.plant(await here.world.session(ACCOUNTS.juniper))
    const page = await openReady(visitor, "/tenant/bookings")
    await page.getByRole("heading", { name: "No bookings yet" }).waitFor()
    await page.getByRole("region", { name: "All bookings" }).getByRole("button", { name: "New booking" }).click()
    await dialog(page, "New booking").waitFor()
  })

  visit("a blackout date is added and removed with 204, and one that is booked names the booking", here, async (visitor) => {
    await visitor.plant(await here.world.session(ACCOUNTS.willow))
    const page = await openReady(visitor, "/tenant/blackouts")
    if (here.pictures) await look(page, "blackouts")
    const day = await freeDay(page)
    await page.getByLabel("Day", { exact: true }).fill(day)
    await page.getByLabel("Reason").fill("Inventory <script>")
    await page.getByRole("button", { name: "Add blackout date" }).click()
    const line = page.getByRole("listitem").filter({ hasText: "Inventory <script>" })
    await line.waitFor()
    await ready(page)

    await line.getByRole("button", { name: /^Remove/ }).click()
    const deleted = page.waitForResponse((response) => response.request().method() === "DELETE")
    await page.getByRole("dialog").getByRole("button", { name: "Remove blackout date" }).click()
    assert.equal((await deleted).status(), 204)
    await line.waitFor({ state: "detached" })

    const booked = (await rows(page, BOOKINGS)).find(({ status, event_date }) => status === "confirmed" && event_date > today())
    visitor.watch.expect({ kind: "status", status: 409, path: BLACKOUTS })
    await page.getByLabel("Day", { exact: true }).fill(booked.event_date)
    await page.getByRole("button", { name: "Add blackout date" }).click()
    await page.getByText(`It is booked by ${booked.customer.name}; cancel that booking first`).first().waitFor()
  })
}

/** Fills in the form of a new booking and sends it. */
async function enter(page, day, name) {
  await page.getByRole("button", { name: "New booking" }).click()
  const form = dialog(page, "New booking")
  await form.getByLabel("Date", { exact: true }).fill(day)
  await form.getByLabel("Customer’s name").fill(name)
  await form.getByLabel("Customer’s e-mail").fill(`${name.replace(/\W/g, "")}@example.com`)
  await form.getByRole("button", { name: "Add booking" }).click()
}

/** A day of next year that neither a booking nor a blackout has. */
async function freeDay(page) {
  const used = new Set([...(await rows(page, BOOKINGS)).map(({ event_date }) => event_date), ...(await rows(page, BLACKOUTS)).map(({ day }) => day)])
  for (let ahead = 300; ; ahead++) {
    const day = new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10)
    if (!used.has(day)) return day
  }
}

/** The day that it is there. */
function todayIn(timeZone) {
  return new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" }).format(new Date())
}

function today() {
  return new Date().toISOString().slice(0, 10)
}
