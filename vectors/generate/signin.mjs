// What the sign-in endpoints of the real package answer.
//
//   node signin.mjs > ../signin.json           makes the vectors
//   node signin.mjs --verify ../signin.json    asks the package again and compares
//
// Each case is one request to `Auth()` of @auth/core with a credentials provider, and what came back.
// What is random or sealed in an answer is named instead of shown: `<session>`, `<csrf>`.

import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { isDeepStrictEqual } from "node:util"
import { Auth } from "@auth/core"
import { CredentialsSignin } from "@auth/core/errors"
import Credentials from "@auth/core/providers/credentials"
import { at, v5, VERSIONS } from "./packages.mjs"

const NOW = 1_790_000_000
const SECRET = "signin-vectors-5f0c2ab9417e8d36"
const TOKEN = "ab".repeat(32)
const HASH = createHash("sha256").update(TOKEN + SECRET).digest("hex")
const CLAIMS = { sub: "u-1", name: "Ada Lovelace", email: "ada@example.com", picture: "/ada.png" }

class RateLimited extends CredentialsSignin {
  code = "rate_limited"
}

async function authorize({ email, password }) {
  if (password === "boom") throw new Error("the database is down")
  if (password === "late") throw new RateLimited()
  if (email !== "ada@example.com" || password !== "correct horse") return null
  return { id: CLAIMS.sub, name: CLAIMS.name, email: CLAIMS.email, image: CLAIMS.picture }
}

const config = (page) => ({
  basePath: "/api/auth",
  trustHost: true,
  secret: SECRET,
  providers: [Credentials({ credentials: { email: {}, password: {} }, authorize })],
  ...(page ? { pages: { signIn: page } } : {}),
  callbacks: { jwt: ({ token, user }) => (user ? { ...token, sub: user.id } : token) },
  logger: { error() {}, warn() {}, debug() {} },
})

const prefix = (origin, strong) => (origin.startsWith("https:") ? strong : "")
const csrfCookie = (origin) => ({ [`${prefix(origin, "__Host-")}authjs.csrf-token`]: `${TOKEN}%7C${HASH}` })
const urlCookie = (origin, url) => ({ [`${prefix(origin, "__Secure-")}authjs.callback-url`]: encodeURIComponent(url) })

const HTTP = "http://app.test:8080"
const HTTPS = "https://app.test"
const JSON_ANSWER = { "x-auth-return-redirect": "1" }
const good = { email: "ada@example.com", password: "correct horse" }

const cases = []
for (const origin of [HTTP, HTTPS]) {
  const csrf = csrfCookie(origin)
  const add = (label, method, path, more = {}) => cases.push({ label: `${label} (${new URL(origin).protocol.slice(0, -1)})`, origin, method, path, ...more })
  const get = (label, path, more) => add(label, "GET", path, more)
  const post = (label, path, body, more) => add(label, "POST", path, { body, cookies: csrf, ...more })

  get("csrf, nothing sent", "csrf")
  get("csrf, a good cookie", "csrf", { cookies: csrf })
  get("csrf, a forged cookie", "csrf", { cookies: { [Object.keys(csrf)[0]]: `${TOKEN}%7C${"0".repeat(64)}` } })
  get("providers", "providers")
  get("session, nothing sent", "session")
  get("session, a broken cookie", "session", { cookies: { [`${prefix(origin, "__Secure-")}authjs.session-token`]: "broken" } })
  get("session, a good cookie", "session", { session: true, cookies: csrf })
  post("update, proven", "session", { csrfToken: TOKEN, data: { name: "Eve" } }, { json: true, session: true })
  post("update, no token", "session", { data: { name: "Eve" } }, { json: true, session: true })
  post("update, no session", "session", { csrfToken: TOKEN, data: {} }, { json: true })

  const callback = "callback/credentials"
  post("credentials", callback, { ...good, csrfToken: TOKEN })
  post("credentials, JSON answer", callback, { ...good, csrfToken: TOKEN, callbackUrl: `${origin}/` }, { headers: JSON_ANSWER })
  post("credentials, JSON body", callback, { ...good, csrfToken: TOKEN, callbackUrl: "/here" }, { json: true, headers: JSON_ANSWER })
  post("credentials, path to return to", callback, { ...good, csrfToken: TOKEN, callbackUrl: "/a/b?c=d#e" })
  post("credentials, address to return to by query", `${callback}?callbackUrl=%2Fquery`, { ...good, csrfToken: TOKEN })
  post("credentials, address to return to by cookie", callback, { ...good, csrfToken: TOKEN }, { cookies: { ...csrf, ...urlCookie(origin, `${origin}/kept`) } })
  post("credentials, foreign address to return to", callback, { ...good, csrfToken: TOKEN, callbackUrl: "https://evil.test/x" })
  post("credentials, our own origin as address", callback, { ...good, csrfToken: TOKEN, callbackUrl: origin })
  post("credentials, a session is replaced", callback, { ...good, csrfToken: TOKEN }, { session: true })
  post("credentials, wrong password", callback, { ...good, password: "x", csrfToken: TOKEN })
  post("credentials, wrong password, JSON answer", callback, { ...good, password: "x", csrfToken: TOKEN }, { headers: JSON_ANSWER })
  post("credentials, wrong password, own page", callback, { ...good, password: "x", csrfToken: TOKEN }, { page: "/login" })
  post("credentials, another code", callback, { ...good, password: "late", csrfToken: TOKEN }, { headers: JSON_ANSWER })
  post("credentials, no token", callback, good)
  post("credentials, no token, JSON answer", callback, good, { headers: JSON_ANSWER })
  post("credentials, no token, own page", callback, good, { page: "/login" })
  post("credentials, foreign token", callback, { ...good, csrfToken: "cd".repeat(32) })
  post("credentials, token without cookie", callback, { ...good, csrfToken: TOKEN }, { cookies: {} })
  get("credentials by GET", callback)
  post("callback of nobody", "callback/nobody", { csrfToken: TOKEN })
  get("callback of nobody by GET", "callback/nobody")

  get("sign-in page, own", "signin?callbackUrl=%2Fa%3Fb%3Dc", { page: "/login" })
  get("sign-in page, own, with an error", "signin?callbackUrl=%2Fa&error=CredentialsSignin", { page: "/login" })
  get("sign-in page of a provider", "signin/credentials")
  post("sign in", "signin", { csrfToken: TOKEN })
  post("sign in with a provider", "signin/credentials", { csrfToken: TOKEN, callbackUrl: "/a" }, { headers: JSON_ANSWER })
  post("sign in with a provider, own page", "signin/credentials", { csrfToken: TOKEN }, { page: "/login" })
  post("sign in, no token", "signin/credentials", {})

  post("sign out", "signout", { csrfToken: TOKEN }, { session: true })
  post("sign out, JSON answer", "signout", { csrfToken: TOKEN, callbackUrl: "/bye" }, { session: true, headers: JSON_ANSWER })
  post("sign out, no session", "signout", { csrfToken: TOKEN })
  post("sign out, no token", "signout", {}, { session: true })
  post("sign out, no token, JSON answer", "signout", {}, { session: true, headers: JSON_ANSWER })

  get("error, access denied", "error?error=AccessDenied")
  get("error, configuration", "error?error=Configuration")
  get("error, verification", "error?error=Verification")
  get("error, another", "error?error=Whatever")

  get("unknown action", "nothing")
  get("no action", "")
  get("a second segment", "csrf/x")
  get("a third segment", "signin/x/y")
  get("a final slash", "csrf/", { cookies: csrf })
  add("another method", "PUT", "session")
  add("HEAD", "HEAD", "session")
  post("csrf by POST", "csrf", { csrfToken: TOKEN })
  post("providers by POST", "providers", { csrfToken: TOKEN })
}

