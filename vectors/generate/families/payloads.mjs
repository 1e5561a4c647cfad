// What may stand inside, and what breaks a reader that is not JavaScript.

import { claims, EXP, nameOf, S1, session } from "../mint.mjs"
import { jwe } from "../tokens.mjs"

const UNICODE = { name: "Zoë Ångström 李小龍 🦀 \u202eabc\u2028", "ключ": "значение", tab: "a\tb\u0000c" }

export async function payloads() {
  const vectors = []
  for (const version of ["v5", "v4"]) {
    vectors.push(
      { id: "unicode", description: "unicode in keys and values, control characters, surrogate pairs", ...(await session(version, { secure: true, token: claims(UNICODE) })) },
      { id: "nested", description: "nested objects and arrays", ...(await session(version, { token: claims(nested()) })) },
      {
        id: "lone-surrogate",
        description: "a lone surrogate, which JSON of JavaScript can carry as an escape",
        ...(await session(version, { token: claims({ bio: "x\ud800y" }) })),
        accept: ["malformed"],
      },
    )
    const name = nameOf(version)
    const enc = version === "v5" ? "A256CBC-HS512" : "A256GCM"
    const salt = version === "v5" ? name : undefined
    const vector = async (id, description, payload, rest) => {
      const value = await jwe({ secret: S1, salt, enc, kid: version === "v5", payload })
      vectors.push({ id, description, version, name, header: `${name}=${value}`, exp: EXP, ...rest })
    }
    const broken = (outcome, ...accept) => ({ outcome, accept })
    const opens = (intended, ...accept) => ({ intended, accept })
    await vector("no-exp", "no iat, exp and jti at all: accepted", { sub: "u-1", backendToken: "x" }, opens({ sub: "u-1", backendToken: "x" }))
    await vector("exp-float", "exp is a fraction: accepted", { sub: "u-1", exp: EXP + 0.5 }, opens({ sub: "u-1", exp: EXP + 0.5 }))
    await vector("exp-string", "exp is a string", { sub: "u-1", exp: String(EXP) }, broken("claim_invalid", "malformed"))
    await vector("exp-null", "exp is null, which is not absent", { sub: "u-1", exp: null }, broken("claim_invalid", "malformed"))
    await vector("nbf-string", "nbf is a string", { sub: "u-1", exp: EXP, nbf: "1" }, broken("claim_invalid", "malformed"))
    await vector("payload-array", "the payload is an array", "[1,2]", broken("malformed"))
    await vector("payload-string", "the payload is a string", '"sub"', broken("malformed"))
    await vector("payload-not-json", "the payload is no JSON", "sub=u-1", broken("malformed"))
    await vector("payload-empty", "the payload is empty", "", broken("malformed"))
    await vector("repeated-member", "a member twice: the last one counts", `{"sub":"first","exp":${EXP},"sub":"last"}`, opens({ sub: "last", exp: EXP }, "malformed"))
    await vector("deep", "nested deeper than most parsers go", `{"sub":"u-1","exp":${EXP},"deep":${"[".repeat(200)}${"]".repeat(200)}}`, opens({ sub: "u-1", exp: EXP }, "malformed"))
  }
  return vectors
}

function nested() {
  return {
    user: { id: 7, roles: ["admin", "ops"], org: { id: "o1", limits: { a: 1.5, b: null, c: [true, false, []] } } },
    backend: { accessToken: "at-1", expiresAt: 1893456000 },
  }
}
