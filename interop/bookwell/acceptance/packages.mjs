// Packages: what is entered is what is stored; A12, a deletion is a 204.

import assert from "node:assert/strict"
import { ACCOUNTS } from "../demo.mjs"
import { dialog, openReady, ready, rows } from "../pages.mjs"
import { look } from "../pictures.mjs"
import { visit } from "../world.mjs"

/** A real PNG of one pixel. */
export const PHOTO = {
  name: "photo.png",
  mimeType: "image/png",
  buffer: Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==", "base64"),
}

const PACKAGES = "/api/tenant-admin/packages"

export function packages(here) {
  visit("A12 a package is added to the cent, changed, and deleted with 204", here, async (visitor) => {
    await visitor.plant(await here.world.session(ACCOUNTS.willow))
    const page = await openReady(visitor, "/tenant/packages")
    if (here.pictures) await look(page, "packages")
    await page.getByRole("button", { name: "New package" }).click()
    let form = dialog(page, "New package")
    if (here.pictures) await look(page, "package-new")
    await form.getByRole("button", { name: "Add package" }).click()
    await form.getByText("Enter a title").first().waitFor()
    assert.equal(await form.getByLabel("Title").getAttribute("aria-invalid"), "true")
    if (here.pictures) await look(page, "package-refused")

    await form.getByLabel("Title").fill("Candlelight <b>dinner</b>")
    await form.getByLabel(/^Price/).fill("1,234.56")
    const created = page.waitForResponse((response) => response.request().method() === "POST" && response.url().endsWith(PACKAGES))
    await form.getByRole("button", { name: "Add package" }).click()
    assert.equal((await created).status(), 201)
    const row = page.getByRole("row", { name: /Candlelight <b>dinner<\/b>/ })
    await row.waitFor()
    assert.match(await row.innerText(), /\$1,234\.56/)
    const stored = (await rows(page, PACKAGES)).find(({ title }) => title.startsWith("Candlelight"))
    assert.equal(stored.price_cents, 123_456)

    await row.getByRole("button", { name: /^Edit/ }).click()
    form = dialog(page, "Edit package")
    assert.equal(await form.getByLabel(/^Price/).inputValue(), "1234.56")
    await form.getByLabel(/^Price/).fill("1234.5")
    await form.getByRole("button", { name: "Save" }).click()
    await page.getByText("The package has been saved").waitFor()
    await ready(page)
    assert.match(await row.innerText(), /\$1,234\.50/)

    await row.getByRole("button", { name: /^Delete/ }).click()
    const deleted = page.waitForResponse((response) => response.request().method() === "DELETE")
    await dialog(page, /^Delete/).getByRole("button", { name: "Delete package" }).click()
    assert.equal((await deleted).status(), 204)
    await page.getByText("The package has been deleted").waitFor()
    await row.waitFor({ state: "detached" })
  })

  visit("a package with bookings offers to be deactivated", here, async (visitor) => {
    await visitor.plant(await here.world.session(ACCOUNTS.willow))
    const page = await openReady(visitor, "/tenant/packages")
    const booked = (await rows(page, "/api/tenant-admin/bookings")).find(({ status }) => status === "confirmed").package
    visitor.watch.expect({ kind: "status", status: 409, path: `${PACKAGES}/${booked.id}` })
    await page.getByRole("button", { name: `Delete ${booked.title}` }).click()
    await dialog(page, /^Delete/).getByRole("button", { name: "Delete package" }).click()
    const offer = dialog(page, /has bookings/)
    await offer.getByRole("button", { name: "Deactivate package" }).waitFor()
    if (here.pictures) await look(page, "package-in-use")
    await offer.getByRole("button", { name: "Cancel" }).click()
    await ready(page)
  })

  visit("a photo is shown, and what is no image is refused with its reason", here, async (visitor) => {
    await visitor.plant(await here.world.session(ACCOUNTS.willow))
    const page = await openReady(visitor, "/tenant/packages")
    await page.getByRole("button", { name: /^Edit / }).last().click()
    const form = dialog(page, "Edit package")
    const field = form.getByLabel("Photo", { exact: true })
    for (const viewport of [{ width: 1280, height: 800 }, { width: 390, height: 800 }]) {
      await page.setViewportSize(viewport)
      await form.getByLabel("Title").focus()
      await field.focus()
      const save = form.getByRole("button", { name: "Save" })
      assert.ok(await bare(field), `${viewport.width}: the photo is under the buttons`)
      assert.ok((await save.boundingBox()).y > (await field.boundingBox()).y, "the buttons are the last thing")
    }
    await page.setViewportSize({ width: 1280, height: 800 })
    visitor.watch.expect({ kind: "status", status: 415, path: /\/photo$/ })
    await form.getByLabel("Photo", { exact: true }).setInputFiles({ name: "photo.png", mimeType: "image/png", buffer: Buffer.from("<svg onload=alert(1)>") })
    await form.getByRole("alert").filter({ hasText: "PNG, JPEG or WebP" }).waitFor()
    await form.getByLabel("Photo", { exact: true }).setInputFiles(PHOTO)
    await page.getByText("The photo has been saved").waitFor()
    const preview = form.getByRole("img", { name: /^Photo of / })
    assert.equal(await preview.evaluate((element) => element.decode().then(() => element.naturalWidth)), 1)
    if (here.pictures) await look(page, "package-edit")
    await page.keyboard.press("Escape")
    await ready(page)
    const image = page.getByRole("row").last().locator("img.thumb")
    await image.waitFor()
    assert.equal(await image.evaluate((element) => element.decode().then(() => element.naturalWidth)), 1)
  })
}

/** Whether nothing lies over the field or its label. */
function bare(field) {
  return field.evaluate((input) =>
    [input, input.labels[0]].every((element) => {
      const { left, top, bottom } = element.getBoundingClientRect()
      return [top + 2, bottom - 2].every((y) => element.contains(document.elementFromPoint(left + 4, y)))
    }),
  )
}
