// A1 to A4: what works on every day, with whatever cookies the browser brings along.

import assert from "node:assert/strict"
import { after, before, describe, test } from "node:test"
import { ACCOUNTS } from "../demo.mjs"
import { ask, figure, lastAnswer, openAssistant, openReady, place, ready, rows, signIn, signOut, wayBack } from "../pages.mjs"
import { sessionName } from "../session.mjs"

/** The page that is asked for; its query has to survive the way over the login page. */
const ASKED = "/tenant/bookings?status=confirmed&from=2026-01-01"

/**
 * The four steps with the cookies that `arrive` brings: it gets the visitor, and ends with a session of Willow & Pine.
 * `during` may change the cookies between the steps.
 */
export function everyday(here, column, arrive, during = async () => {}) {
  describe(column, { concurrency: false }, () => {
    let visitor
    before(async () => {
      visitor = await here.world.visitor()
      await arrive(visitor)
    })
    after(() => visitor?.context.close().catch(() => {}))

    test("A3 the dashboard shows the numbers of the fixtures, loaded from the API", async () => {
      const page = await openReady(visitor, "/tenant/dashboard")
      assert.equal(place(page), "/tenant/dashboard")
      await dashboardTellsTheTruth(page)
      await page.close()
      await during(visitor)
    })

    test("A2 the assistant greets, and answers in a stream", async () => {
      const page = await openReady(visitor, "/tenant/packages")
      const panel = await openAssistant(page)
      assert.match(await lastAnswer(panel).innerText(), /\w{3}/, "there is no greeting")
      const events = await ask(page, panel, "Which packages do I offer?")
      assert.ok(events.filter((event) => event === "delta").length > 1, `this is no stream: ${events}`)
      assert.equal(events.at(-1), "done")
      assert.match(await lastAnswer(panel).innerText(), /garden/i)
      assert.equal(await page.getByText("Assistant Unavailable").count(), 0)
      await page.close()
      await during(visitor)
    })

    test("A1 signing out and in again leads back to the page that was asked for", async () => {
      const page = await openReady(visitor, ASKED)
      await signOut(page)
      assert.deepEqual(await visitor.sessions(), [], "the browser keeps a session")
      await page.goto(visitor.origin + ASKED)
      assert.equal(wayBack(page), ASKED)
      await signIn(page, ACCOUNTS.willow, here.world.demo.password)
      assert.equal(place(page), ASKED)
      assertSession(await visitor.sessions(), here.world.scheme)
      await page.goto(`${visitor.origin}/tenant/dashboard`)
      await ready(page)
      await dashboardTellsTheTruth(page)
    })

    test("A4 the browser has nothing to complain about", async () => {
      assert.deepEqual(await visitor.leave(), [])
    })
  })
}

/** The figures are those that one gets by counting the lists. */
export async function dashboardTellsTheTruth(page) {
  const [packages, bookings] = [await rows(page, "/api/tenant-admin/packages"), await rows(page, "/api/tenant-admin/bookings")]
  assert.equal(packages.length, 4, "the fixtures of Willow & Pine have four packages")
  assert.ok(bookings.length > 100, "a year of bookings is more than that")
  assert.equal(await figure(page, "Packages"), String(packages.length))
  assert.equal(await figure(page, "Bookings"), bookings.length.toLocaleString("en-US"))
}

/** One session, under the name of the scheme, out of reach of scripts. */
export function assertSession(cookies, scheme) {
  assert.deepEqual(cookies.map(({ name }) => name), [sessionName(scheme)])
  const [{ httpOnly, secure, sameSite }] = cookies
  assert.deepEqual({ httpOnly, secure, sameSite }, { httpOnly: true, secure: scheme === "https", sameSite: "Lax" })
}
