// Everything that a run produced, kept to be searched at its end.

import { createHash } from "node:crypto"
import { explain, isSession } from "./session.mjs"

export class Evidence {
  /** Text by hash, with the first place where it was seen. */
  #texts = new Map()
  /** Session cookies as they were set, one array for each answer. */
  #sessions = new Map()

  text(place, text) {
    if (!text) return
    const key = createHash("sha256").update(text).digest("base64")
    if (!this.#texts.has(key)) this.#texts.set(key, { place, text })
  }

  /** Cookies of one session, in whatever order. */
  session(cookies) {
    const session = cookies.filter((cookie) => isSession(cookie) && cookie.value !== "")
    if (session.length > 0) this.#sessions.set(JSON.stringify(session.map(({ value }) => value)), session)
  }

  /** The places of this kind, such as `body`. */
  count(kind) {
    return [...this.#texts.values()].filter(({ place }) => place.startsWith(`${kind} `)).length
  }

  /** The tokens of the backend in all sessions of the run: what must not be found anywhere. */
  async tokens(demo) {
    const tokens = new Set()
    for (const cookies of this.#sessions.values()) {
      for (const secret of demo.secrets) {
        const { claims } = await explain(demo, cookies, secret)
        tokensIn(claims).forEach((token) => tokens.add(token))
      }
    }
    return [...tokens]
  }

  /** Where any of these stands; a JWT is known by its signature, which nothing else has. */
  find(tokens) {
    return tokens.flatMap((token) => this.mentions(token.slice(token.lastIndexOf(".") + 1)))
  }

  /** Where this stands. */
  mentions(wanted) {
    return [...this.#texts.values()].filter(({ text }) => text.includes(wanted)).map(({ place }) => place)
  }
}

/** What stands in a claim that is named as a token, at any depth. */
function tokensIn(value) {
  if (value === null || typeof value !== "object") return []
  return Object.entries(value).flatMap(([name, inner]) => (typeof inner === "string" && /token$/i.test(name) ? [inner] : tokensIn(inner)))
}
