// The assistant with a provider that takes its time, and one that refuses.

import { after, before, describe } from "node:test"
import { runningStream } from "./acceptance/assistant.mjs"
import { secrecy } from "./acceptance/secrecy.mjs"
import { Model } from "./model.mjs"
import { World } from "./world.mjs"

const KEY = "sk-of-the-test-alone"

for (const scheme of ["https", "http"]) {
  describe(`with a provider over ${scheme}`, { concurrency: false }, () => {
    const here = { scheme, pictures: scheme === "https" }
    before(async () => {
      here.model = await new Model().start()
      here.world = new World(scheme)
      const env = { OPENAI_BASE_URL: here.model.url, OPENAI_API_KEY: KEY, ASSISTANT_MODEL: "storyteller" }
      await here.world.start({ options: ["--assistant", "openai"], env })
    }, { timeout: 120_000 })
    after(async () => {
      await here.world?.stop()
      await here.model?.stop()
    })
    runningStream(here)
    secrecy(here, { tokens: 4, secrets: [KEY] })
  })
}
