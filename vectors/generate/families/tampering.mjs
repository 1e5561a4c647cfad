// Values that somebody changed, cut, or never got from Auth.js.

import { among, claims, encode, EXP, nameOf, S1 } from "../mint.mjs"
import { flip, jws, withoutHeaderMember, withSpareBits } from "../tokens.mjs"

export async function tampering() {
  const vectors = []
  for (const version of ["v5", "v4"]) {
    const name = nameOf(version)
    const token = () => encode(version, { name })
    const vector = (id, description, value, outcome, accept = []) =>
      vectors.push({ id, description, version, name, header: among(`${name}=${value}`), exp: EXP, outcome, accept })

    for (const part of ["iv", "ciphertext", "tag"]) {
      vector(`tamper-${part}`, `one bit of the ${part} is flipped`, flip(await token(), part), "decrypt_failed")
    }
    const [header, , iv, ciphertext, tag] = (await token()).split(".")
    vector("four-parts", "only four parts", [header, iv, ciphertext, tag].join("."), "malformed")
    vector("six-parts", "six parts", `${await token()}.x`, "malformed")
    vector("empty-tag", "the tag is empty", [header, "", iv, ciphertext, ""].join("."), "malformed", ["decrypt_failed"])
    vector("cut", "the second half is missing", (await token()).slice(0, 250), "malformed", ["decrypt_failed"])
    vector("garbage", "no token at all", "hello", "malformed")
    vector("database-id", "the id of a database session", "3f0d1c5e-7b2d-4068-a1c3-e5f70912b4d6", "malformed")
    vector("signed", "a signed token, of the application's own jwt.encode", await jws({ secret: S1, payload: { sub: "u-1" } }), "malformed", ["unsupported_alg"])
  }
  const name = nameOf("v5")
  const intended = claims()
  const value = await encode("v5", { name, token: intended })
  vectors.push(
    {
      id: "tamper-header-kid-removed",
      description: "v5, kid was taken out of the header, which is authenticated",
      version: "v5", name, header: among(`${name}=${withoutHeaderMember(value, "kid")}`), exp: EXP, outcome: "decrypt_failed",
    },
    {
      id: "noncanonical-tag",
      description: "v5, the unused bits of the last character are changed; the octets are equal",
      version: "v5", name, header: among(`${name}=${withSpareBits(value)}`), exp: EXP, intended, accept: ["malformed"],
    },
  )
  return vectors
}
