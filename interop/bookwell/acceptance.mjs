// The acceptance of Bookwell over one scheme: a real browser against `vestibule demo`.

import { after, before, describe } from "node:test"
import { areas } from "./acceptance/areas.mjs"
import { assistant } from "./acceptance/assistant.mjs"
import { bookings } from "./acceptance/bookings.mjs"
import { columns } from "./acceptance/columns.mjs"
import { everybody } from "./acceptance/everybody.mjs"
import { expiry } from "./acceptance/expiry.mjs"
import { impersonation } from "./acceptance/impersonation.mjs"
import { landingPage } from "./acceptance/landing-page.mjs"
import { outage } from "./acceptance/outage.mjs"
import { packages } from "./acceptance/packages.mjs"
import { secrecy } from "./acceptance/secrecy.mjs"
import { signInPage } from "./acceptance/sign-in.mjs"
import { tenants } from "./acceptance/tenants.mjs"
import { widget } from "./acceptance/widget.mjs"
import { Site } from "./site.mjs"
import { World } from "./world.mjs"

export function acceptance(scheme) {
  describe(`over ${scheme}`, { concurrency: false }, () => {
    // Pages look the same over both schemes, so one of them takes the pictures.
    const here = { scheme, pictures: scheme === "https" }
    before(async () => {
      here.sites = { allowed: await new Site("garden-blog.test").start(), refused: await new Site("other-blog.test").start() }
      here.world = new World(scheme)
      await here.world.start({ widgetOrigins: [here.sites.allowed.origin] })
    }, { timeout: 120_000 })
    after(async () => {
      await here.world?.stop()
      for (const site of Object.values(here.sites ?? {})) await site.stop()
    })

    // First those that need the fixtures as they are, last the one that searches what all have left.
    columns(here)
    signInPage(here)
    areas(here)
    tenants(here)
    widget(here)
    expiry(here)
    packages(here)
    bookings(here)
    landingPage(here)
    assistant(here)
    impersonation(here)
    everybody(here)
    outage(here)
    secrecy(here, { tokens: 40 })
  })
}
