// Chromium, as the distribution ships it; names below `.test` lead to this machine.

import { chromium } from "playwright-core"

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--host-resolver-rules=MAP *.test 127.0.0.1", "--disable-dev-shm-usage"],
  })
}
