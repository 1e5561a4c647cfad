// The other half of the job: the unmodified client of Auth.js, in a real browser, against sign-in without Node.

import { after, before, describe } from "node:test"
import * as world from "./react/world.mjs"
import { attempts } from "./suites/react/attempts.mjs"
import { exchange } from "./suites/react/exchange.mjs"
import { leftovers } from "./suites/react/leftovers.mjs"
import { renewal } from "./suites/react/renewal.mjs"
import { secrecy } from "./suites/react/secrecy.mjs"
import { visit } from "./suites/react/visit.mjs"

for (const scheme of ["http", "https"]) {
  describe(`next-auth/react over ${scheme}`, { concurrency: false, timeout: 300_000 }, () => {
    const here = {}
    before(async () => Object.assign(here, await world.start({ scheme })), { timeout: 180_000 })
    after(() => here.stop?.())

    visit(here)
    renewal(here)
    leftovers(here)
    exchange(here)
    attempts(here)
    secrecy(here)
  })
}
