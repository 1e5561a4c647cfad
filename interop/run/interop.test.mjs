// The main job on real input: a session that a real application wrote becomes the bearer that a real backend gets.

import { after, before, describe } from "node:test"
import { bearers } from "./suites/bearers.mjs"
import { damages } from "./suites/damages.mjs"
import { fault } from "./suites/fault.mjs"
import { logs } from "./suites/logs.mjs"
import { pages } from "./suites/pages.mjs"
import { publicAddress } from "./suites/public-address.mjs"
import { signedOut } from "./suites/signed-out.mjs"
import { streams } from "./suites/streams.mjs"
import * as world from "./world.mjs"

// Random text of this length makes a token of a little over three full chunks of 3,936 characters.
const SIZES = [
  { size: "a small", padding: "", cookies: 1 },
  { size: "a four-chunk", padding: "8800", cookies: 4 },
]

for (const scheme of ["http", "https"]) {
  describe(`over ${scheme}`, { concurrency: false }, () => {
    const here = {}
    before(async () => Object.assign(here, await world.start({ scheme })), { timeout: 360_000 })
    after(() => here.stop?.())

    signedOut(here)
    for (const { size, padding, cookies } of SIZES) {
      describe(`with ${size} session`, { concurrency: false }, () => {
        const session = { cookies }
        before(async () => {
          session.browser = here.browser()
          session.signedIn = await session.browser.signIn({ email: "ada@example.com", password: "correct horse", padding })
        })
        bearers(here, session)
        fault(here, session, { scheme })
        pages(here, session)
        damages(here, session)
        streams(here, session)
      })
    }
    logs(here)
  })
}

describe("over https, where the application knows its address", { concurrency: false }, () => {
  const here = {}
  before(async () => Object.assign(here, await world.start({ scheme: "https", authUrl: true })), { timeout: 360_000 })
  after(() => here.stop?.())
  publicAddress(here)
})
