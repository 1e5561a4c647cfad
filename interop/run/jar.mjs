// The cookie jar of a browser, as far as a session needs it (RFC 6265bis).
// It belongs to one host, keeps no public suffix list and ignores `SameSite`: every request of the tests is same-site.

const MOST_OCTETS = 4096

export class Jar {
  #cookies = new Map()
  #created = 0

  /** Takes one `Set-Cookie` line; says whether the cookie was taken or a deletion obeyed. */
  store(line, url, now = Date.now()) {
    const [pair, ...attributes] = line.split(";")
    const equals = pair.indexOf("=")
    if (equals < 1) return false
    const name = pair.slice(0, equals).trim()
    const value = pair.slice(equals + 1).trim()
    if (name.length + value.length > MOST_OCTETS) return false

    const given = new Map()
    for (const attribute of attributes) {
      const [key, ...rest] = attribute.split("=")
      given.set(key.trim().toLowerCase(), rest.join("=").trim())
    }
    const secure = given.has("secure")
    const path = given.get("path")?.startsWith("/") ? given.get("path") : directory(url.pathname)
    if (secure && url.protocol !== "https:") return false
    if (/^__secure-/i.test(name) && !secure) return false
    if (/^__host-/i.test(name) && !(secure && given.get("path") === "/" && !given.has("domain"))) return false
    if (given.get("domain") && given.get("domain").replace(/^\./, "") !== url.hostname) return false

    const key = `${name};${path}`
    const old = this.#cookies.get(key)
    if (old?.secure && url.protocol !== "https:") return false
    const expires = expiry(given, now)
    if (expires <= now) {
      this.#cookies.delete(key)
      return true
    }
    this.#cookies.set(key, { name, value, path, secure, expires, httpOnly: given.has("httponly"), created: old?.created ?? this.#created++ })
    return true
  }

  /** The `Cookie` header for a URL, or `undefined` when no cookie belongs there. */
  header(url, now = Date.now()) {
    const cookies = this.#for(url, now)
    return cookies.length ? cookies.map(({ name, value }) => `${name}=${value}`).join("; ") : undefined
  }

  names() {
    return [...this.#cookies.values()].map(({ name }) => name)
  }

  get(name) {
    return [...this.#cookies.values()].find((cookie) => cookie.name === name)
  }

  /** A second jar with the same cookies, to be damaged by a test. */
  copy() {
    return this.map((cookie) => cookie)
  }

  /** A jar whose cookies went through `change`; `undefined` drops one, a changed name or value damages it. */
  map(change) {
    const jar = new Jar()
    for (const cookie of this.#cookies.values()) {
      const changed = change({ ...cookie })
      if (changed) jar.#cookies.set(`${changed.name};${changed.path}`, changed)
    }
    jar.#created = this.#created
    return jar
  }

  /** Puts a cookie there without any of a browser's checks, as a faulty proxy or a test tool does. */
  plant(name, value) {
    this.#cookies.set(`${name};/`, { name, value, path: "/", secure: false, expires: Infinity, httpOnly: true, created: this.#created++ })
    return this
  }

  #for(url, now) {
    return [...this.#cookies.values()]
      .filter((cookie) => cookie.expires > now)
      .filter((cookie) => !cookie.secure || url.protocol === "https:")
      .filter((cookie) => within(url.pathname, cookie.path))
      .sort((a, b) => b.path.length - a.path.length || a.created - b.created)
  }
}

/** RFC 6265 section 5.2: `Max-Age` beats `Expires`; neither means the end of the browser session. */
function expiry(given, now) {
  const maxAge = given.get("max-age")
  if (maxAge !== undefined && /^-?\d+$/.test(maxAge)) return now + Number(maxAge) * 1000
  const expires = Date.parse(given.get("expires") ?? "")
  return Number.isNaN(expires) ? Infinity : expires
}

/** RFC 6265 section 5.1.4. */
function within(path, cookiePath) {
  if (path === cookiePath) return true
  return path.startsWith(cookiePath) && (cookiePath.endsWith("/") || path[cookiePath.length] === "/")
}

function directory(path) {
  const end = path.lastIndexOf("/")
  return end > 0 ? path.slice(0, end) : "/"
}
