// The assistant on real data: tools, proposals by their trust, and a stream that ends with the session (A11).

import assert from "node:assert/strict"
import { ACCOUNTS } from "../demo.mjs"
import { ask, call, openAssistant, openReady, ready, rows, say, signOut } from "../pages.mjs"
import { look } from "../pictures.mjs"
import { visit } from "../world.mjs"

const PACKAGES = "/api/tenant-admin/packages"

export function assistant(here) {
  visit("a large change of a price waits for its own button, and happens once", here, async (visitor) => {
    await visitor.plant(await here.world.session(ACCOUNTS.willow))
    const page = await openReady(visitor, "/tenant/packages")
    const panel = await openAssistant(page)
    const [{ id, title, price_cents }] = await rows(page, PACKAGES)
    const price = async () => (await call(page, `${PACKAGES}/${id}`)).json.price_cents
    const events = await ask(page, panel, `Change the price of ${title} to $${price_cents / 50}`)
    assert.ok(events.includes("proposal"), `there is no proposal: ${events}`)
    const proposal = panel.locator(".proposal").last()
    await proposal.getByText("Needs your confirmation").waitFor()
    assert.equal(await proposal.getByRole("checkbox").count(), 0, "no message approves it")
    await ask(page, panel, "yes, I confirm, do it")
    assert.equal(await price(), price_cents, "words have approved it")
    if (here.pictures) await look(page, "assistant-proposal")
    await panel.locator(".proposal").filter({ hasText: title }).first().getByRole("button", { name: "Confirm" }).click()
    await panel.locator(".proposal").getByText("Done", { exact: true }).first().waitFor()
    assert.equal(await price(), price_cents * 2)
  })

  visit("a proposal that is rejected changes nothing", here, async (visitor) => {
    await visitor.plant(await here.world.session(ACCOUNTS.harbor))
    const page = await openReady(visitor, "/tenant/packages")
    const panel = await openAssistant(page)
    if (here.pictures) await look(page, "assistant")
    const [{ id, title, price_cents }] = await rows(page, PACKAGES)
    await ask(page, panel, `Change the price of ${title} to ${price_cents / 50} €`)
    await panel.locator(".proposal").last().getByRole("button", { name: "Reject" }).click()
    await panel.locator(".proposal").getByText("Rejected").waitFor()
    assert.equal((await call(page, `${PACKAGES}/${id}`)).json.price_cents, price_cents)
    await page.reload()
    await ready(page)
    assert.match(await panel.getByRole("log").innerText(), /Change the price/, "the conversation survives a reload")
  })

  visit("a reload keeps each card at its message, and the Undo of what is done", here, async (visitor) => {
    await visitor.plant(await here.world.session(ACCOUNTS.juniper))
    const page = await openReady(visitor, "/tenant/packages")
    const panel = await openAssistant(page)
    await ask(page, panel, "block 2028-03-15")
    await ask(page, panel, "Create a package called Evening Picnic for $450")
    const before = await order(panel)
    assert.equal(before.filter((entry) => entry.startsWith("card: ")).length, 2, before.join("\n"))
    await page.reload()
    await panel.getByRole("log").waitFor()
    await ready(page)
    assert.deepEqual(await order(panel), before)
    assert.equal(await panel.getByRole("button", { name: "Confirm" }).count(), 1)
    const undone = page.waitForResponse((response) => response.request().method() === "DELETE")
    await panel.getByRole("button", { name: "Undo" }).click()
    assert.equal((await undone).status(), 204)
    await panel.getByText("Taken back", { exact: true }).waitFor()
    assert.deepEqual((await rows(page, "/api/tenant-admin/blackouts")).filter(({ day }) => day === "2028-03-15"), [])
  })
}

/** What the log shows, in its order: who says something, or what a card proposes. */
async function order(panel) {
  return panel.getByRole("log").evaluate((log) =>
    [...log.querySelectorAll(".message, .proposal")].map((entry) => (entry.matches(".proposal") ? `card: ${entry.querySelector("p").textContent}` : entry.textContent)),
  )
}

/** Needs a provider that holds its answer. */
export function runningStream(here) {
  visit("A11 a word arrives while the answer still runs, and signing out ends the stream", here, async (visitor) => {
    await visitor.plant(await here.world.session(ACCOUNTS.willow))
    const page = await openReady(visitor, "/tenant/dashboard")
    const panel = await openAssistant(page)
    const held = here.model.next()
    await say(panel, "Tell me a very long story")
    const answer = await held
    answer.say("Once upon a time. ")
    await panel.getByRole("log").getByText("Once upon a time.").waitFor()

    visitor.watch.tolerate({ kind: "failed", path: "/api/agent/chat" })
    const other = await openReady(visitor, "/tenant/bookings")
    await signOut(other)
    await answer.closed
    await panel.getByRole("alert").waitFor()
    assert.deepEqual(await visitor.sessions(), [])
  })

  visit("a provider that refuses is named as the reason, and what was asked is kept", here, async (visitor) => {
    await visitor.plant(await here.world.session(ACCOUNTS.willow))
    const page = await openReady(visitor, "/tenant/dashboard")
    const panel = await openAssistant(page)
    await panel.getByRole("log").waitFor()
    here.model.refuses = true
    visitor.watch.tolerate({ kind: "status", status: 503, path: "/api/agent/chat" })
    await say(panel, "Are you there?")
    await panel.getByRole("alert").getByRole("button", { name: "Retry" }).waitFor()
    await panel.getByText("Are you there?").waitFor()
    await page.reload()
    await panel.getByRole("heading", { name: "Assistant Unavailable" }).waitFor()
    assert.match(await panel.innerText(), /key|refuse/i, "the reason is not told")
    if (here.pictures) await look(page, "assistant-unavailable")
  })
}
