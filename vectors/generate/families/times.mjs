// The tolerance is 15 seconds, exclusive for `exp` and inclusive for `nbf`.

import { claims, NOW, session } from "../mint.mjs"

const END = NOW + 600

export async function times() {
  const vectors = []
  for (const version of ["v5", "v4"]) {
    for (const late of [0, 14, 15, 3600]) {
      vectors.push({
        id: `exp-plus-${late}`,
        description: `read ${late} s after exp`,
        ...(await session(version, { exp: END })),
        now: END + late,
        outcome: late < 15 ? "ok" : "expired",
      })
    }
    for (const ahead of [15, 16]) {
      vectors.push({
        id: `nbf-${ahead}`,
        description: `nbf is ${ahead} s ahead`,
        ...(await session(version, { token: claims({ nbf: NOW + ahead }) })),
        outcome: ahead < 16 ? "ok" : "not_yet_valid",
      })
    }
    vectors.push({
      id: "iat-future",
      description: "read a day before it was issued, by the reader's clock",
      ...(await session(version)),
      now: NOW - 86_400,
    })
  }
  return vectors
}
