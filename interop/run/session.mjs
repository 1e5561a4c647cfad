// Sessions opened and forged by the real package, never by our own code.

import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { APPLICATION } from "./next.mjs"

const core = (path) => import(pathToFileURL(join(APPLICATION, "node_modules/@auth/core", path)))

/** The cookies of a session in a jar, in chunk order. */
export function sessionCookies(jar) {
  return jar
    .names()
    .filter((name) => /^(__Secure-)?authjs\.session-token(\.\d+)?$/.test(name))
    .sort((a, b) => Number(a.split(".")[2] ?? 0) - Number(b.split(".")[2] ?? 0))
}

/** The name that the application gives its session cookie, without a chunk's number. */
export function sessionName(origin) {
  return origin.startsWith("https:") ? "__Secure-authjs.session-token" : "authjs.session-token"
}

/** The claims in a jar, read by the real `getToken`; `null` if it cannot. */
export async function claims({ jar, origin, secret }) {
  const { getToken } = await core("jwt.js")
  const cookie = jar.header(new URL(origin)) ?? ""
  return getToken({ req: { headers: { cookie } }, secret, cookieName: sessionName(origin) })
}

/** A jar that holds a session made by the real `encode` and chunked by the real `SessionStore`. */
export async function forge({ jar, origin, secret, token, maxAge = 3600 }) {
  const { encode } = await core("jwt.js")
  const { SessionStore } = await core("lib/utils/cookie.js")
  const name = sessionName(origin)
  const value = await encode({ token, secret, salt: name, maxAge })
  const store = new SessionStore({ name, options: {} }, {}, { debug() {} })
  const forged = jar.map((cookie) => (sessionCookies(jar).includes(cookie.name) ? undefined : cookie))
  for (const chunk of store.chunk(value, {})) forged.plant(chunk.name, chunk.value)
  return forged
}
