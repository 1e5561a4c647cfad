// The built page and its script, with the strictest policy that a page can have.

import { existsSync } from "node:fs"
import { readFile, readdir, stat } from "node:fs/promises"
import { once } from "node:events"
import http from "node:http"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { environment, Process } from "../process.mjs"

export const PAGE = fileURLToPath(new URL("../../react", import.meta.url))
const VITE = join(PAGE, "node_modules/vite/bin/vite.js")
const SOURCES = ["index.html", "package-lock.json", "src/main.jsx", "vite.config.js"]

/** Builds the page unless the last build is newer than everything it was made from. */
export async function build() {
  if (!existsSync(VITE)) throw new Error("the page is not installed: run `npm ci` in interop/react")
  const time = async (file) => (await stat(join(PAGE, file)).catch(() => undefined))?.mtimeMs ?? 0
  const built = await time("dist/index.html")
  const sources = await Promise.all(SOURCES.map(time))
  if (built > Math.max(...sources)) return
  const child = new Process("vite build", process.execPath, [VITE, "build"], { cwd: PAGE, env: environment({ NODE_ENV: "production" }) })
  await child.success()
}

export class Page {
  #server
  #files = new Map()

  async start() {
    const html = await readFile(join(PAGE, "dist/index.html"))
    for (const name of await readdir(join(PAGE, "dist/assets"))) {
      this.#files.set(`/assets/${name}`, await readFile(join(PAGE, "dist/assets", name)))
    }
    this.#server = http.createServer((request, response) => {
      const { pathname } = new URL(request.url, "http://page")
      const script = this.#files.get(pathname)
      response.setHeader("content-security-policy", "default-src 'self'; img-src data:; frame-ancestors 'none'")
      response.setHeader("content-type", script ? "text/javascript" : "text/html; charset=utf-8")
      response.end(script ?? html)
    })
    this.#server.listen(0, "127.0.0.1")
    await once(this.#server, "listening")
    this.url = `http://127.0.0.1:${this.#server.address().port}`
    return this
  }

  async stop() {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}