const answered = []
for (const one of cases) answered.push({ ...one, answer: await at(NOW, () => ask(one)) })
const vectors = { made_by: VERSIONS.v5, now: NOW, secret: SECRET, claims: CLAIMS, cases: answered }
if (process.argv[2] === "--verify") verify(JSON.parse(readFileSync(process.argv[3], "utf8")))
else process.stdout.write(`${JSON.stringify(vectors, null, 1)}\n`)

function verify({ cases: kept, ...head }) {
  const now = JSON.parse(JSON.stringify(vectors))
  const same = now.cases.filter((one, index) => isDeepStrictEqual(one, kept[index]))
  for (const one of now.cases.filter((one) => !same.includes(one))) process.stdout.write(`differs: ${one.label}\n`)
  process.stdout.write(`${same.length} of ${kept.length} sign-in answers agree with the package\n`)
  delete now.cases
  if (same.length !== kept.length || !isDeepStrictEqual(now, head)) process.exitCode = 1
}

async function ask({ origin, method, path, headers = {}, body, json, cookies = {}, session, page }) {
  const sent = { ...cookies }
  if (session) {
    const name = `${prefix(origin, "__Secure-")}authjs.session-token`
    sent[name] = await v5.encode({ token: CLAIMS, secret: SECRET, salt: name, maxAge: 3600 })
  }
  const request = new Request(`${origin}/api/auth/${path}`, {
    method,
    headers: {
      ...headers,
      cookie: Object.entries(sent).map((pair) => pair.join("=")).join("; "),
      ...(body ? { "content-type": json ? "application/json" : "application/x-www-form-urlencoded" } : {}),
    },
    ...(body ? { body: json ? JSON.stringify(body) : new URLSearchParams(body).toString() } : {}),
  })
  const answer = await Auth(request, config(page))
  const kind = (answer.headers.get("content-type") ?? "").split(";")[0]
  const text = await answer.text()
  return {
    status: answer.status,
    location: answer.headers.get("location"),
    kind: kind || null,
    ...(kind === "application/json" ? { body: masked(JSON.parse(text)) } : {}),
    set_cookies: answer.headers.getSetCookie().map(maskedCookie),
  }
}

function masked(body) {
  return body?.csrfToken && body.csrfToken !== TOKEN ? { csrfToken: "<csrf>" } : body
}

function maskedCookie(line) {
  return line
    .replace(/(session-token(?:\.\d+)?=)eyJ[^;]+/, "$1<session>")
    .replace(/(csrf-token=)(?!abab)[^;]+/, "$1<csrf>")
}
