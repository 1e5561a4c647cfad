// Chunks in any order, with gaps, and beside what an older write left.

import { encode, largeClaims, nameOf, session, written } from "../mint.mjs"

const MISSING = { outcome: "missing_chunk", accept: ["decrypt_failed", "malformed"] }

export async function chunks() {
  const lexically = (pairs) => [...pairs].sort((a, b) => (a.split("=")[0] < b.split("=")[0] ? -1 : 1))
  const vectors = []
  for (const version of ["v5", "v4"]) {
    const large = (count, change, secure = false) => session(version, { secure, token: largeClaims(count), change })
    vectors.push(
      { id: "chunks-11-lexical-order", description: "chunks arrive sorted as strings: .0 .1 .10 .2", ...(await large(11, lexically, version === "v5")) },
      { id: "chunks-3-reversed", description: "chunks arrive in reverse order with another cookie between", ...(await large(3, ([a, b, c]) => [c, "x=1", b, a])) },
      { id: "missing-first", description: "chunk .0 of 3 is missing", ...(await large(3, ([, b, c]) => [b, c])), ...MISSING },
      { id: "missing-middle", description: "chunk .1 of 3 is missing", ...(await large(3, ([a, , c]) => [a, c], true)), ...MISSING },
      {
        id: "missing-last",
        description: "the last chunk of 3 is missing, which the names alone do not tell",
        ...(await large(3, ([a, b]) => [a, b])),
        outcome: "malformed",
        accept: ["decrypt_failed", "missing_chunk"],
      },
      { id: "empty-middle", description: "chunk .1 of 3 is there and empty", ...(await large(3, ([a, b, c]) => [a, `${b.split("=")[0]}=`, c])), ...MISSING },
    )
  }
  const name = nameOf("v5")
  const two = await session("v5", { token: largeClaims(2) })
  const stale = await encode("v5", { name })
  vectors.push(
    { id: "single-chunk-dot0", description: "v5, the value arrives in one cookie named .0", ...(await session("v5", { change: ([one]) => [one.replace("=", ".0=")] })) },
    {
      id: "empty-leftovers",
      description: "v5, a whole cookie beside chunks that were emptied",
      ...(await session("v5", { change: ([one]) => [one, `${name}.0=`, `${name}.1=`] })),
    },
    {
      id: "stale-tail-chunk",
      description: "v5, two fresh chunks and a stale .2",
      ...two,
      header: `${two.header}; ${name}.2=${stale.slice(0, 500)}`,
      outcome: "decrypt_failed",
      accept: ["malformed"],
    },
    {
      id: "stale-base-plus-chunks",
      description: "v5, a stale whole cookie beside .0 .1; the real code joins all three",
      ...two,
      header: [...written("v5", name, stale), two.header].join("; "),
      outcome: "malformed",
      accept: ["ok"],
      note: "if ok is returned the claims must be those of the chunked token or of the stale one; the real code returns null",
    },
  )
  return vectors
}
