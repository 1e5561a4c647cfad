// Headers that v5 reads but does not write, and headers that it refuses.

import { claims, EXP, nameOf, NOW, S1, S2 } from "../mint.mjs"
import { jwe } from "../tokens.mjs"

export async function algorithms() {
  const name = nameOf("v5")
  const intended = claims({ iat: NOW, exp: EXP, jti: "00000000-0000-4000-8000-000000000001" })
  const vector = async (id, description, options, rest = {}) => {
    const value = await jwe({ secret: S1, salt: name, payload: intended, ...options })
    return { id, description, version: "v5", name, header: `${name}=${value}`, exp: EXP, ...(rest.outcome ? {} : { intended }), ...rest }
  }
  const refused = (...accept) => ({ outcome: "unsupported_alg", accept })
  return Promise.all([
    vector("a256gcm-kid", "v5 reading A256GCM with kid: a key of 32 bytes, a SHA-256 thumbprint", { enc: "A256GCM", kid: true }),
    vector("a256gcm-nokid", "v5 reading A256GCM without kid: the first secret is used", { enc: "A256GCM" }),
    vector("cbc-nokid-first", "v5, no kid, the secret is the first of two", {}, { secrets: [S1, S2] }),
    vector("cbc-nokid-second", "v5, no kid, the secret is the second: the real code tries the first alone", {}, { secrets: [S2, S1], outcome: "decrypt_failed", accept: ["ok"] }),
    vector("kid-foreign", "v5, kid is that of no secret, the key is right: the real code does not try it", { header: { kid: "nobody" } }, { outcome: "decrypt_failed", accept: ["ok"] }),
    vector("kid-empty", "v5, kid is empty", { header: { kid: "" } }, { outcome: "decrypt_failed", accept: ["ok", "malformed"] }),
    vector("a192gcm", "v5, enc is not in the allow list", { enc: "A192GCM" }, refused("malformed", "decrypt_failed")),
    vector("a256kw", "v5, alg is not dir", { alg: "A256KW" }, refused("malformed", "decrypt_failed")),
    vector("crit", "v5, crit names an extension", { header: { crit: ["x"], x: 1 }, crit: { x: true } }, refused("malformed")),
    vector("zip-def", "v5, the plaintext is compressed; Auth.js never does that, jose reads it", { kid: true, header: { zip: "DEF" } }, { accept: ["unsupported_alg", "malformed"] }),
    vector("typ-jwt", "v5, a typ that nobody needs", { kid: true, header: { typ: "JWT" } }),
  ])
}
