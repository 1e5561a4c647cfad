// The real packages, also those parts that they do not export: what a session is, is what this code does.

import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"

const MODULES = fileURLToPath(new URL("node_modules", import.meta.url))
const require = createRequire(import.meta.url)

// Both are inside their package and not in its `exports`, so they are taken by path.
const byPath = (path) => import(pathToFileURL(join(MODULES, path)))
const required = (path) => require(join(MODULES, path))

const installed = (name) => JSON.parse(readFileSync(join(MODULES, name, "package.json"), "utf8")).version

try {
  installed("next-auth")
} catch {
  process.stderr.write("the packages are not installed: run `npm ci` in vectors/generate\n")
  process.exit(2)
}

const v5Jwt = await import("next-auth/jwt")
const v5Cookie = await byPath("@auth/core/lib/utils/cookie.js")
const v5CookieText = await byPath("@auth/core/lib/vendored/cookie.js")
const v5Csrf = await byPath("@auth/core/lib/actions/callback/oauth/csrf-token.js")
const v4Jwt = required("next-auth-v4/jwt/index.js")
const v4Cookie = required("next-auth-v4/core/lib/cookie.js")
const v4Csrf = required("next-auth-v4/core/lib/csrf-token.js")
const pagesRouter = required("next/dist/compiled/cookie/index.js")
const { RequestCookies } = required("next/dist/compiled/@edge-runtime/cookies/index.js")

const QUIET = { debug() {}, warn() {}, error() {} }

export const VERSIONS = {
  v5: `next-auth@${installed("next-auth")} (@auth/core@${installed("@auth/core")}, jose@${installed("jose")})`,
  v4: `next-auth@${installed("next-auth-v4")} (jose@${installed("next-auth-v4/node_modules/jose")})`,
  next: `next@${installed("next")} (cookie parsers only)`,
  node: process.version,
}

export const v5 = {
  encode: v5Jwt.encode,
  decode: v5Jwt.decode,
  chunk: (name, value) => new v5Cookie.SessionStore({ name, options: {} }, {}, QUIET).chunk(value, {}),
  /** v5 reads the header itself. */
  getToken: ({ cookieHeader, authorization, ...rest }) =>
    v5Jwt.getToken({ req: { headers: headers(cookieHeader, authorization) }, logger: QUIET, ...rest }),
  csrf: (options) => v5Csrf.createCSRFToken(options),
}

export const v4 = {
  encode: v4Jwt.encode,
  decode: v4Jwt.decode,
  chunk: (name, value) => new v4Cookie.SessionStore({ name, options: {} }, { cookies: {} }, QUIET).chunk(value, {}),
  /** v4 reads what the pages router put into `req.cookies`. */
  getToken: ({ cookieHeader, authorization, ...rest }) =>
    v4Jwt.getToken({
      req: { cookies: pagesRouter.parse(cookieHeader ?? ""), headers: authorization ? { authorization } : {} },
      logger: QUIET,
      ...rest,
    }),
  /** … or, in the app router and in middleware, what `NextRequest.cookies` holds. */
  getTokenFromNextRequest: ({ cookieHeader, authorization, ...rest }) => {
    const all = headers(cookieHeader, authorization)
    return v4Jwt.getToken({ req: { cookies: new RequestCookies(all), headers: all }, logger: QUIET, ...rest })
  },
  csrf: (options) => v4Csrf.createCSRFToken(options),
}

/** `name=value` of a `Set-Cookie` line, encoded as Auth.js does; both versions encode alike. */
export function pair({ name, value }) {
  return v5CookieText.serialize(name, value)
}

/** Runs `work` while the clock of the packages stands at `now` (seconds). */
export async function at(now, work) {
  const RealDate = globalThis.Date
  globalThis.Date = class extends RealDate {
    constructor(...given) {
      super(...(given.length ? given : [now * 1000]))
    }
    static now() {
      return now * 1000
    }
  }
  try {
    return await work()
  } finally {
    globalThis.Date = RealDate
  }
}

function headers(cookieHeader, authorization) {
  const all = new Headers()
  if (cookieHeader) all.set("cookie", cookieHeader)
  if (authorization) all.set("authorization", authorization)
  return all
}
