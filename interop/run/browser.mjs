// A client that behaves as a browser with `next-auth/react` does, as far as a server can tell.

import { createHash } from "node:crypto"
import http from "node:http"
import https from "node:https"
import { Jar } from "./jar.mjs"

const AGENT = "Mozilla/5.0 (X11; Linux x86_64) vestibule-interop"

export class Browser {
  /**
   * `origin` is what stands in the address bar; `port` is where it really listens on loopback.
   * `ca` is the certificate to trust.
   */
  constructor({ origin, port, ca }, jar = new Jar()) {
    this.origin = origin
    this.jar = jar
    this.#port = port
    this.#ca = ca
  }
  #port
  #ca

  /** The same browser with other cookies. */
  with(jar) {
    return new Browser({ origin: this.origin, port: this.#port, ca: this.#ca }, jar)
  }

  /** What `fetch` of the page's own script does. */
  async call(path, { method = "GET", headers = {}, body } = {}) {
    return read(await this.open(path, { method, headers, body }))
  }

  /** What the address bar does; follows redirects within the origin, and says where it ended in `at`. */
  async navigate(path, { follow = true } = {}) {
    let url = new URL(path, this.origin)
    for (let hops = 0; hops < 10; hops++) {
      const answer = await read(await this.#send(url, "GET", navigation()))
      answer.at = url.pathname + url.search
      const location = answer.headers.location
      if (!follow || answer.status < 300 || answer.status > 399 || !location) return answer
      url = new URL(location, url)
      if (url.origin !== new URL(this.origin).origin) throw new Error(`redirected to another origin: ${url.origin}`)
    }
    throw new Error("redirected more than ten times")
  }

  /** Sends a call and returns the response as soon as its head is there, its body unread. */
  open(path, { method = "GET", headers = {}, body } = {}) {
    const fetchHeaders = {
      accept: "*/*",
      "sec-fetch-site": "same-origin",
      "sec-fetch-mode": "cors",
      "sec-fetch-dest": "empty",
      ...(method === "GET" || method === "HEAD" ? {} : { origin: this.origin }),
      ...headers,
    }
    return this.#send(new URL(path, this.origin), method, fetchHeaders, body)
  }

  /** `signIn("credentials", { redirect: false, … })` of next-auth/react 5.0.0-beta.32. */
  async signIn(credentials) {
    const providers = json(await this.call("/api/auth/providers"))
    if (!providers?.credentials) throw new Error("the application offers no credentials provider")
    const { csrfToken } = json(await this.call("/api/auth/csrf"))
    const answer = await this.call("/api/auth/callback/credentials?", {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", "x-auth-return-redirect": "1" },
      body: new URLSearchParams({ ...credentials, csrfToken, callbackUrl: `${this.origin}/` }).toString(),
    })
    const { url } = json(answer)
    const error = new URL(url).searchParams.get("error")
    if (answer.status === 200 && !error) await this.session()
    return { answer, url, error }
  }

  /** `getSession()`. */
  async session() {
    return json(await this.call("/api/auth/session", { headers: { "content-type": "application/json" } }))
  }

  /** `signOut({ redirect: false })`. */
  async signOut() {
    const { csrfToken } = json(await this.call("/api/auth/csrf"))
    return this.call("/api/auth/signout", {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", "x-auth-return-redirect": "1" },
      body: new URLSearchParams({ csrfToken, callbackUrl: `${this.origin}/` }).toString(),
    })
  }

  #send(url, method, headers, body) {
    const cookie = this.jar.header(url)
    const secure = url.protocol === "https:"
    const options = {
      method,
      host: "127.0.0.1",
      port: this.#port,
      path: url.pathname + url.search + (url.href.endsWith("?") ? "?" : ""),
      headers: {
        host: url.host,
        "user-agent": AGENT,
        ...headers,
        ...(typeof body === "string" || Buffer.isBuffer(body) ? { "content-length": Buffer.byteLength(body) } : {}),
        ...(cookie ? { cookie } : {}),
      },
      agent: false,
      ...(secure ? { servername: url.hostname, ca: this.#ca } : {}),
    }
    return new Promise((resolve, reject) => {
      const request = (secure ? https : http).request(options, (response) => {
        for (const line of response.headers["set-cookie"] ?? []) this.jar.store(line, url)
        resolve(response)
      })
      request.on("error", reject)
      if (typeof body?.pipe === "function") body.on("error", reject).pipe(request)
      else request.end(body)
    })
  }
}

/** The events of a `text/event-stream`, each as its data, one `next()` at a time. */
export async function* events(response) {
  let rest = ""
  for await (const piece of response.setEncoding("utf8")) {
    rest += piece
    const complete = rest.split("\n\n")
    rest = complete.pop()
    for (const event of complete) yield event.replace(/^data: /gm, "")
  }
}

export function json(answer) {
  return JSON.parse(answer.text)
}

function navigation() {
  return {
    accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "sec-fetch-site": "none",
    "sec-fetch-mode": "navigate",
    "sec-fetch-dest": "document",
    "sec-fetch-user": "?1",
    "upgrade-insecure-requests": "1",
  }
}

async function read(response) {
  const pieces = []
  for await (const piece of response) pieces.push(piece)
  const octets = Buffer.concat(pieces)
  return {
    status: response.statusCode,
    headers: response.headers,
    setCookies: response.headers["set-cookie"] ?? [],
    octets,
    text: octets.toString(),
    sha256: createHash("sha256").update(octets).digest("hex"),
  }
}
