// Somebody else's site, with the line that embeds the widget: a blog about gardens.

import { once } from "node:events"
import http from "node:http"

export class Site {
  #line = ""
  #server = http.createServer((_, response) => {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" })
    response.end(page(this.#line))
  })

  constructor(host) {
    this.host = host
  }

  async start() {
    this.#server.listen(0, "127.0.0.1")
    await once(this.#server, "listening")
    this.origin = `http://${this.host}:${this.#server.address().port}`
    return this
  }

  /** The address of its page, which has this line from now on. */
  with(line) {
    this.#line = line
    return `${this.origin}/`
  }

  async stop() {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

const page = (line) => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Garden blog</title><link rel="icon" href="data:,"></head>
<body><main><h1>Ten gardens to marry in</h1><p>The sixth one is ours.</p></main>
${line}
</body>
</html>
`
