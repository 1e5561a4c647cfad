// What the real packages make of a request.

import { createHash } from "node:crypto"
import { nameOf } from "./mint.mjs"
import { at, v4, v5 } from "./packages.mjs"

const KNOWN_NAMES = [nameOf("v5", true), nameOf("v5"), nameOf("v4", true), nameOf("v4")]

/**
 * Asks the real `getToken` of the version: what it returned, why it returned nothing, what it read before decrypting,
 * and what it would have returned for each of the four known names.
 */
export function ask(request) {
  return at(request.now, async () => {
    const asked = request.version === "v5" ? await askV5(request) : await askV4(request)
    return { ...asked, by_default_name: await byDefaultName(request) }
  })
}

async function askV5({ name, secrets, salt, cookieHeader, authorization }) {
  const secret = secrets.length > 1 ? secrets : secrets[0]
  const options = { cookieHeader, authorization, cookieName: name, salt, secret }
  const raw = await v5.getToken({ ...options, raw: true })
  return {
    call: { cookieName: name, salt, secret: secrets.length > 1 ? "secrets (array)" : "secrets[0]" },
    returned: await v5.getToken(options),
    ...shape(raw),
    ...(await judge(raw, () => v5.decode({ token: raw, salt, secret }))),
  }
}

/** v4 knows one secret at a time, so a list is tried one by one; the first that opens counts. */
async function askV4({ name, secrets, cookieHeader, authorization }) {
  const options = { cookieHeader, authorization, cookieName: name }
  const raw = await v4.getToken({ ...options, secret: secrets[0], raw: true })
  const verdicts = []
  for (const secret of secrets) verdicts.push(await judge(raw, () => v4.decode({ token: raw, secret })))
  const opening = Math.max(0, verdicts.findIndex((verdict) => verdict.class === "ok"))
  const secret = secrets[opening]
  const returned = await v4.getToken({ ...options, secret })
  const fromNextRequest = await v4.getTokenFromNextRequest({ ...options, secret })
  return {
    call: {
      cookieName: name,
      secret: `secrets[${opening}]`,
      note: "getToken = pages-router style req.cookies (next/dist/compiled/cookie); next_request = RequestCookies with getAll()",
    },
    returned,
    next_request: JSON.stringify(fromNextRequest) === JSON.stringify(returned) ? "same" : { returned: fromNextRequest },
    ...(secrets.length > 1 ? { per_secret: verdicts.map((verdict) => verdict.class) } : {}),
    ...shape(raw),
    ...verdicts[opening],
  }
}

async function byDefaultName({ secrets, cookieHeader, authorization }) {
  const found = {}
  for (const name of KNOWN_NAMES) {
    const options = { cookieHeader, authorization, cookieName: name }
    const versions = name.includes("next-auth") ? secrets.map((secret) => v4.getToken({ ...options, secret })) : [v5.getToken({ ...options, secret: secrets })]
    found[name] = (await Promise.all(versions)).some(Boolean) ? "ok" : "null"
  }
  return found
}

function shape(raw) {
  return { raw_sha256: raw === null ? null : createHash("sha256").update(raw).digest("hex"), raw_len: raw?.length ?? 0 }
}

/** One word for what `decode` said, which `getToken` swallows. */
async function judge(raw, decode) {
  if (raw === null) return { class: "no_cookie" }
  try {
    await decode()
    return { class: "ok" }
  } catch (error) {
    return { class: word(error), decode_error: `${error.code ?? error.name}: ${error.message}` }
  }
}

function word(error) {
  switch (error.code) {
    case "ERR_JWT_EXPIRED":
      return "expired"
    case "ERR_JWT_CLAIM_VALIDATION_FAILED":
      return error.claim === "nbf" && error.reason === "check_failed" ? "not_yet_valid" : "claim_invalid"
    case "ERR_JOSE_ALG_NOT_ALLOWED":
    case "ERR_JOSE_NOT_SUPPORTED":
      return "unsupported_alg"
    case "ERR_JWE_DECRYPTION_FAILED":
      return "decrypt_failed"
    default:
      return error.message === "no matching decryption secret" ? "decrypt_failed" : "malformed"
  }
}
