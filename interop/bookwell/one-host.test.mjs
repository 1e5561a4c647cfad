// One host over both schemes, which share a jar.

import { after, before, describe } from "node:test"
import { oneHost } from "./acceptance/one-host.mjs"
import { World } from "./world.mjs"

describe("over both", { concurrency: false }, () => {
  const here = { scheme: "https" }
  before(async () => {
    here.world = new World("https")
    await here.world.start()
  }, { timeout: 120_000 })
  after(() => here.world?.stop())
  oneHost(here)
})
