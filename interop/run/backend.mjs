// The service behind the gateway: it knows bearers and nothing of cookies, and keeps what it was sent.

import { createHash } from "node:crypto"
import { once } from "node:events"
import http from "node:http"

export class Backend {
  /** Every request that arrived, oldest first. */
  requests = []
  #server = http.createServer({ maxHeaderSize: 65_536 }, (request, response) => this.#answer(request, response))
  #streams = []
  #waiting = []

  async start() {
    this.#server.listen(0, "127.0.0.1")
    await once(this.#server, "listening")
    this.url = `http://127.0.0.1:${this.#server.address().port}`
    return this
  }

  async stop() {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  /** The next event stream that a client opens: `send(data)`, `end()`, and `closed` for when the client went away. */
  async stream() {
    return this.#streams.shift() ?? new Promise((resolve) => this.#waiting.push(resolve))
  }

  #answer(request, response) {
    this.requests.push({ method: request.method, url: request.url, headers: request.headers, rawHeaders: request.rawHeaders })
    if (!/^Bearer bt_[\w-]+$/.test(request.headers.authorization ?? "")) {
      request.resume()
      return send(response, 401, { error: "a bearer is wanted" })
    }
    const { pathname } = new URL(request.url, this.url)
    switch (`${request.method} ${pathname}`) {
      case "GET /v1/agent/health":
        return send(response, 200, { status: "ok" })
      case "GET /v1/tenant-admin/packages":
        return send(response, 200, { packages: [{ id: "p-1", name: "Weekend" }] })
      case "GET /v1/agent/cookie":
        response.setHeader("set-cookie", ["backend=1; Path=/", "authjs.session-token=evil; Path=/"])
        return send(response, 200, { status: "ok" })
      case "GET /v1/agent/events":
        return this.#stream(response)
      case "POST /v1/agent/echo":
        response.writeHead(200, { "content-type": request.headers["content-type"] ?? "application/octet-stream" })
        return request.pipe(response)
      case "POST /v1/tenant-admin/upload":
        return digest(request, response)
      default:
        request.resume()
        return send(response, 404, { error: "no such endpoint" })
    }
  }

  #stream(response) {
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" })
    response.flushHeaders()
    const stream = {
      send: (data) => response.write(`data: ${data}\n\n`),
      end: () => response.end(),
      closed: once(response, "close"),
    }
    const waiting = this.#waiting.shift()
    if (waiting) waiting(stream)
    else this.#streams.push(stream)
  }
}

function send(response, status, body) {
  response.writeHead(status, { "content-type": "application/json" })
  response.end(JSON.stringify(body))
}

async function digest(request, response) {
  const hash = createHash("sha256")
  let bytes = 0
  for await (const piece of request) {
    hash.update(piece)
    bytes += piece.length
  }
  send(response, 200, { bytes, sha256: hash.digest("hex") })
}
