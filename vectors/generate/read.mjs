// Opens sessions that somebody else wrote with the real packages: node read.mjs < LINES
//
// One JSON object a line on standard input, one on standard output.
//   { "version": "v5"|"v4", "cookieName", "secret", "cookieHeader", "expectClaims": {…}, "now"? }
//       is opened by the real `getToken` of that version; `now` (seconds) stops its clock.
//   { "version", "csrf": { "cookieValue", "token", "secret" } }
//       is verified by the real `createCSRFToken` of that version.
// Answers are `{ "ok", "claims", "error" }`. Exit 0 when all are ok, 1 when one is not, 2 for input that is no such line.

import { createInterface } from "node:readline"
import { isDeepStrictEqual } from "node:util"
import { at, v4, v5 } from "./packages.mjs"

const PACKAGES = { v5, v4 }

let read = 0
let failed = 0
for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() === "") continue
  const answer = await open(parse(line))
  read += 1
  if (!answer.ok) failed += 1
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}
process.exitCode = failed > 0 || read === 0 ? 1 : 0

async function open({ version, now, csrf, ...session }) {
  const work = () => (csrf ? verify(PACKAGES[version], csrf) : claims(PACKAGES[version], session))
  try {
    return await (now === undefined ? work() : at(now, work))
  } catch (error) {
    return { ok: false, claims: null, error: `${error.name}: ${error.message}` }
  }
}

async function claims({ getToken }, { cookieName, secret, cookieHeader, expectClaims }) {
  const found = await getToken({ cookieHeader, cookieName, secret })
  if (!found) return { ok: false, claims: null, error: "getToken returned null" }
  const wrong = Object.keys(expectClaims).filter((key) => !isDeepStrictEqual(found[key], expectClaims[key]))
  return { ok: wrong.length === 0, claims: found, error: wrong.length ? `these claims differ: ${wrong.join(", ")}` : null }
}

/** As a POST would be checked: the cookie is kept, not replaced, and the body's token is the cookie's. */
async function verify({ csrf }, { cookieValue, token, secret }) {
  // The wire has `%7C` for `|`; both packages see the cookie decoded.
  const decoded = decodeURIComponent(cookieValue)
  const found = await csrf({ options: { secret }, cookieValue: decoded, isPost: true, bodyValue: token })
  if (found.cookie !== undefined) return { ok: false, claims: null, error: "the hash in the cookie is not that of the token and the secret" }
  return { ok: found.csrfTokenVerified === true, claims: null, error: found.csrfTokenVerified ? null : "the token is not the cookie's" }
}

function parse(line) {
  try {
    const request = JSON.parse(line)
    if (!(request.version in PACKAGES)) throw new Error("`version` is neither v5 nor v4")
    if (!request.csrf && !(request.cookieName && request.secret && request.expectClaims)) {
      throw new Error("`cookieName`, `secret` or `expectClaims` is missing")
    }
    return request
  } catch (error) {
    process.stderr.write(`line not understood: ${error.message}\n`)
    process.exit(2)
  }
}
