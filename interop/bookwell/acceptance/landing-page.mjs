// The editor of the landing page and the branding: draft, preview, publish, and the last writer who does not win silently.

import assert from "node:assert/strict"
import { ACCOUNTS } from "../demo.mjs"
import { dialog, openReady, ready } from "../pages.mjs"
import { look } from "../pictures.mjs"
import { visit } from "../world.mjs"
import { PHOTO } from "./packages.mjs"

const HOSTILE = `Vows & <img src=x onerror="alert(1)">`

export function landingPage(here) {
  visit("a draft is previewed, published, and escaped on the storefront", here, async (visitor) => {
    await visitor.plant(await here.world.session(ACCOUNTS.willow))
    const page = await openReady(visitor, "/tenant/landing-page")
    if (here.pictures) await look(page, "landing-page")
    await page.getByRole("button", { name: /^Opening/ }).first().click()
    await page.getByLabel("Headline").first().fill(HOSTILE)
    await page.getByRole("status").filter({ hasText: "Saved" }).waitFor()
    await page.getByText("You are editing a draft").waitFor()
    await page.getByRole("group", { name: "Preview" }).getByText(HOSTILE).waitFor()
    if (here.pictures) await look(page, "landing-page-draft")

    const storefront = await visitor.open("/t/willow-pine")
    assert.equal(await storefront.getByText(HOSTILE).count(), 0, "a draft is nobody's business")
    await page.getByRole("button", { name: "Publish" }).click()
    await page.getByText("The page is published").waitFor()
    await storefront.reload()
    assert.equal(await storefront.getByText(HOSTILE).count(), 1)
    assert.equal(await storefront.locator("img[src=x]").count(), 0)
  })

  visit("two writers: the second is asked, and nothing is lost silently", here, async (visitor) => {
    await visitor.plant(await here.world.session(ACCOUNTS.willow))
    const [one, other] = [await openReady(visitor, "/tenant/landing-page"), await openReady(visitor, "/tenant/landing-page")]
    await write(one, "By the first")
    visitor.watch.expect({ kind: "status", status: 412 })
    await opening(other).click()
    await other.getByLabel("Headline").first().fill("By the second")
    const conflict = dialog(other, "Somebody else has changed this page")
    await conflict.waitFor()
    if (here.pictures) await look(other, "landing-page-conflict")
    await conflict.getByRole("button", { name: "Keep mine" }).click()
    await saved(other)
    await one.reload()
    await ready(one)
    await one.getByText("By the second").first().waitFor()

    await one.getByRole("button", { name: "Discard draft" }).click()
    const gone = one.waitForResponse((response) => response.request().method() === "DELETE")
    await dialog(one, "Discard the draft?").getByRole("button", { name: "Discard draft" }).click()
    assert.equal((await gone).status(), 204)
    await one.getByText("The draft has been discarded").waitFor()
    await ready(one)
  })

  visit("a section is named by its words as they are typed, and is removed only after a question", here, async (visitor) => {
    await visitor.plant(await here.world.session(ACCOUNTS.harbor))
    const page = await openReady(visitor, "/tenant/landing-page")
    const sections = page.getByRole("button", { name: /^Remove: / })
    const before = await sections.count()
    await opening(page).click()
    // The widest word there is: the preview breaks it.
    const headline = "W".repeat(60)
    await page.getByLabel("Headline").first().fill(headline)
    assert.match(await opening(page).innerText(), /W{60}/)
    const preview = page.getByRole("group", { name: "Preview" })
    await preview.getByText(headline).waitFor()
    assert.ok(await preview.evaluate((frame) => frame.scrollWidth <= frame.clientWidth), "the preview has to be scrolled sideways")
    await preview.getByRole("heading", { name: "Packages" }).waitFor()
    await sections.first().click()
    await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click()
    assert.equal(await sections.count(), before)
    await sections.first().click()
    await page.getByRole("dialog").getByRole("button", { name: "Remove section" }).click()
    await page.getByRole("dialog").waitFor({ state: "detached" })
    await sections.nth(before - 1).waitFor({ state: "detached" })
    assert.equal(await sections.count(), before - 1)
    await saved(page)
    await page.getByRole("button", { name: "Discard draft" }).click()
    await dialog(page, "Discard the draft?").getByRole("button", { name: "Discard draft" }).click()
    await page.getByText("The draft has been discarded").waitFor()
    await ready(page)
  })

  visit("branding shows its contrast, and a logo is taken as it is", here, async (visitor) => {
    await visitor.plant(await here.world.session(ACCOUNTS.willow))
    const page = await openReady(visitor, "/tenant/branding")
    if (here.pictures) await look(page, "branding")
    const colour = page.getByRole("textbox", { name: "Primary: buttons and links", exact: true })
    const before = await colour.inputValue()
    await colour.fill("#FFFFF0")
    await page.getByText("too weak for text").first().waitFor()
    await colour.fill("yellow")
    await page.getByRole("button", { name: "Save branding" }).click()
    const summary = page.getByRole("alert").filter({ hasText: "The branding cannot be saved yet" })
    await summary.getByRole("link", { name: /^Primary: / }).click()
    assert.ok(await colour.evaluate((input) => input === document.activeElement), "the summary leads to the field")
    assert.equal(await colour.getAttribute("aria-invalid"), "true")
    const described = await colour.evaluate((input) => input.getAttribute("aria-describedby").split(" ").map((id) => document.getElementById(id)?.textContent ?? "").join(" "))
    assert.match(described, /six digits/)
    if (here.pictures) await look(page, "branding-refused")
    await colour.fill(before)
    await page.getByRole("button", { name: "Save branding" }).click()
    await page.getByText("The branding has been saved").waitFor()
    await page.getByLabel("New logo", { exact: true }).setInputFiles(PHOTO)
    await page.getByText("The logo has been saved").waitFor()
    await ready(page)
    const logo = page.getByRole("img", { name: "Your logo" })
    const octets = await logo.evaluate(async (image) => Array.from(new Uint8Array(await (await fetch(image.src)).arrayBuffer())))
    assert.deepEqual(Buffer.from(octets), PHOTO.buffer)
    await page.getByRole("button", { name: "Remove logo" }).click()
    await page.getByText("The logo has been removed").waitFor()
    await ready(page)
  })
}

const opening = (page) => page.getByRole("button", { name: /^Opening/ }).first()

async function write(page, headline) {
  await opening(page).click()
  await page.getByLabel("Headline").first().fill(headline)
  await saved(page)
}

async function saved(page) {
  await page.getByRole("status").getByText("Saved", { exact: true }).waitFor()
}
