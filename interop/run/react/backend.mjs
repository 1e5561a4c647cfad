// A backend with a login call: it knows passwords and bearers, and nothing of sessions and cookies.

import { randomBytes } from "node:crypto"
import { once } from "node:events"
import http from "node:http"

export const PASSWORD = "correct horse battery"

// Bob's tokens are always about to end, Cleo's only the first, and Eve's session needs four cookies.
const LONG = 7200
const SHORT = 30
const USERS = {
  "ada@example.com": { id: "u-ada", name: "Ada Lovelace" },
  "bob@example.com": { id: "u-bob", name: "Bob Kahn", first: SHORT, later: SHORT },
  "cleo@example.com": { id: "u-cleo", name: "Cleo Short", first: SHORT },
  "eve@example.com": { id: "u-eve", name: "Eve Long", padding: randomBytes(6600).toString("base64url") },
}

export class Backend {
  /** Every request that arrived, oldest first. */
  requests = []
  /** Every token that was ever given away. */
  tokens = []
  #bearers = new Map()
  #refreshes = new Map()
  #server = http.createServer((request, response) => this.#answer(request, response))

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

  /** What arrived at a path. */
  at(path) {
    return this.requests.filter((request) => request.url === path)
  }

  /** From now on no bearer of before is good; refresh tokens are. */
  expire() {
    this.#bearers.clear()
  }

  /** From now on no token of before is good for anything. */
  revoke() {
    this.#bearers.clear()
    this.#refreshes.clear()
  }

  async #answer(request, response) {
    const pieces = []
    for await (const piece of request) pieces.push(piece)
    const body = pieces.length ? JSON.parse(Buffer.concat(pieces).toString()) : {}
    this.requests.push({ method: request.method, url: request.url, headers: request.headers, body })
    const bearer = request.headers.authorization?.replace(/^Bearer /, "")
    switch (`${request.method} ${request.url}`) {
      case "POST /v1/auth/login": {
        const user = USERS[body.email]
        if (!user || body.password !== PASSWORD) return send(response, 401, { code: "invalid_credentials" })
        return send(response, 200, { ...this.#pair(body.email, user.first), user: { ...user, email: body.email, role: "TENANT_ADMIN" } })
      }
      case "POST /v1/auth/refresh": {
        const email = this.#refreshes.get(body.refresh_token)
        this.#refreshes.delete(body.refresh_token)
        return email ? send(response, 200, this.#pair(email, USERS[email].later)) : send(response, 400, { code: "invalid_grant" })
      }
      case "POST /v1/auth/logout":
        this.#bearers.delete(bearer)
        return response.writeHead(204).end()
      case "GET /v1/agent/me": {
        const email = this.#bearers.get(bearer)
        return email ? send(response, 200, { email }) : send(response, 401, { code: "token_expired" })
      }
      default:
        return send(response, 404, { code: "not_found" })
    }
  }

  #pair(email, seconds = LONG) {
    const [access, refresh] = ["bt", "rt"].map((kind) => `${kind}_${randomBytes(24).toString("base64url")}`)
    this.tokens.push(access, refresh)
    this.#bearers.set(access, email)
    this.#refreshes.set(refresh, email)
    return { access_token: access, refresh_token: refresh, expires_in: seconds }
  }
}

function send(response, status, body) {
  response.writeHead(status, { "content-type": "application/json" })
  response.end(JSON.stringify(body))
}
