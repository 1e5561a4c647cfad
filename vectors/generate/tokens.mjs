// Tokens that the packages read but never write: made with their own `jose`, under the keys that they derive.

import { hkdfSync, randomBytes } from "node:crypto"
import { base64url, calculateJwkThumbprint, CompactEncrypt, SignJWT } from "jose"

/** The key of v5 for a secret and a salt: 64 bytes for A256CBC-HS512, the first 32 of them for A256GCM. */
function v5Key(secret, salt, length) {
  return new Uint8Array(hkdfSync("sha256", secret, salt, `Auth.js Generated Encryption Key (${salt})`, length))
}

/** The key of v4 sessions, which have no salt. */
function v4Key(secret) {
  return new Uint8Array(hkdfSync("sha256", secret, "", "NextAuth.js Generated Encryption Key", 32))
}

/** The `kid` of v5 for a key. */
function thumbprint(key) {
  return calculateJwkThumbprint({ kty: "oct", k: base64url.encode(key) }, `sha${key.length * 8}`)
}

/**
 * A token with any header and any octets inside: of v5 where there is a `salt`, of v4 otherwise.
 * `kid: true` adds the right `kid`.
 */
export async function jwe({ secret, salt, payload, enc = "A256CBC-HS512", alg = "dir", kid = false, header = {}, crit }) {
  const length = { "A256CBC-HS512": 64, A256GCM: 32, A192GCM: 24 }[enc]
  const secretKey = salt === undefined ? v4Key(secret) : v5Key(secret, salt, alg === "dir" ? length : 32)
  return new CompactEncrypt(octets(payload))
    .setProtectedHeader({ alg, enc, ...(kid ? { kid: await thumbprint(secretKey) } : {}), ...header })
    .encrypt(secretKey, crit ? { crit } : undefined)
}

function octets(payload) {
  if (payload instanceof Uint8Array) return payload
  return new TextEncoder().encode(typeof payload === "string" ? payload : JSON.stringify(payload))
}

/** A signed token, as an application's own `jwt.encode` may write it. */
export function jws({ secret, payload }) {
  return new SignJWT(payload).setProtectedHeader({ alg: "HS256" }).sign(new TextEncoder().encode(secret))
}

/** Random text that no compression and no cache makes shorter. */
export function randomText(length) {
  return randomBytes(length).toString("base64url").slice(0, length)
}

const PARTS = ["header", "key", "iv", "ciphertext", "tag"]

/** The token with one bit of one of its parts changed. */
export function flip(token, part) {
  const parts = token.split(".")
  const index = PARTS.indexOf(part)
  const octets = Buffer.from(parts[index], "base64url")
  octets[Math.floor(octets.length / 2)] ^= 1
  parts[index] = octets.toString("base64url")
  return parts.join(".")
}

/** The token with members of its header taken out; the header is authenticated, so this breaks it. */
export function withoutHeaderMember(token, member) {
  const [header, ...rest] = token.split(".")
  const members = JSON.parse(Buffer.from(header, "base64url"))
  delete members[member]
  return [Buffer.from(JSON.stringify(members)).toString("base64url"), ...rest].join(".")
}

/** The token whose last character differs in the bits that base64url does not use. */
export function withSpareBits(token) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
  return token.slice(0, -1) + alphabet[alphabet.indexOf(token.at(-1)) ^ 1]
}
