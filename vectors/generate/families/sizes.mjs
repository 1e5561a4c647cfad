// One cookie, and as many chunks as a claim needs.

import { claims, largeClaims, session } from "../mint.mjs"

export async function sizes() {
  const vectors = []
  for (const version of ["v5", "v4"]) {
    for (const secure of [false, true]) {
      const scheme = secure ? "https" : "http"
      vectors.push({ id: `${scheme}-small`, description: `${version}, ${scheme} name, one cookie`, ...(await session(version, { secure })) })
    }
  }
  for (const [version, counts] of Object.entries({ v5: [2, 3, 4, 5, 10, 11, 12], v4: [2, 3, 4, 11] })) {
    for (const count of counts) {
      const secure = count % 2 === 1
      const made = await session(version, { secure, token: largeClaims(count) })
      vectors.push({ id: `chunks-${count}`, description: `${version}, ${count} chunks`, ...made, chunks: count })
    }
  }
  vectors.push({ id: "limit", description: "v4, as long as one cookie can be", ...(await atLimit(0)), chunks: 0 })
  vectors.push({ id: "over-limit", description: "v4, just over what one cookie can be", ...(await atLimit(1)), chunks: 2 })
  return vectors
}

/** The longest v4 token that is still one cookie, or the shortest that is two. */
async function atLimit(over) {
  const at = async (length) => session("v4", { token: claims({ backendToken: "b".repeat(length) }) })
  let [fits, splits] = [2000, 4000]
  while (splits - fits > 1) {
    const middle = (fits + splits) >> 1
    if ((await at(middle)).value.length <= 3933) fits = middle
    else splits = middle
  }
  return at(over ? splits : fits)
}
