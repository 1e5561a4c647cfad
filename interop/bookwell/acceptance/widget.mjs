// A14: the widget on the storefront, on a foreign site that may embed it, and on one that may not.

import assert from "node:assert/strict"
import { ACCOUNTS } from "../demo.mjs"
import { openReady, ready, rows } from "../pages.mjs"
import { look } from "../pictures.mjs"
import { visit } from "../world.mjs"

export function widget(here) {
  visit("the storefront works without script, and its chat with", here, async (visitor) => {
    const page = await visitor.open("/t/willow-pine")
    assert.equal(await page.getByRole("heading", { level: 1 }).count(), 1)
    assert.equal(await page.getByRole("region", { name: "Packages", exact: true }).getByRole("heading", { level: 3 }).count(), 3, "active packages only")
    if (here.pictures) await look(page, "storefront")
    await converse(page)
    if (here.pictures) await look(page, "storefront-chat")
  })

  visit("a visitor books by the card's button, and the tenant sees the request", here, async (visitor) => {
    const page = await visitor.open("/t/willow-pine")
    await converse(page)
    const day = new Date(Date.now() + 401 * 86_400_000).toISOString().slice(0, 10)
    const log = page.getByRole("log", { name: "Conversation" })
    const title = await page.getByRole("region", { name: "Packages", exact: true }).getByRole("heading", { level: 3 }).first().innerText()
    await send(page, `I would like to book ${title} on ${day}. My name is Ada Byron, ada@example.com`)
    const confirm = log.getByRole("button", { name: "Request this booking" })
    await confirm.waitFor()
    if (here.pictures) await look(page, "storefront-chat-offer")
    await confirm.click()
    await log.getByText("Booked: your request is in.").waitFor()

    const owner = await here.world.visitor()
    await owner.plant(await here.world.session(ACCOUNTS.willow))
    const office = await openReady(owner, "/tenant/dashboard")
    const [booking] = (await rows(office, "/api/tenant-admin/bookings")).filter(({ event_date }) => event_date === day)
    assert.deepEqual([booking.status, booking.source, booking.customer.email], ["pending", "chat", "ada@example.com"])
    assert.deepEqual(await owner.leave(), [])
  })

  visit("A14 the widget works on a foreign site that the tenant allows", here, async (visitor) => {
    const page = await visitor.context.newPage()
    await page.goto(here.sites.allowed.with(await snippet(here)))
    await converse(page)
    assert.deepEqual(await visitor.context.cookies(), [], "the widget has no use for cookies")
    if (here.pictures) await look(page, "widget-on-foreign-site")
  })

  visit("A14 on another site it is refused", here, async (visitor) => {
    const page = await visitor.context.newPage()
    visitor.watch.expect({ kind: "console", text: /blocked by CORS policy/ })
    visitor.watch.expect({ kind: "failed", path: "/api/public/chat/session" })
    visitor.watch.tolerate({ kind: "failed", path: "/api/public/tenant" })
    await page.goto(here.sites.refused.with(await snippet(here)))
    await page.getByRole("button", { name: "Chat with us" }).click()
    await page.getByRole("alert").getByText("The server cannot be reached.").waitFor()
    assert.equal(await page.getByRole("textbox", { name: "Your message" }).count(), 0)
  })
}

/** Opens the chat, is greeted, and gets an answer. */
async function converse(page) {
  await page.getByRole("button", { name: "Chat with us" }).click()
  const log = page.getByRole("log", { name: "Conversation" })
  await log.getByText(/\w{3}/).first().waitFor()
  await page.getByRole("textbox", { name: "Your message" }).waitFor()
  await send(page, "Which packages do you offer?")
  await log.getByText(/garden/i).first().waitFor()
}

async function send(page, text) {
  const input = page.getByRole("textbox", { name: "Your message" })
  const before = await page.locator("bookwell-chat .message.theirs").count()
  await input.fill(text)
  await input.press("Enter")
  await page.locator("bookwell-chat .message.theirs").nth(before).and(page.locator(":not(:has(.typing))")).waitFor()
}

/** The line that the branding page offers for other sites. */
async function snippet(here) {
  const owner = await here.world.visitor()
  await owner.plant(await here.world.session(ACCOUNTS.willow))
  const page = await openReady(owner, "/tenant/branding")
  await ready(page)
  const line = await page.getByRole("group", { name: "Line to embed" }).innerText()
  assert.deepEqual(await owner.leave(), [])
  return line
}
