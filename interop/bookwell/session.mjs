// Session cookies from outside: read with `vestibule explain`, made with `vestibule mint`.

import assert from "node:assert/strict"

/** A session cookie of any family, prefix and chunk; a name that merely begins like one is none. */
const SESSION = /^(__Secure-)?(authjs|next-auth)\.session-token(\.\d+)?$/

export const isSession = ({ name }) => SESSION.test(name)

/** The name that a new session cookie gets. */
export const sessionName = (scheme) => (scheme === "https" ? "__Secure-authjs.session-token" : "authjs.session-token")

/** The name that next-auth 4 gave it. */
export const olderName = (scheme) => sessionName(scheme).replace("authjs", "next-auth")

/** What the cookies of a browser, or of a `Set-Cookie`, say. */
export async function claimsOf(demo, cookies, secret) {
  const report = await explain(demo, cookies, secret)
  assert.equal(report.outcome, "ok", `the session does not open: ${report.cause}`)
  return report.claims
}

export async function explain(demo, cookies, secret) {
  const input = cookies.map(({ name, value }) => `${name}=${value}`).join("; ")
  return JSON.parse(await demo.run(["explain", "--show-claims", "--format", "json"], { input, secret }))
}

/** Cookies of a session with these claims, for `addCookies` less the domain. */
export async function mint(demo, claims, { name, maxAge = 3600, now, secret }) {
  const args = ["mint", "--claims-file", "-", "--cookie-name", name, "--max-age", String(maxAge), "--format", "json"]
  if (now !== undefined) args.push("--now", String(now))
  const made = JSON.parse(await demo.run(args, { input: JSON.stringify(claims), secret }))
  return made.cookies
}

/** Claims that make a token of exactly `chunks` chunks. */
export async function padded(demo, claims, name, chunks) {
  // A chunk has 3,936 characters and base64 makes four of three; half a chunk of room on both sides.
  const octets = Math.round((chunks - 0.5) * 3936 * 0.75 - JSON.stringify(claims).length - 300)
  const result = { ...claims, padding: "x".repeat(Math.max(0, octets)) }
  const cookies = await mint(demo, result, { name })
  assert.equal(cookies.length, chunks, "the padding does not make the wanted number of chunks")
  return result
}
