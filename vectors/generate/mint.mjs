// Sessions as the real packages write them: encoded, chunked and put into a Cookie header.

import { at, pair, v4, v5 } from "./packages.mjs"
import { randomText } from "./tokens.mjs"

/** The moment of writing, and of reading unless a vector says otherwise. */
export const NOW = 1790000000
/** Far enough away that a reader with the real clock opens the vectors too. */
export const EXP = 4102531200

export const [S1, S2, S3, OTHER] = ["one", "two", "three", "other"].map((word) => `generated-secret-${word}-4f7b2d9061a8c3e5f7092b4d6081ace3`)

const PACKAGES = { v5, v4 }
const PLAIN = { v5: "authjs.session-token", v4: "next-auth.session-token" }

/** The name of the session cookie on HTTP or, with `secure`, on HTTPS. */
export function nameOf(version, secure = false) {
  return (secure ? "__Secure-" : "") + PLAIN[version]
}

export function claims(added = {}) {
  return {
    name: "Ada Lovelace",
    email: "ada@example.com",
    picture: "https://img.example/ada.png",
    sub: "u-1001",
    backendToken: `bt_${randomText(40)}`,
    ...added,
  }
}

/** A token of the real `encode`; v5 takes the cookie's name as its salt, v4 takes none. */
export function encode(version, { name, token = claims(), secret = S1, salt, exp = EXP }) {
  const options = { token, secret, maxAge: exp - NOW }
  return at(NOW, () => PACKAGES[version].encode(version === "v5" ? { ...options, salt: salt ?? name } : { ...options, ...(salt ? { salt } : {}) }))
}

/** `name=value` for each cookie that the real writer makes of a value. */
export function written(version, name, value) {
  return PACKAGES[version].chunk(name, value).map(pair)
}

/** Claims whose token takes `count` cookies. */
export function largeClaims(count) {
  // A chunk carries 3,936 characters of base64url, so about 2,950 octets of claims.
  return claims({ backendToken: `bt_${randomText(2950 * (count - 1) + 1100)}` })
}

/** The header with other people's cookies around, as it mostly is. */
export function among(...pairs) {
  return ["_ga=GA1.1.1234.5678", "theme=dark", ...pairs].join("; ")
}

/**
 * The whole way of an ordinary session: encode, chunk, header.
 * `change` may reorder, drop or replace the cookies.
 */
export async function session(version, { secure = false, name = nameOf(version, secure), change = (pairs) => pairs, ...options } = {}) {
  const token = options.token ?? claims()
  const value = await encode(version, { name, ...options, token })
  const header = among(...change(written(version, name, value)))
  return { version, name, header, exp: options.exp ?? EXP, intended: token, value }
}
