// Pictures of pages and states, kept to be looked at: `target/screenshots/`.

import { mkdir } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { assertAccessible } from "./accessibility.mjs"

export const PICTURES = fileURLToPath(new URL("../../target/screenshots", import.meta.url))

const WIDTHS = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } }

/** Otherwise Playwright adds a style of its own to the page, which the page's policy refuses. */
const AS_IT_IS = { animations: "allow", caret: "initial" }

/** Looks at what shows now in both widths and both colour schemes, with the eyes of axe as well. */
export async function look(page, name) {
  await mkdir(PICTURES, { recursive: true })
  for (const [device, size] of Object.entries(WIDTHS)) {
    await page.setViewportSize(size)
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" })
      await page.screenshot({ path: join(PICTURES, `${name}-${device}-${colorScheme}.png`), fullPage: true, ...AS_IT_IS })
      await assertAccessible(page, `${name}, ${device}, ${colorScheme}`)
    }
  }
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" })
  await page.setViewportSize(WIDTHS.desktop)
}
