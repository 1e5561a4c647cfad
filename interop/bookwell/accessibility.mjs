// What a machine can tell about accessibility: axe, overflow, sizes, motion.

import assert from "node:assert/strict"
import { createRequire } from "node:module"

const { source } = createRequire(import.meta.url)("axe-core")

/** Axe finds nothing: all its rules, those that are off by default and ask for WCAG 2.2 included. */
export async function assertAccessible(page, what) {
  // Not a script tag: the page's policy would refuse it.
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(source)
  const violations = await page.evaluate(async () => {
    // Without the preload: for it axe copies style sheets into elements that the page's policy refuses.
    const { violations } = await globalThis.axe.run(document, { preload: false, resultTypes: ["violations"], rules: { "target-size": { enabled: true } } })
    return violations.map(({ id, help, nodes }) => `${id}: ${help}\n${nodes.map(({ target, failureSummary }) => `    ${target.flat().join(" ")}: ${failureSummary.replace(/\s+/g, " ")}`).join("\n")}`)
  })
  assert.equal(violations.join("\n"), "", `axe on ${what}`)
}

/** Nothing has to be scrolled sideways, and nothing stands out of the card that it belongs to. */
export async function assertFits(page, what) {
  const [content, window, widest] = await page.evaluate(() => {
    const width = document.documentElement.clientWidth
    const over = [...document.querySelectorAll("body *")].filter((element) => element.getBoundingClientRect().right > width + 1)
    return [document.documentElement.scrollWidth, width, over.slice(0, 3).map((element) => element.outerHTML.slice(0, 120))]
  })
  assert.ok(content <= window, `${what} is ${content} wide in a window of ${window}: ${widest.join("\n")}`)
  const spilling = await page.evaluate(() =>
    [...document.querySelectorAll(".card")].filter((card) => card.scrollWidth > card.clientWidth).map((card) => `${card.innerText.slice(0, 80)}: ${card.scrollWidth} in ${card.clientWidth}`),
  )
  assert.deepEqual(spilling, [], `${what}: what a card holds is wider than the card`)
}

/** With reduced motion nothing moves by itself. */
export async function assertStill(page, what) {
  const moving = await page.evaluate(() =>
    document.getAnimations().filter(({ playState, effect }) => playState === "running" && effect.getComputedTiming().duration > 1).map(({ effect }) => effect.target?.className ?? ""),
  )
  assert.deepEqual(moving, [], `${what} moves`)
}

/** The element that has the focus can be seen to have it. */
export async function assertFocusShows(page) {
  const [shows, element] = await page.evaluate(() => {
    let focused = document.activeElement
    while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement
    const now = getComputedStyle(focused)
    const ring = now.outlineStyle !== "none" && parseFloat(now.outlineWidth) > 0
    return [ring || now.boxShadow !== "none", focused.outerHTML.slice(0, 160)]
  })
  assert.ok(shows, `the focus is invisible on ${element}`)
}
